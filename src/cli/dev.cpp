#include "cli/dev.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "api/dispatcher.hpp"
#include "api/http_server.hpp"
#include "cli/version.hpp"

namespace cairn::cli {
namespace {

struct DevOptions {
  std::string config;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8545;
  std::uint64_t chain_id = 31337;
  bool no_cors = false;
  std::vector<std::string> allow_origin;
};

std::vector<Option> options_of(DevOptions& o) {
  return {
      {"config", "FILE", "TOML file with these options as keys", into(o.config)},
      {"host", "ADDRESS", "address to listen on (127.0.0.1)", into(o.host)},
      {"port", "PORT", "port of JSON-RPC, 0 for any free one (8545)", into(o.port)},
      {"chain-id", "ID", "chain id (31337)", into(o.chain_id)},
      {"no-cors", "", "let no web page read answers", into(o.no_cors)},
      {"allow-origin", "ORIGINS", "web pages that may read answers (all)", into(o.allow_origin)},
  };
}

api::CorsPolicy cors_of(const DevOptions& options) {
  return {!options.no_cors && options.allow_origin.empty(), options.allow_origin};
}

// Blocks these signals in every thread that starts later, so that `wait` alone receives them.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

Result<int> run_dev(const DevOptions& options) {
  const Signals signals;
  api::Context context{options.chain_id, fmt::format("anvil/cairn-v{}/{}", kVersion, kPlatform)};
  api::Dispatcher dispatcher(context);
  api::ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = options.port;
  server_options.cors = cors_of(options);
  CAIRN_TRY(const auto server,
            api::HttpServer::listen(server_options, [&](std::string body, api::Reply reply) {
              reply(dispatcher.answer(std::move(body)));
            }));
  fmt::print("RPC {}\n", server->url());
  std::fflush(stdout);
  signals.wait();
  server->stop();
  return 0;
}

}  // namespace

Command dev_command() {
  const auto options = std::make_shared<DevOptions>();
  return {"dev", "Run a developer's chain", options_of(*options), "",
          [options](const std::vector<std::string>&) { return run_dev(*options); }};
}

}  // namespace cairn::cli
