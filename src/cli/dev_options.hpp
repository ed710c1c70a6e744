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
#include "cli/state_file_options.hpp"
#include "txpool/txpool.hpp"
#include "types/fork.hpp"

namespace cairn::cli {

inline constexpr std::uint64_t kUsualAccounts = 10;

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
  // Genesis. None: the usual, or what the chain that goes on began with.
  std::optional<std::uint64_t> accounts;
  std::optional<U256> balance;  // wei
  std::optional<std::string> mnemonic;
  std::optional<std::string> derivation_path;
  std::optional<std::uint64_t> chain_id;
  // None: the usual one, or on a fork its source's.
  std::optional<types::Fork> hardfork;
  std::optional<std::uint64_t> gas_limit;
  std::optional<std::uint64_t> base_fee;        // wei
  std::optional<std::uint64_t> timestamp;       // seconds
  std::string genesis;                          // a file
  std::optional<std::uint64_t> mnemonic_words;  // a random one of so many
  std::optional<std::uint64_t> mnemonic_seed;
  bool no_create2_deployer = false;
  ForkOptions fork;
  // State files
  StateFileOptions state;
  std::string config_out;  // a file
  // Blocks
  double block_time = 0;  // seconds; 0: as soon as there is a transaction
  bool no_mining = false;
  bool mixed_mining = false;
  std::optional<std::uint64_t> max_transactions;  // of a block
  bool strict_timestamps = false;
  std::uint64_t blob_retention_epochs = 4'096;   // of 32 blocks
  std::optional<std::uint64_t> code_size_limit;  // bytes
  bool disable_code_size_limit = false;
  std::optional<std::uint64_t> memory_limit;  // bytes of an EVM run
  bool disable_tx_gas_limit = false;
  bool enable_tx_gas_limit = false;  // the default, by anvil's name
  bool disable_block_gas_limit = false;
  txpool::Order order = txpool::Order::fees;
  // Answers
  std::optional<U256> gas_price;  // wei
  bool disable_min_priority_fee = false;
  bool disable_pool_balance_checks = false;
  bool auto_impersonate = false;
  std::optional<std::uint64_t> slots_in_an_epoch;
  bool throw_on_failures = false;
  // Output
  bool silent = false;
  bool log_json = false;
  bool print_traces = false;  // of every transaction, not only of failed ones
  bool disable_console_log = false;
  std::vector<std::string> abi;  // files and folders
  base::LogLevel verbosity = base::LogLevel::info;
};

// The table; `options` must outlive it.
std::vector<Option> options_of(DevOptions& options);

// What no option says by itself: those that exclude or need each other. Invalid argument then.
Result<void> check(const DevOptions& options);

}  // namespace cairn::cli
