#include "cli/dev_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace cairn::cli {
namespace {

constexpr std::uint64_t kMostAccounts = 1'000;

Result<void> wrong(std::string what) { return fail(ErrorCode::invalid_argument, std::move(what)); }

// Ether with up to 18 decimals.
Setter into_wei(std::optional<U256>& target) {
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
    if (text.starts_with("bpo")) {
      return wrong(fmt::format(
          "{0} changes nothing but the number and price of blobs, and those of a chain come from "
          "its genesis file: --init FILE, with {0}Time and blobSchedule in its config",
          text));
    }
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
    std::string order(text);
    std::ranges::transform(order, order.begin(), [](unsigned char c) { return std::tolower(c); });
    if (order != "fees" && order != "fifo") {
      return wrong(fmt::format("'{}' is neither fees nor fifo", text));
    }
    target = order == "fees" ? txpool::Order::fees : txpool::Order::fifo;
    return {};
  };
}

Setter into_accounts(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    CAIRN_CHECK(into(target)(text));
    return *target <= kMostAccounts ? Result<void>{}
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

Setter into_words(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::array<std::uint64_t, 5> kCounts{12, 15, 18, 21, 24};
    CAIRN_CHECK(into(target)(text));
    return std::ranges::find(kCounts, *target) != kCounts.end()
               ? Result<void>{}
               : wrong(fmt::format("'{}': a phrase has 12, 15, 18, 21 or 24 words", text));
  };
}

// Wei, up to 256 bits.
Setter into_price(std::optional<U256>& target) {
  return [&target](std::string_view text) -> Result<void> {
    const auto wei = base::from_decimal(text);
    if (!wei) {
      return wrong(fmt::format("'{}' is not a number of wei", text));
    }
    target = *wei;
    return {};
  };
}

Setter into_at_least(std::optional<std::uint64_t>& target, std::uint64_t least) {
  return [&target, least](std::string_view text) -> Result<void> {
    CAIRN_CHECK(into(target)(text));
    return *target >= least ? Result<void>{} : wrong(fmt::format("want {} or more", least));
  };
}

Setter into_gas_limit(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    CAIRN_CHECK(into(target)(text));
    return *target > 0 ? Result<void>{}
                       : wrong(
                             "a block without gas takes no transaction; "
                             "--disable-block-gas-limit lifts the limit");
  };
}

// Looked at, and good for nothing else.
Setter one_of(std::vector<std::string> names) {
  return [names = std::move(names)](std::string_view text) -> Result<void> {
    return std::ranges::find(names, text) != names.end()
               ? Result<void>{}
               : wrong(fmt::format("'{}' is none of {}", text, fmt::join(names, ", ")));
  };
}

constexpr std::string_view kOtherChain = "the rules of another chain, which this program has not";

Setter only_ethereum() {
  return [](std::string_view text) -> Result<void> {
    return text == "ethereum" ? Result<void>{}
                              : wrong(fmt::format("'{}' has {}", text, kOtherChain));
  };
}

// What anvil has, and what there is nothing to do for here.
std::vector<Option> options_without_effect() {
  return grouped(
      "Of anvil, taken and without effect",
      {Option{"prune-history", "N", "history is on disk and costs no memory",
              accept<std::uint64_t>()}
           .or_alone("0"),
       {"max-persisted-states", "N", "every state is on disk", accept<std::uint64_t>()},
       {"transaction-block-keeper", "N", "every block is on disk", accept<std::uint64_t>()},
       {"cache-path", "FOLDER", "states are in the data folder", accept<std::string>()},
       Option{"steps-tracing", "", "traces run transactions again when they are asked for",
              accept<bool>()}
           .also({"tracing"}),
       {"color", "WHEN", "the log has no colors", one_of({"auto", "always", "never"})},
       Option{"network", "NAME", "ethereum alone", only_ethereum()}.also({}, 'n')});
}

// Flags of anvil and geth whose work is not done here, so that nobody believes it is.
std::vector<Option> refused_options() {
  const auto refused = [](std::string name, std::string_view why) {
    return Option{std::move(name), "", "", refuse(std::string(why))};
  };
  const std::string other_chain = fmt::format("this flag asks for {}", kOtherChain);
  return {
      refused("celo", other_chain),
      refused("optimism", other_chain),
      refused("md", "this flag is not supported: the log is lines of text, or JSON with --json"),
      refused("number",
              "this flag is not supported: a chain begins at block 0, and anvil_mine takes it to "
              "any height"),
      refused("http.api", "this flag is not supported: every method is there"),
      refused("metrics", "this flag is not supported: nothing is measured for others to read"),
      refused("bootnodes", "not a flag of cairn dev: its chain is one node's"),
      refused("nodekey", "not a flag of cairn dev: its chain is one node's"),
  };
}

}  // namespace

