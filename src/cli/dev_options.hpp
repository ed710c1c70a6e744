#pragma once
// The options of `cairn dev`: geth's names where geth has one, else anvil's.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/logger.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/fork_options.hpp"
#include "cli/options.hpp"
#include "cli/rpc_options.hpp"
#include "txpool/txpool.hpp"
#include "types/fork.hpp"

namespace cairn::cli {

struct DevOptions {
  std::string config;
  // Folder
  std::string datadir = ".cairn";
  bool fresh = false;
  bool ephemeral = false;
  // Port
  RpcOptions rpc;
  std::uint64_t gas_cap = 50'000'000;
  std::chrono::milliseconds call_timeout{5'000};
  // Accounts of key files
  std::vector<std::string> unlock;  // addresses or numbers
  std::string password;             // a file
  std::string keystore;             // empty: `keystore` in the data folder
  // Genesis
  std::uint64_t accounts = 10;
  U256 balance = U256{10'000} * U256{1'000'000'000'000'000'000};  // wei
  std::string mnemonic = std::string(chain::kDevMnemonic);
  std::string derivation_path = std::string(chain::kDevDerivationPath);
  std::optional<std::uint64_t> chain_id;
  // None: the usual one, or on a fork its source's.
  std::optional<types::Fork> hardfork;
  std::optional<std::uint64_t> gas_limit;
  std::optional<std::uint64_t> base_fee;   // wei
  std::optional<std::uint64_t> timestamp;  // seconds
  ForkOptions fork;
  // Blocks
  double block_time = 0;  // seconds; 0: as soon as there is a transaction
  bool no_mining = false;
  bool strict_timestamps = false;
  std::optional<std::uint64_t> code_size_limit;  // bytes
  bool disable_tx_gas_limit = false;
  bool disable_block_gas_limit = false;
  txpool::Order order = txpool::Order::fees;
  // Output
  bool silent = false;
  bool log_json = false;
  bool print_traces = false;  // of every transaction, not only of failed ones
  bool disable_console_log = false;
  base::LogLevel verbosity = base::LogLevel::info;
};

// The table; `options` must outlive it.
std::vector<Option> options_of(DevOptions& options);

}  // namespace cairn::cli
