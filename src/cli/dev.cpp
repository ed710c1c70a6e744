#include "cli/dev.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <random>

#include "base/clock.hpp"
#include "base/hex.hpp"
#include "base/random.hpp"
#include "chain/record_search.hpp"
#include "cli/abi_files.hpp"
#include "cli/banner.hpp"
#include "cli/beginning.hpp"
#include "cli/config_out.hpp"
#include "cli/data.hpp"
#include "cli/dev_options.hpp"
#include "cli/init.hpp"
#include "cli/mnemonic.hpp"
#include "cli/serving.hpp"
#include "cli/state_files.hpp"
#include "cli/unlock.hpp"
#include "cli/version.hpp"
#include "cli/whole_file.hpp"
#include "node/dev_node.hpp"
#include "nodelog/node_log.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

// Beyond what gas can pay for, and far from where its double would wrap (EIP-3860).
constexpr std::optional<std::uint64_t> kAnyCodeSize = std::uint64_t{1} << 40;

Result<std::vector<chain::DevAccount>> accounts_of(const DevOptions& options) {
  auto accounts =
      chain::dev_accounts(options.mnemonic.value_or(std::string(chain::kDevMnemonic)),
                          options.derivation_path.value_or(std::string(chain::kDevDerivationPath)),
                          options.accounts.value_or(kUsualAccounts));
  if (!accounts) {
    return fail(accounts.error().code,
                fmt::format("--mnemonic or --derivation-path: {}", accounts.error().message));
  }
  return accounts;
}

// The phrase that the options ask for, in the place of the usual one.
Result<void> choose_mnemonic(DevOptions& options) {
  if (options.mnemonic_words) {
    base::SystemRandom random;
    CAIRN_TRY(options.mnemonic, random_mnemonic(*options.mnemonic_words, random));
  } else if (options.mnemonic_seed) {
    CAIRN_TRY(options.mnemonic, seeded_mnemonic(*options.mnemonic_seed));
  }
  if (options.derivation_path && !options.derivation_path->ends_with('/')) {
    *options.derivation_path += '/';
  }
  return {};
}

Result<types::Genesis> genesis_of(const DevOptions& options,
                                  const std::vector<chain::DevAccount>& accounts,
                                  const base::Clock& clock) {
  chain::DevGenesisOptions genesis;
  std::optional<types::Genesis> file;
  if (!options.genesis.empty()) {
    CAIRN_TRY(file, read_genesis(options.genesis));
    genesis.chain_id = file->config.chain_id;
    genesis.gas_limit = file->header.gas_limit;
    genesis.base_fee = file->header.base_fee_per_gas.value_or(genesis.base_fee);
    genesis.timestamp = file->header.timestamp;
  } else {
    genesis.timestamp = clock.unix_seconds();
  }
  genesis.chain_id = options.chain_id.value_or(genesis.chain_id);
  genesis.base_fee = options.base_fee ? U256{*options.base_fee} : genesis.base_fee;
  genesis.balance = options.balance.value_or(genesis.balance);
  genesis.timestamp = options.timestamp.value_or(genesis.timestamp);
  genesis.create2_deployer = !options.no_create2_deployer;
  genesis.fork = options.hardfork.value_or(genesis.fork);
  if (!file) {
    return chain::dev_genesis(accounts, genesis);
  }
  const types::Fork of_file = file->config.fork_of(file->header);
  const bool with_rules = !options.hardfork && of_file >= types::Fork::paris;
  genesis.fork = with_rules ? of_file : genesis.fork;
  return chain::dev_genesis_of(*file, accounts, genesis, with_rules);
}

// What only a new chain can be given.
// `begun`: something has happened on the chain.
Result<void> check_continued(const DevOptions& options, const fs::path& folder, bool begun,
                             const base::Logger& logger) {
  if (options.mnemonic_words) {
    return fail(ErrorCode::conflict,
                fmt::format("--mnemonic-random: the chain in {} goes on with the accounts that it "
                            "began with; --fresh starts over, --mnemonic takes a phrase that was "
                            "printed before",
                            options.datadir));
  }
  if (begun) {
    CAIRN_CHECK(check_state_file(options.state, folder));
  }
  if (begun && !options.state.load.empty()) {
    logger.warn("the state file is not read, because the chain goes on; --fresh begins with it",
                {{"datadir", options.datadir}});
  }
  if (!options.genesis.empty()) {
    logger.warn("the genesis file is not read, because the chain goes on; --fresh begins with it",
                {{"datadir", options.datadir}});
  }
  return {};
}