std::vector<Option> options_of(DevOptions& o) {
  std::vector<Option> table;
  const auto add = [&table](std::string_view group, std::vector<Option> options) {
    std::ranges::move(grouped(group, std::move(options)), std::back_inserter(table));
  };
  add("Chain",
      {{"config", "FILE", "TOML file with these options as keys", into(o.config)},
       {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(o.datadir)},
       {"fresh", "", "start over: what the folder holds of a chain goes away first", into(o.fresh)},
       {"ephemeral", "", "keep nothing", into(o.ephemeral)},
       Option{"init", "FILE", "a new chain begins with this genesis.json", into(o.genesis)}.also(
           {"genesis"}),
       {"chain-id", "ID", "chain id (31337)", into_chain_id(o.chain_id)},
       {"hardfork", "NAME", "rules, from paris to osaka (osaka)", into_fork(o.hardfork)},
       {"timestamp", "SECONDS", "timestamp of genesis (now)", into(o.timestamp)},
       Option{"block-base-fee-per-gas", "WEI",
              "base fee of genesis and of block 1 (1000000000, then an eighth less)",
              into(o.base_fee)}
           .also({"base-fee"}),
       Option{"disable-default-create2-deployer", "", "genesis without the CREATE2 deployer",
              into(o.no_create2_deployer)}
           .also({"no-create2"})});
  add("Accounts",
      {Option{"accounts", "N", "funded accounts (10)", into_accounts(o.accounts)}.also({}, 'a'),
       {"balance", "ETHER", "what each of them has (10000)", into_wei(o.balance)},
       Option{"mnemonic", "WORDS", "BIP-39 phrase of the accounts", into(o.mnemonic)}.also({}, 'm'),
       Option{"mnemonic-random", "WORDS", "a new phrase of 12, 15, 18, 21 or 24 words (12)",
              into_words(o.mnemonic_words)}
           .or_alone("12"),
       {"mnemonic-seed-unsafe", "SEED", "the phrase that anvil makes of this number",
        into(o.mnemonic_seed)},
       {"derivation-path", "PATH", "BIP-32 path before an account's index (m/44'/60'/0'/0/)",
        into(o.derivation_path)},
       {"unlock", "ADDRESSES", "key files to sign with too, comma separated", into(o.unlock)},
       {"password", "FILE", "their passwords, a line each (asked for)", into(o.password)},
       {"keystore", "FOLDER", "where they are, instead of `keystore` in the data folder",
        into(o.keystore)},
       Option{"auto-impersonate", "", "send for any account without its key",
              into(o.auto_impersonate)}
           .also({"auto-unlock"})});
  add("Blocks",
      {Option{"block-time", "SECONDS", "a block every so often, instead of at once",
              into_block_time(o.block_time)}
           .also({"blockTime"}, 'b'),
       {"mixed-mining", "", "with --block-time: a block at once, too", into(o.mixed_mining)},
       Option{"no-mining", "", "no block until evm_mine", into(o.no_mining)}.also({"no-mine"}),
       {"order", "ORDER", "transactions of a block by fees or fifo (fees)", into_order(o.order)},
       {"max-transactions", "N", "most transactions of a block",
        into_at_least(o.max_transactions, 1)},
       {"gas-limit", "GAS", "gas limit of a block (60000000)", into_gas_limit(o.gas_limit)},
       {"disable-block-gas-limit", "", "no limit of gas for a block",
        into(o.disable_block_gas_limit)},
       Option{"enable-tx-gas-limit", "",
              "a limit of 2^24 gas for a transaction, as it is (EIP-7825)",
              into(o.enable_tx_gas_limit)}
           .also({"tx-gas-limit"}),
       {"disable-tx-gas-limit", "", "no such limit", into(o.disable_tx_gas_limit)},
       {"code-size-limit", "BYTES", "largest contract (24576)", into(o.code_size_limit)},
       {"disable-code-size-limit", "", "contracts of any size", into(o.disable_code_size_limit)},
       {"memory-limit", "BYTES", "a call frame that needs more memory runs out of gas",
        into(o.memory_limit)},
       {"strict-timestamps", "", "every block later than its parent", into(o.strict_timestamps)},
       {"blob-retention-epochs", "N",
        "give up blobs that are older than so many epochs of 32 blocks (4096)",
        into(o.blob_retention_epochs)},
       {"disable-pool-balance-checks", "", "keep transactions that cannot be paid for yet",
        into(o.disable_pool_balance_checks)}});
  auto rpc = options_of(o.rpc);
  std::ranges::move(
      std::vector<Option>{
          {"rpc.gascap", "GAS",
           "gas limit of eth_call and eth_estimateGas, 0: the block's (50000000)", into(o.gas_cap)},
          {"rpc.evmtimeout", "TIME", "how long such a call may take, 0 as long as it likes (5s)",
           into_duration(o.call_timeout)},
          {"gas-price", "WEI", "what eth_gasPrice answers, if not below the base fee",
           into_price(o.gas_price)},
          Option{"disable-min-priority-fee", "", "suggest a tip of 0 where nobody has paid one",
                 into(o.disable_min_priority_fee)}
              .also({"no-priority-fee"}),
          {"slots-in-an-epoch", "N", "safe is N blocks behind the head, finalized 2 N (0)",
           into(o.slots_in_an_epoch)},
          {"throw-on-transaction-failures", "",
           "answer a send that reverts with an error, as "
           "Hardhat's node does",
           into(o.throw_on_failures)}},
      std::back_inserter(rpc));
  add("JSON-RPC", std::move(rpc));
  auto files = options_of(o.state);
  files.push_back(
      {"config-out", "FILE", "write accounts, keys and fees there, as JSON", into(o.config_out)});
  add("Files", std::move(files));
  add("Fork", options_of(o.fork));
  add("Log",
      {Option{"silent", "", "print nothing but errors", into(o.silent)}.also({"quiet"}, 'q'),
       Option{"log.json", "", "log lines as JSON", into(o.log_json)}.also({"json"}),
       Option{"print-traces", "", "log the call tree of every transaction, not only of failed ones",
              into(o.print_traces)}
           .also({"enable-trace-printing"}),
       {"abi", "PATHS",
        "name the methods and errors of the contracts whose ABIs are there: files or folders, "
        "comma separated, such as artifacts or out",
        into(o.abi)},
       Option{"disable-console-log", "", "do not log what contracts say through console.log",
              into(o.disable_console_log)}
           .also({"no-console-log"}),
       Option{"verbosity", "LEVEL",
              "0 to 5, or off, error, warn, info, debug, trace (info); -v is debug, -vv "
              "trace",
              into_verbosity(o.verbosity), 'v', true}
           .or_alone("")});
  add("", options_without_effect());
  add("", refused_options());
  return table;
}

