#pragma once
// How a node is spoken to: addresses, who may, and under what protection.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/server_options.hpp"
#include "base/result.hpp"
#include "cli/options.hpp"

namespace cairn::cli {

struct RpcOptions {
  std::vector<std::string> hosts{"127.0.0.1"};  // addresses to listen on
  std::uint16_t port = 8545;
  std::string ipc_path;
  bool no_cors = false;
  std::vector<std::string> allow_origin;
  std::vector<std::string> virtual_hosts;  // names that requests may be for
  bool no_request_size_limit = false;
  std::optional<std::uint64_t> threads;  // 0: one a core
  std::string jwt_secret;
  std::string tls_certificate;
  std::string tls_key;
};

// The table; `options` must outlive it.
std::vector<Option> options_of(RpcOptions& options);

// What does not go together, before anything is opened.
Result<void> check(const RpcOptions& options);

// Reads the secret, or makes one where there is none. `datadir` is where a bare name of an IPC
// socket belongs; empty: here.
Result<api::ServerOptions> server_options(const RpcOptions& options,
                                          const std::filesystem::path& datadir);

}  // namespace cairn::cli