// What a new chain begins with, for the starts that go on.
Result<void> remember(const Data& data, const DevOptions& options,
                      const std::vector<chain::DevAccount>& accounts,
                      const std::optional<types::Header>& genesis) {
  if (!data.folder) {
    return {};
  }
  Beginning out{
      .accounts = accounts.size(),
      .derivation_path = options.derivation_path.value_or(std::string(chain::kDevDerivationPath)),
      .balance = options.balance.value_or(chain::DevGenesisOptions{}.balance),
      .create2_deployer = !options.no_create2_deployer};
  if (!accounts.empty()) {
    out.first_account = accounts.front().address;
  }
  if (genesis) {
    out.base_fee = genesis->base_fee_per_gas;
    out.timestamp = genesis->timestamp;
  } else {
    out.base_fee = options.base_fee ? std::optional(U256{*options.base_fee}) : std::nullopt;
    out.timestamp = options.timestamp;
  }
  return write_beginning(data.folder->path(), out);
}

// The accounts of a chain that goes on; what no flag says is as it was in the beginning.
Result<std::vector<chain::DevAccount>> go_on_with(const Beginning& beginning, DevOptions& options) {
  CAIRN_CHECK(check_flags(options, beginning));
  const DevOptions given = options;
  options.accounts = beginning.accounts;
  options.balance = beginning.balance;
  options.derivation_path = given.derivation_path.value_or(beginning.derivation_path);
  CAIRN_TRY(auto accounts, accounts_of(options));
  return accounts_that_go_on(given, beginning, std::move(accounts));
}

Hash256 random_id() {
  Hash256 out;
  std::random_device random;
  for (auto& byte : out.bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return out;
}

std::unexpected<Error> not_that_chain(const DevOptions& options, std::string_view why) {
  return fail(ErrorCode::conflict,
              fmt::format("--fork-url: in {} {}; --fresh starts over, --datadir takes another "
                          "folder",
                          options.datadir, why));
}

Result<node::ForkRequest> fork_request_of(const DevOptions& options,
                                          const std::vector<chain::DevAccount>& accounts) {
  CAIRN_TRY(node::ForkRequest out, request_of(options.fork));
  out.chain_id = options.chain_id;
  out.hardfork = options.hardfork;
  out.base_fee = options.base_fee ? std::optional(U256{*options.base_fee}) : std::nullopt;
  out.timestamp = options.timestamp;
  out.balance = options.balance.value_or(chain::DevGenesisOptions{}.balance);
  out.instance_id = random_id();
  for (const auto& account : accounts) {
    out.accounts.push_back(account.address);
  }
  return out;
}

// The source of a fork that begins or goes on; nothing for a chain of its own.
Result<node::StartedFork> fork_of(const DevOptions& options,
                                  const std::vector<chain::DevAccount>& accounts, const Data& data,
                                  const base::Clock& clock) {
  const std::shared_ptr<store::Store>& store = data.store;
  CAIRN_TRY(const node::ForkRequest request, fork_request_of(options, accounts));
  if (chain::Chain::exists(*store)) {
    CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*store));
    if (!point) {
      CAIRN_CHECK(check_without_source(options.fork));
      return request.upstream.url.empty()
                 ? Result<node::StartedFork>(node::StartedFork{})
                 : not_that_chain(options, "is a chain that was not forked");
    }
    auto source = node::continue_fork(store, request);
    if (!source && source.error().code == ErrorCode::conflict) {
      return not_that_chain(options, source.error().message);
    }
    return source;
  }
  if (request.upstream.url.empty()) {
    CAIRN_CHECK(check_without_source(options.fork));
    return node::StartedFork{};
  }
  CAIRN_CHECK(remember(data, options, accounts, std::nullopt));
  return node::begin_fork(store, request, clock);
}

