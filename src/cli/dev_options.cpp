#include "cli/dev_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cairn::cli {
namespace {

constexpr std::uint64_t kMostAccounts = 1'000;

Result<void> wrong(std::string what) { return fail(ErrorCode::invalid_argument, std::move(what)); }

// Ether with up to 18 decimals.
Setter into_wei(U256& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::size_t kDecimals = 18;
    const auto point = text.find('.');
    std::string digits(text.substr(0, point));
    std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
    if (decimals.size() > kDecimals || digits.empty()) {
      return wrong(fmt::format("'{}' is not an amount of ether", text));
    }
    decimals.resize(kDecimals, '0');
    const auto wei = base::from_decimal(digits + decimals);
    if (!wei || base::bit_length(*wei) > 128) {
      return wrong(fmt::format("'{}' is not an amount of ether", text));
    }
    target = *wei;
    return {};
  };
}

Setter into_fork(std::optional<types::Fork>& target) {
  return [&target](std::string_view text) -> Result<void> {
    const auto fork = text == "latest" ? types::kLatestFork : types::fork_from_name(text);
    if (!fork) {
      return wrong(fmt::format("'{}' is not a fork's name", text));
    }
    if (*fork < types::Fork::paris) {
      return wrong("a dev chain begins after the merge: paris, shanghai, cancun, prague or osaka");
    }
    target = fork;
    return {};
  };
}

Setter into_order(txpool::Order& target) {
  return [&target](std::string_view text) -> Result<void> {
    if (text != "fees" && text != "fifo") {
      return wrong(fmt::format("'{}' is neither fees nor fifo", text));
    }
    target = text == "fees" ? txpool::Order::fees : txpool::Order::fifo;
    return {};
  };
}

Setter into_accounts(std::uint64_t& target) {
  return [&target](std::string_view text) -> Result<void> {
    CAIRN_CHECK(into(target)(text));
    return target <= kMostAccounts ? Result<void>{}
                                   : wrong(fmt::format("at most {} accounts", kMostAccounts));
  };
}

Setter into_block_time(double& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr double kMost = 86'400;
    CAIRN_CHECK(into(target)(text));
    return target > 0 && target <= kMost ? Result<void>{}
                                         : wrong("want seconds, above 0 and at most 86400");
  };
}

// Flags of anvil and geth whose work is not done here, so that nobody believes it is.
std::vector<Option> refused_options() {
  constexpr std::string_view kNotYet = "is not supported";
  std::vector<Option> out;
  for (const std::string_view name :
       {"mixed-mining", "gas-price", "state", "dump-state", "load-state", "auto-impersonate",
        "steps-tracing", "slots-in-an-epoch", "http.api", "metrics", "bootnodes", "nodekey"}) {
    out.push_back({std::string(name), "", "", refuse(std::string(kNotYet))});
  }
  return out;
}

}  // namespace

std::vector<Option> options_of(DevOptions& o) {
  std::vector<Option> table{
      {"config", "FILE", "TOML file with these options as keys", into(o.config)},
      {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(o.datadir)},
      {"fresh", "", "empty the folder first and start over", into(o.fresh)},
      {"ephemeral", "", "keep nothing", into(o.ephemeral)},
      {"rpc.gascap", "GAS", "gas limit of eth_call and eth_estimateGas (50000000)",
       into(o.gas_cap)},
      {"rpc.evmtimeout", "TIME", "how long such a call may take, 0 as long as it likes (5s)",
       into_duration(o.call_timeout)},
      {"accounts", "N", "funded accounts (10)", into_accounts(o.accounts)},
      {"balance", "ETHER", "what each of them has (10000)", into_wei(o.balance)},
      {"mnemonic", "WORDS", "BIP-39 phrase of the accounts", into(o.mnemonic)},
      {"derivation-path", "PATH", "BIP-32 path before an account's index (m/44'/60'/0'/0/)",
       into(o.derivation_path)},
      {"unlock", "ADDRESSES", "key files to sign with too, comma separated", into(o.unlock)},
      {"password", "FILE", "their passwords, a line each (asked for)", into(o.password)},
      {"keystore", "FOLDER", "where they are, instead of `keystore` in the data folder",
       into(o.keystore)},
      {"chain-id", "ID", "chain id (31337)", into(o.chain_id)},
      {"hardfork", "NAME", "rules, from paris to osaka (osaka)", into_fork(o.hardfork)},
      {"gas-limit", "GAS", "gas limit of a block (60000000)", into(o.gas_limit)},
      {"block-base-fee-per-gas", "WEI", "base fee of genesis (1000000000)", into(o.base_fee)},
      {"timestamp", "SECONDS", "timestamp of genesis (now)", into(o.timestamp)},
      {"block-time", "SECONDS", "a block every so often, instead of at once",
       into_block_time(o.block_time)},
      {"no-mining", "", "no block until evm_mine", into(o.no_mining)},
      {"strict-timestamps", "", "every block later than its parent", into(o.strict_timestamps)},
      {"code-size-limit", "BYTES", "largest contract (24576)", into(o.code_size_limit)},
      {"disable-tx-gas-limit", "", "no limit of 2^24 gas for a transaction (EIP-7825)",
       into(o.disable_tx_gas_limit)},
      {"disable-block-gas-limit", "", "no limit of gas for a block",
       into(o.disable_block_gas_limit)},
      {"order", "ORDER", "transactions of a block by fees or fifo (fees)", into_order(o.order)},
      {"silent", "", "print nothing but errors", into(o.silent)},
      {"log.json", "", "log lines as JSON", into(o.log_json)},
      {"print-traces", "", "log the call tree of every transaction, not only of failed ones",
       into(o.print_traces)},
      {"disable-console-log", "", "do not log what contracts say through console.log",
       into(o.disable_console_log)},
      {"verbosity", "LEVEL", "0 to 5, or off, error, warn, info, debug, trace (info)",
       into_verbosity(o.verbosity)},
  };
  auto rpc = options_of(o.rpc);
  table.insert(std::ranges::find(table, "rpc.gascap", &Option::name),
               std::move_iterator(rpc.begin()), std::move_iterator(rpc.end()));
  for (auto& option : options_of(o.fork)) {
    table.push_back(std::move(option));
  }
  for (auto& refused : refused_options()) {
    table.push_back(std::move(refused));
  }
  return table;
}

}  // namespace cairn::cli