Result<void> check(const DevOptions& o) {
  CAIRN_CHECK(check(o.rpc));
  const auto both = [](bool one, bool other, std::string_view which) -> Result<void> {
    return one && other ? wrong(fmt::format("{} exclude each other", which)) : Result<void>{};
  };
  const bool random = o.mnemonic_words.has_value();
  const bool named = o.mnemonic.has_value();
  CAIRN_CHECK(both(o.no_mining, o.block_time > 0, "--no-mining and --block-time"));
  CAIRN_CHECK(both(o.no_mining, o.mixed_mining, "--no-mining and --mixed-mining"));
  CAIRN_CHECK(
      both(random, o.mnemonic_seed.has_value(), "--mnemonic-random and --mnemonic-seed-unsafe"));
  CAIRN_CHECK(both(named, random, "--mnemonic and --mnemonic-random"));
  CAIRN_CHECK(both(named, o.mnemonic_seed.has_value(), "--mnemonic and --mnemonic-seed-unsafe"));
  CAIRN_CHECK(both(o.code_size_limit.has_value(), o.disable_code_size_limit,
                   "--code-size-limit and --disable-code-size-limit"));
  CAIRN_CHECK(both(o.enable_tx_gas_limit, o.disable_tx_gas_limit,
                   "--enable-tx-gas-limit and --disable-tx-gas-limit"));
  CAIRN_CHECK(both(!o.genesis.empty(), !o.fork.url.empty(), "--init and --fork-url"));
  CAIRN_CHECK(both(!o.genesis.empty(), !o.state.load.empty() || !o.state.both.empty(),
                   "--init and --load-state (or --state)"));
  CAIRN_CHECK(both(!o.state.both.empty(), !o.state.load.empty(), "--state and --load-state"));
  CAIRN_CHECK(both(!o.state.both.empty(), !o.state.dump.empty(), "--state and --dump-state"));
  if (o.mixed_mining && o.block_time == 0) {
    return wrong("--mixed-mining: want --block-time too");
  }
  return {};
}

}  // namespace cairn::cli