node::DevOptions node_options(const DevOptions& options, const std::shared_ptr<DiskFault>& fault) {
  node::DevOptions out;
  out.on_fault = [fault](const Error& error) { fault->report(error); };
  out.strict_timestamps = options.strict_timestamps;
  out.gas_cap_per_transaction = !options.disable_tx_gas_limit;
  out.limit_block_gas = !options.disable_block_gas_limit;
  out.code_size_limit = options.disable_code_size_limit ? kAnyCodeSize : options.code_size_limit;
  out.order = options.order;
  out.max_transactions = options.max_transactions;
  out.blob_retention_epochs = options.blob_retention_epochs;
  out.memory_limit = options.memory_limit;
  out.pool.refuse_unfunded = !options.disable_pool_balance_checks;
  out.impersonate_all = options.auto_impersonate ? std::optional(true) : std::nullopt;
  out.first_base_fee = options.base_fee ? std::optional(U256{*options.base_fee}) : std::nullopt;
  out.clock_from_genesis = options.timestamp.has_value();
  out.instance_id = random_id();
  out.gas_limit = options.gas_limit;
  if (options.no_mining || options.block_time > 0) {
    out.automine = options.mixed_mining;
    out.mining_interval = static_cast<std::uint64_t>(options.block_time * 1000);
  }
  return out;
}

Result<void> check_hardfork(const DevOptions& options, const chain::ChainView& chain) {
  const types::Fork kept = chain.config().fork_of(chain.header());
  if (options.hardfork && *options.hardfork != kept) {
    return fail(
        ErrorCode::conflict,
        fmt::format("--hardfork {}: the chain in {} has the rules of {}; leave the flag "
                    "away, or --fresh starts over, --datadir takes another folder",
                    types::fork_name(*options.hardfork), options.datadir, types::fork_name(kept)));
  }
  return {};
}

Result<void> check_chain_id(const DevOptions& options, const chain::ChainView& chain) {
  const std::uint64_t kept = chain.config().chain_id;  // anvil_setChainId may have set another
  if (options.chain_id && *options.chain_id != kept && *options.chain_id != chain.chain_id()) {
    return fail(ErrorCode::conflict,
                fmt::format("--chain-id {}: the chain in {} has {}; --fresh starts over, --datadir "
                            "takes another folder",
                            *options.chain_id, options.datadir, kept));
  }
  return {};
}

void add_accounts(api::Context& context, const std::vector<chain::DevAccount>& accounts) {
  for (const auto& account : accounts) {
    if (context.accounts.emplace(account.address, account.key).second) {
      context.account_order.push_back(account.address);
    }
  }
}

api::Context context_of(node::DevNode& node, const std::vector<chain::DevAccount>& accounts,
                        const DevOptions& options, const base::Logger& logger) {
  api::Context context{.node = node,
                       .client_version = fmt::format("anvil/cairn-v{}/{}", kVersion, kPlatform),
                       .accounts = {},
                       .account_order = {},
                       .limits = {},
                       .logger = logger.named("rpc"),
                       .call_timer = std::make_shared<api::CallTimer>(options.call_timeout)};
  context.limits.call_gas = options.gas_cap;
  context.limits.loose_log_bounds = true;
  context.limits.slots_in_an_epoch = options.slots_in_an_epoch.value_or(0);
  context.limits.gas_price = options.gas_price;
  if (options.disable_min_priority_fee) {
    context.limits.usual_tip = 0;
  }
  context.throw_on_failures = options.throw_on_failures;
  add_accounts(context, accounts);
  return context;
}

base::Logger logger_of(const DevOptions& options, const base::Clock& clock) {
  return {clock, std::cerr, options.log_json ? base::LogFormat::json : base::LogFormat::text,
          options.silent ? base::LogLevel::error : options.verbosity};
}

void print_banner(const DevOptions& options, const std::vector<chain::DevAccount>& accounts,
                  const node::DevNode& node, const api::HttpServer& server, const Data& data,
                  bool continued, const std::optional<Address>& unknown_account) {
  if (options.silent) {
    return;
  }
  const auto head = node.head();
  const U256 base_fee = node.next_header().base_fee_per_gas.value_or(U256{});
  const std::string folder =
      data.folder ? fs::weakly_canonical(data.folder->path()).string() : std::string{};
  const BannerFacts facts{options,           accounts, *head,     server.urls(),
                          server.ipc_path(), folder,   continued, base::to_decimal(base_fee),
                          unknown_account};
  if (options.log_json) {
    return print_ready(banner_fields(facts));
  }
  fmt::print("{}", banner(facts));
  std::fflush(stdout);
}

