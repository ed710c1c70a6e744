#include "cli/rpc_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cairn::cli {
namespace {

// Flags of geth for what is one port here.
std::vector<Option> refused_options() {
  std::vector<Option> out;
  for (const auto& [name, instead] :
       {std::pair{"http", "the port is always open"}, std::pair{"http.addr", "use --host"},
        std::pair{"http.port", "use --port"},
        std::pair{"ws", "WebSocket is always there, on the port of HTTP"},
        std::pair{"ws.addr", "WebSocket is on the port of HTTP, use --host"},
        std::pair{"ws.port", "WebSocket is on the port of HTTP, use --port"},
        std::pair{"ws.origins", "WebSocket is on the port of HTTP, use --http.corsdomain"},
        std::pair{"ipcdisable", "there is no IPC socket without --ipcpath"}}) {
    out.push_back({name, "", "", refuse(fmt::format("not of cairn dev: {}", instead))});
  }
  return out;
}

api::WebPolicy web_policy(const RpcOptions& options) {
  api::WebPolicy out;
  out.origins = options.allow_origin;
  const bool every = std::ranges::find(out.origins, "*") != out.origins.end();
  out.every_origin = !options.no_cors && (out.origins.empty() || every);
  out.hosts = options.hosts;
  if (out.hosts.empty() && !out.every_origin) {
    // Where not every page may ask, none may by giving this machine a name of its own.
    out.hosts = {"localhost", options.host};
  }
  return out;
}

}  // namespace

std::vector<Option> options_of(RpcOptions& o) {
  std::vector<Option> table{
      {"host", "ADDRESS", "address to listen on (127.0.0.1)", into(o.host)},
      {"port", "PORT", "port of JSON-RPC over HTTP and WebSocket, 0 for any free one (8545)",
       into(o.port)},
      {"ipcpath", "PATH", "JSON-RPC on a Unix socket too; a bare name is one in the data folder",
       into(o.ipc_path)},
      {"no-cors", "", "let no web page read answers", into(o.no_cors)},
      {"allow-origin", "ORIGINS",
       "the only web pages that may read answers or open a WebSocket, comma separated",
       into(o.allow_origin)},
      {"http.corsdomain", "ORIGINS", "the same, by geth's name", into(o.allow_origin)},
      {"http.vhosts", "NAMES",
       "host names that requests may be for, comma separated, * for all (all; localhost where not "
       "every page may read answers)",
       into(o.hosts)},
      {"authrpc.jwtsecret", "FILE",
       "ask for a token signed with this secret in every request; made where it is not there",
       into(o.jwt_secret)},
      {"http.tlscert", "FILE", "certificate in PEM form: https and wss instead of http and ws",
       into(o.tls_certificate)},
      {"http.tlskey", "FILE", "the certificate's key in PEM form", into(o.tls_key)},
  };
  std::ranges::move(refused_options(), std::back_inserter(table));
  return table;
}

Result<api::ServerOptions> server_options(const RpcOptions& options,
                                          const std::filesystem::path& datadir) {
  api::ServerOptions out;
  out.host = options.host;
  out.port = options.port;
  out.web = web_policy(options);
  if (!options.ipc_path.empty()) {
    const bool bare = options.ipc_path.find('/') == std::string::npos;
    out.ipc_path = bare ? (datadir / options.ipc_path).string() : options.ipc_path;
  }
  if (!options.jwt_secret.empty()) {
    CAIRN_TRY(out.jwt, api::load_jwt_secret(options.jwt_secret));
  }
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return fail(ErrorCode::invalid_argument, "--http.tlscert and --http.tlskey go together");
  }
  if (!options.tls_key.empty()) {
    out.tls = {options.tls_certificate, options.tls_key};
  }
  return out;
}

}  // namespace cairn::cli
