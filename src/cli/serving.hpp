#pragma once
// What a program that answers JSON-RPC until a signal ends it is made of.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "api/http_server.hpp"
#include "base/logger.hpp"
#include "base/result.hpp"
#include "cli/data.hpp"
#include "cli/rpc_options.hpp"
#include "node/dev_node.hpp"

namespace cairn::cli {

// A fault of the disk ends the program, and at once: RocksDB cannot close what it could not write.
class DiskFault {
 public:
  // For any thread; wakes the one that waits for a signal.
  void report(const Error& error);
  std::optional<Error> error() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

// SIGINT and SIGTERM, blocked in every thread that starts later, so that `wait` alone gets them.
class StopSignals {
 public:
  StopSignals();
  void wait() const;
  // False: none came in that time.
  bool wait_for(std::chrono::seconds time) const;

 private:
  sigset_t set_{};
};

// In the data folder while the port is open: the path of the secret that requests are signed with.
inline constexpr std::string_view kSecretNameFile = "rpc.jwtsecret";

struct Serving {
  api::Context& context;
  const RpcOptions& rpc;
  const Data& data;
  const StopSignals& signals;
  const DiskFault& fault;
  const base::Logger& logger;
  // Called when the port is open.
  std::function<void(const api::HttpServer&)> on_ready;
  // Called each time that so much has passed, and when everything has ended. None: nothing to do.
  std::chrono::seconds interval{0};
  std::function<void()> on_interval = {};
  std::function<Result<void>()> on_end = {};
};

// Gives the context what pushes and waits, opens the port, leaves its address in the data folder,
// answers until a signal comes, then ends all of it and the node. The program's exit code.
Result<int> serve(const Serving& serving, const std::shared_ptr<const base::Clock>& clock);

// With --log.json: what is known when the port is open, as a line of the log on standard output.
void print_ready(const std::vector<base::LogField>& facts);
// Where a program's log is JSON, the error that ends it is a line of it too.
Result<int> as_logged(Result<int> code, bool log_json);

}  // namespace cairn::cli