Result<int> run_dev(DevOptions options) {
  CAIRN_CHECK(check(options));
  CAIRN_CHECK(choose_mnemonic(options));
  // Before signals are held back: a person may end the question for a password.
  CAIRN_TRY(const auto unlocked, unlocked_accounts(options));
  const StopSignals signals;
  const auto clock = std::make_shared<base::SystemClock>();
  const base::Logger logger = logger_of(options, *clock);
  CAIRN_TRY(auto accounts, accounts_of(options));  // before --fresh empties anything
  CAIRN_TRY(const auto data,
            options.ephemeral ? data_in_memory() : open_data(options.datadir, options.fresh));
  const fs::path folder = data.folder ? data.folder->path() : fs::path();
  const bool continued = chain::Chain::exists(*data.store);
  // A start that was ended may have made the chain and not loaded its state file.
  CAIRN_TRY(const bool begun, continued ? chain::has_history(*data.store) : Result<bool>(false));
  std::optional<Beginning> beginning;
  if (continued) {
    CAIRN_CHECK(check_continued(options, folder, begun, logger));
    CAIRN_TRY(beginning, read_beginning(options.datadir));
  }
  std::optional<Address> unknown_account;
  if (beginning) {
    CAIRN_TRY(accounts, go_on_with(*beginning, options));
    unknown_account = accounts.empty() ? beginning->first_account : std::nullopt;
  }
  if (!unknown_account) {
    options.mnemonic = options.mnemonic.value_or(std::string(chain::kDevMnemonic));
    options.derivation_path =
        options.derivation_path.value_or(std::string(chain::kDevDerivationPath));
  }
  const auto fault = std::make_shared<DiskFault>();
  CAIRN_TRY(const node::StartedFork fork, fork_of(options, accounts, data, *clock));
  if (!fork.warning.empty()) {
    logger.warn(fork.warning);
  }
  node::DevOptions for_node = node_options(options, fault);
  for_node.keeps_console = !options.disable_console_log && logger.enabled(base::LogLevel::info);
  for_node.fork_source = fork.source;
  CAIRN_TRY(for_node.refork, fork_request_of(options, accounts));
  for_node.refork.block.reset();
  for_node.refork.source_chain_id.reset();
  for_node.refork.timestamp.reset();
  types::Genesis genesis;
  if (!continued && !fork.source) {
    CAIRN_TRY(genesis, genesis_of(options, accounts, *clock));
    CAIRN_CHECK(remember(data, options, accounts, genesis.header));
  }
  CAIRN_TRY(const auto node, node::DevNode::start(data.store, genesis, for_node, clock));
  CAIRN_CHECK(check_chain_id(options, *node->head()));
  if (continued) {
    CAIRN_CHECK(check_hardfork(options, *node->head()));
  }
  if (!begun) {
    CAIRN_CHECK(load_state_file(options.state, *node, folder));
  }
  CAIRN_TRY(StateDumper dumper, StateDumper::make(options.state, *node, folder));
  if (!options.config_out.empty()) {
    CAIRN_CHECK(write_whole(options.config_out, config_json(options, accounts, *node->head())));
  }

  api::Context context = context_of(*node, accounts, options, logger);
  add_accounts(context, unlocked);
  context.log = std::make_shared<nodelog::NodeLog>(
      *node, logger,
      nodelog::LogOptions{.print_traces = options.print_traces,
                          .console = !options.disable_console_log});
  CAIRN_CHECK(learn_abis(options.abi, context.log->names()));
  return serve({.context = context,
                .rpc = options.rpc,
                .data = data,
                .signals = signals,
                .fault = *fault,
                .logger = logger,
                .on_ready =
                    [&](const api::HttpServer& server) {
                      print_banner(options, accounts, *node, server, data, continued,
                                   unknown_account);
                    },
                .interval = std::chrono::seconds(options.state.interval),
                .on_interval = dumper.wanted() ? std::function<void()>([&] {
                  if (const auto written = dumper.write(); !written) {
                    logger.warn(written.error().message);
                  }
                })
                                               : nullptr,
                .on_end = [&] { return dumper.write(); }},
               clock);
}

}  // namespace

Command dev_command() {
  const auto options = std::make_shared<DevOptions>();
  return {"dev", "Run a developer's chain", options_of(*options), "",
          [options](const std::vector<std::string>&) {
            return as_logged(run_dev(*options), options->log_json);
          }};
}

}  // namespace cairn::cli
