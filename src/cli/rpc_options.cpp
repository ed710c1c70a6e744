#include "cli/rpc_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>

namespace cairn::cli {
namespace {

// Far beyond any memory, and far from where sums with it would wrap.
constexpr std::size_t kNoLimit = std::size_t{1} << 60;

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
    out.push_back({name, "", "", refuse(fmt::format("not a flag of cairn dev: {}", instead))});
  }
  return out;
}

api::WebPolicy web_policy(const RpcOptions& options) {
  api::WebPolicy out;
  out.origins = options.allow_origin;
  const bool every = std::ranges::find(out.origins, "*") != out.origins.end();
  out.every_origin = !options.no_cors && (out.origins.empty() || every);
  out.hosts = options.virtual_hosts;
  if (out.hosts.empty() && !out.every_origin) {
    // Where not every page may ask, none may by giving this machine a name of its own.
    out.hosts = options.hosts;
    out.hosts.emplace_back("localhost");
  }
  return out;
}

Setter into_threads(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::uint64_t kMost = 1'024;
    CAIRN_CHECK(into(target)(text));
    return *target <= kMost
               ? Result<void>{}
               : fail(ErrorCode::invalid_argument, fmt::format("at most {} threads", kMost));
  };
}

// Addresses apart by commas, or the flag several times.
Option host_option(std::vector<std::string>& target) {
  Option out{"host", "ADDRESSES", "addresses to listen on, comma separated (127.0.0.1)", {}};
  out.set = [&target](std::string_view text) -> Result<void> {
    std::string list(text);
    std::ranges::replace(list, '\n', ',');
    CAIRN_CHECK(into(target)(list));
    const bool complete = !target.empty() && std::ranges::find(target, "") == target.end();
    return complete ? Result<void>{} : fail(ErrorCode::invalid_argument, "want an address");
  };
  out.is_repeated = true;
  out.variable = "ANVIL_IP_ADDR";
  return out;
}

}  // namespace

std::vector<Option> options_of(RpcOptions& o) {
  std::vector<Option> table{
      host_option(o.hosts),
      Option{"port", "PORT", "port of JSON-RPC over HTTP and WebSocket, 0 for any free one (8545)",
             into(o.port)}
          .also({}, 'p'),
      Option{
          "ipcpath", "PATH",
          "JSON-RPC on a Unix socket too (/tmp/anvil.ipc); a bare name is one in the data folder",
          into(o.ipc_path)}
          .also({"ipc"})
          .or_alone("/tmp/anvil.ipc"),
      {"no-cors", "", "let no web page read answers", into(o.no_cors)},
      {"allow-origin", "ORIGINS",
       "the only web pages that may read answers or open a WebSocket, comma separated",
       into(o.allow_origin)},
      {"http.corsdomain", "ORIGINS", "the same, by geth's name", into(o.allow_origin)},
      {"http.vhosts", "NAMES",
       "host names that requests may be for, comma separated, * for all (all; localhost where not "
       "every page may read answers)",
       into(o.virtual_hosts)},
      {"no-request-size-limit", "", "requests of any size, instead of up to 5 MB",
       into(o.no_request_size_limit)},
      {"authrpc.jwtsecret", "FILE",
       "ask for a token signed with this secret in every request; made where it is not there",
       into(o.jwt_secret)},
      {"http.tlscert", "FILE", "certificate in PEM form: https and wss instead of http and ws",
       into(o.tls_certificate)},
      {"http.tlskey", "FILE", "the certificate's key in PEM form", into(o.tls_key)},
  };
  table.push_back(Option{"threads", "N",
                         "for requests; 0 for one a core (4, and as many for what takes long)",
                         into_threads(o.threads)}
                      .also({"jobs"}, 'j'));
  std::ranges::move(refused_options(), std::back_inserter(table));
  return table;
}

Result<void> check(const RpcOptions& options) {
  if (options.no_cors && !options.allow_origin.empty()) {
    return fail(ErrorCode::invalid_argument, "--no-cors and --allow-origin exclude each other");
  }
  for (const std::string& origin : options.allow_origin) {
    if (!api::is_origin(origin)) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("--allow-origin: no page has the origin '{}': it is a scheme, a host "
                              "and a port, like http://localhost:3000, without a path",
                              origin));
    }
  }
  return {};
}

Result<api::ServerOptions> server_options(const RpcOptions& options,
                                          const std::filesystem::path& datadir) {
  api::ServerOptions out;
  out.hosts = options.hosts;
  out.port = options.port;
  out.web = web_policy(options);
  if (options.no_request_size_limit) {
    out.body_limit = kNoLimit;
  }
  if (options.threads) {
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    out.threads = *options.threads == 0 ? cores : static_cast<unsigned>(*options.threads);
  }
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
