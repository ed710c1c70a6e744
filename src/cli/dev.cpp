#include "cli/dev.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "api/dispatcher.hpp"
#include "api/filters.hpp"
#include "api/http_server.hpp"
#include "api/receipt_waits.hpp"
#include "api/subscriptions.hpp"
#include "base/clock.hpp"
#include "base/hex.hpp"
#include "cli/banner.hpp"
#include "cli/data.hpp"
#include "cli/dev_options.hpp"
#include "cli/unlock.hpp"
#include "cli/version.hpp"
#include "node/dev_node.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUrlFile = "rpc.url";

// A fault of the disk ends the program, and at once: RocksDB cannot close what it could not write.
class DiskFault {
 public:
  // For any thread; wakes the one that waits for a signal.
  void report(const Error& error) {
    {
      const std::scoped_lock lock(mutex_);
      error_ = error;
    }
    ::kill(::getpid(), SIGTERM);
  }
  std::optional<Error> error() const {
    const std::scoped_lock lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

// SIGINT and SIGTERM, blocked in every thread that starts later, so that `wait` alone gets them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error like a full disk
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

// The file by which other programs find the port; gone when the port is.
class UrlFile {
 public:
  static Result<UrlFile> write(fs::path path, std::string_view url) {
    std::ofstream file(path, std::ios::trunc);
    file << url << '\n';
    file.close();
    if (!file) {
      return fail(ErrorCode::io, fmt::format("cannot write {}: make room on the disk, or choose "
                                             "another folder with --datadir",
                                             path.string()));
    }
    return UrlFile(std::move(path));
  }
  UrlFile(UrlFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  UrlFile& operator=(UrlFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~UrlFile() {
    if (!path_.empty()) {
      std::error_code ignored;
      fs::remove(path_, ignored);
    }
  }

 private:
  explicit UrlFile(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<std::vector<chain::DevAccount>> accounts_of(const DevOptions& options) {
  auto accounts = chain::dev_accounts(options.mnemonic, options.derivation_path, options.accounts);
  if (!accounts) {
    return fail(accounts.error().code,
                fmt::format("--mnemonic or --derivation-path: {}", accounts.error().message));
  }
  return accounts;
}

types::Genesis genesis_of(const DevOptions& options, const std::vector<chain::DevAccount>& accounts,
                          const base::Clock& clock) {
  chain::DevGenesisOptions genesis;
  genesis.chain_id = options.chain_id.value_or(genesis.chain_id);
  genesis.fork = options.hardfork.value_or(genesis.fork);
  genesis.gas_limit = options.gas_limit.value_or(genesis.gas_limit);
  genesis.base_fee = options.base_fee ? U256{*options.base_fee} : genesis.base_fee;
  genesis.balance = options.balance;
  genesis.timestamp = options.timestamp.value_or(clock.unix_seconds());
  return chain::dev_genesis(accounts, genesis);
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
  out.gas_limit = options.gas_limit;
  out.base_fee = options.base_fee ? std::optional(U256{*options.base_fee}) : std::nullopt;
  out.timestamp = options.timestamp;
  out.balance = options.balance;
  out.instance_id = random_id();
  for (const auto& account : accounts) {
    out.accounts.push_back(account.address);
  }
  return out;
}

// The source of a fork that begins or goes on; nothing for a chain of its own.
Result<node::StartedFork> fork_of(const DevOptions& options,
                                  const std::vector<chain::DevAccount>& accounts,
                                  const std::shared_ptr<store::Store>& store,
                                  const base::Clock& clock) {
  CAIRN_TRY(const node::ForkRequest request, fork_request_of(options, accounts));
  if (chain::Chain::exists(*store)) {
    CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*store));
    if (!point) {
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
    return node::StartedFork{};
  }
  return node::begin_fork(store, request, clock);
}

node::DevOptions node_options(const DevOptions& options, const std::shared_ptr<DiskFault>& fault) {
  node::DevOptions out;
  out.on_fault = [fault](const Error& error) { fault->report(error); };
  out.strict_timestamps = options.strict_timestamps;
  out.gas_cap_per_transaction = !options.disable_tx_gas_limit;
  out.limit_block_gas = !options.disable_block_gas_limit;
  out.code_size_limit = options.code_size_limit;
  out.order = options.order;
  out.instance_id = random_id();
  if (options.no_mining || options.block_time > 0) {
    out.automine = false;
  }
  if (options.block_time > 0) {
    out.mining_interval = static_cast<std::uint64_t>(options.block_time * 1000);
  }
  return out;
}

Result<void> check_chain_id(const DevOptions& options, const chain::ChainView& chain) {
  const std::uint64_t kept = chain.config().chain_id;
  if (options.chain_id && *options.chain_id != kept) {
    return fail(ErrorCode::conflict,
                fmt::format("--chain-id {}: the chain in {} has {}; --fresh starts over, --datadir "
                            "takes another folder",
                            *options.chain_id, options.datadir, kept));
  }
  return {};
}

// For what takes long; a call is bounded by its gas.
std::size_t worker_count() { return std::max(4u, std::thread::hardware_concurrency()); }

void log_block(const base::Logger& logger, const chain::SealedBlock& block,
               const chain::Receipts& receipts) {
  std::uint64_t gas_before = 0;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    logger.info("mined", {{"block", block.block.header.number},
                          {"tx", base::to_hex(block.transaction_hashes[i])},
                          {"status", receipts[i].success ? "success" : "failed"},
                          {"gas", receipts[i].cumulative_gas_used - gas_before}});
    gas_before = receipts[i].cumulative_gas_used;
  }
}

void log_event(const base::Logger& logger, const node::Event& event) {
  const auto* changed = std::get_if<node::HeadChanged>(&event);
  if (changed == nullptr || !logger.enabled(base::LogLevel::info)) {
    return;
  }
  const auto& chain = *changed->head;
  for (std::uint64_t number = changed->first_added; number <= chain.number(); ++number) {
    log_block(logger, *chain.block_at(number), *chain.receipts_at(number));
  }
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
  api::Context context{node, fmt::format("anvil/cairn-v{}/{}", kVersion, kPlatform),
                       {},   {},
                       {},   logger.named("rpc")};
  context.limits.call_gas = options.gas_cap;
  context.call_timer = std::make_shared<api::CallTimer>(options.call_timeout);
  add_accounts(context, accounts);
  return context;
}

base::Logger logger_of(const DevOptions& options, const base::Clock& clock) {
  return {clock, std::cerr, options.log_json ? base::LogFormat::json : base::LogFormat::text,
          options.silent ? base::LogLevel::error : options.verbosity};
}

void print_banner(const DevOptions& options, const std::vector<chain::DevAccount>& accounts,
                  const node::DevNode& node, const api::HttpServer& server, const Data& data,
                  bool continued) {
  if (options.silent) {
    return;
  }
  const auto head = node.head();
  const U256 base_fee = node.next_header().base_fee_per_gas.value_or(U256{});
  const std::string folder =
      data.folder ? fs::weakly_canonical(data.folder->path()).string() : std::string{};
  fmt::print("{}", banner({options, accounts, *head, server.url(), folder, continued,
                           base::to_decimal(base_fee)}));
  std::fflush(stdout);
}

Result<int> run_dev(const DevOptions& options) {
  // Before signals are held back: a person may end the question for a password.
  CAIRN_TRY(const auto unlocked, unlocked_accounts(options));
  const StopSignals signals;
  const auto clock = std::make_shared<base::SystemClock>();
  const base::Logger logger = logger_of(options, *clock);
  CAIRN_TRY(const auto accounts, accounts_of(options));
  CAIRN_TRY(const auto data,
            options.ephemeral ? data_in_memory() : open_data(options.datadir, options.fresh));
  const bool continued = chain::Chain::exists(*data.store);
  const auto fault = std::make_shared<DiskFault>();
  CAIRN_TRY(const node::StartedFork fork, fork_of(options, accounts, data.store, *clock));
  if (!fork.warning.empty()) {
    logger.warn(fork.warning);
  }
  node::DevOptions for_node = node_options(options, fault);
  for_node.fork_source = fork.source;
  CAIRN_TRY(for_node.refork, fork_request_of(options, accounts));
  for_node.refork.block.reset();
  for_node.refork.source_chain_id.reset();
  for_node.refork.timestamp.reset();
  CAIRN_TRY(const auto node, node::DevNode::start(data.store, genesis_of(options, accounts, *clock),
                                                  for_node, clock));
  CAIRN_CHECK(check_chain_id(options, *node->head()));
  const auto subscription = node->events().subscribe(
      [logger = logger.named("chain")](const node::Event& event) { log_event(logger, event); });

  api::Context context = context_of(*node, accounts, options, logger);
  add_accounts(context, unlocked);
  context.filters = std::make_shared<api::Filters>(*node, clock);
  context.receipt_waits = std::make_shared<api::ReceiptWaits>(*node, clock);
  context.subscriptions =
      std::make_shared<api::Subscriptions>(*node, logger.named("subscriptions"));
  auto dispatcher = std::make_unique<api::Dispatcher>(context, worker_count());
  CAIRN_TRY(const auto listen_on,
            server_options(options.rpc, data.folder ? data.folder->path() : fs::path{}));
  CAIRN_TRY(const auto server,
            api::HttpServer::listen(
                listen_on,
                [&dispatcher](std::string body, std::shared_ptr<api::Peer> peer, api::Reply reply) {
                  dispatcher->handle(std::move(body), std::move(peer), std::move(reply));
                }));
  std::optional<UrlFile> url_file;
  if (data.folder) {
    CAIRN_TRY(url_file, UrlFile::write(data.folder->path() / kUrlFile, server->url()));
  }
  print_banner(options, accounts, *node, *server, data, continued);
  signals.wait();
  if (const auto error = fault->error()) {
    logger.error(
        "stopping, because the disk failed: make room or mend it, then start again; nothing "
        "that was acknowledged is lost",
        {{"error", error->message}});
    server->stop();
    url_file.reset();
    std::_Exit(1);
  }
  logger.info("stopping");
  context.call_timer->stop_all();
  server->stop();
  if (const auto source = node::upstream_of(*node->head())) {
    source->stop();  // so that no request waits for it
  }
  dispatcher.reset();  // its last requests still need the node
  node->stop();
  return 0;
}

}  // namespace

Command dev_command() {
  const auto options = std::make_shared<DevOptions>();
  return {"dev", "Run a developer's chain", options_of(*options), "",
          [options](const std::vector<std::string>&) { return run_dev(*options); }};
}

}  // namespace cairn::cli
