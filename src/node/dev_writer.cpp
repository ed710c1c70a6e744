#include "node/dev_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chain/sidecars.hpp"
#include "node/next_block.hpp"
#include "txpool/journal.hpp"

namespace cairn::node {
namespace {

constexpr std::uint64_t kEpoch = 32;  // blocks

Result<std::unique_ptr<chain::Chain>> open_chain(std::shared_ptr<store::Store> store,
                                                 const types::Genesis& genesis,
                                                 const DevOptions& options,
                                                 const base::Clock& clock) {
  if (chain::Chain::exists(*store)) {
    return chain::Chain::open(std::move(store), options.fork_source);
  }
  chain::Settings settings;
  settings.gas_limit = genesis.header.gas_limit;
  types::Genesis begun = genesis;
  begun.header.gas_limit = options.gas_limit.value_or(genesis.header.gas_limit);
  settings.coinbase = genesis.header.beneficiary;
  settings.instance_id = options.instance_id;
  settings.next_base_fee = options.first_base_fee;
  if (options.clock_from_genesis) {
    settings.clock_offset =
        static_cast<std::int64_t>(genesis.header.timestamp - clock.unix_seconds());
  }
  return chain::Chain::create(std::move(store), begun, settings);
}

std::vector<Address> accounts_of(const state::Changeset& changes) {
  std::vector<Address> out;
  out.reserve(changes.accounts.size());
  for (const auto& [address, change] : changes.accounts) {
    out.push_back(address);
  }
  return out;
}

bool pays(const txpool::Entry& entry, const evm::BlockContext& next) {
  const types::Transaction& transaction = entry.transaction;
  return transaction.max_fee_per_gas >= next.base_fee &&
         (transaction.blob_hashes.empty() ||
          transaction.max_fee_per_blob_gas >= next.blob_base_fee);
}

}  // namespace

DevWriter::DevWriter(std::shared_ptr<store::Store> store, std::unique_ptr<chain::Chain> chain,
                     DevOptions options, std::shared_ptr<const base::Clock> clock)
    : clock_(std::move(clock)),
      options_(std::move(options)),
      source_headers_(options_.refork.upstream.headers),
      store_(std::move(store)),
      chain_(std::move(chain)) {
  pool_.emplace(limits(), options_.order, ground());
}

Result<std::unique_ptr<DevWriter>> DevWriter::open(std::shared_ptr<store::Store> store,
                                                   const types::Genesis& genesis,
                                                   const DevOptions& options,
                                                   std::shared_ptr<const base::Clock> clock) {
  CAIRN_TRY(auto chain, open_chain(store, genesis, options, *clock));
  std::unique_ptr<DevWriter> out(
      new DevWriter(std::move(store), std::move(chain), options, std::move(clock)));
  CAIRN_CHECK(out->apply_options());
  CAIRN_CHECK(out->read_journal());
  try {
    CAIRN_CHECK(out->settle());
  } catch (const state::StateUnavailable&) {
    // A fork whose source is gone: what waits can wait on.
    return out;
  }
  return out;
}

void DevWriter::start_options(chain::Settings& settings) const {
  settings.uncover();
  settings.logging = true;  // a test that ended turned it off
  if (options_.automine || options_.mining_interval) {
    settings.covered.mining = settings.mining();
    settings.automine = options_.automine.value_or(settings.automine);
    if (options_.mining_interval) {
      settings.mining_interval = *options_.mining_interval;
      settings.mining_spread = 0;
    }
  }
  if (options_.impersonate_all) {
    settings.covered.impersonate_all =
        std::exchange(settings.impersonate_all, *options_.impersonate_all);
  }
  if (options_.gas_limit) {
    settings.covered.gas_limit = std::exchange(settings.gas_limit, *options_.gas_limit);
  }
}

Result<void> DevWriter::apply_options() {
  chain::Settings settings = head()->settings();
  start_options(settings);
  return set_settings(settings);
}

Result<void> DevWriter::read_journal() {
  CAIRN_TRY(std::vector<txpool::Entry> entries, txpool::read_journal(chain_->store()));
  CAIRN_TRY(txpool::DropLog drops, txpool::DropLog::read(chain_->store()));
  return edit_pool([&](txpool::Txpool& pool) -> Result<void> {
    pool.restore_drops(std::move(drops));
    for (const txpool::Entry& entry : entries) {
      journaled_.insert(entry.hash);
    }
    pool.restore(std::move(entries), now());
    std::vector<Hash256> gone;
    for (const Hash256& hash : journaled_) {
      if (!pool.find(hash)) {
        gone.push_back(hash);
      }
    }
    (void)pool.take_changed();
    if (gone.empty()) {
      return {};
    }
    store::Batch batch;
    pool.write_drops(batch);
    for (const Hash256& hash : gone) {
      txpool::erase_entry(batch, hash);
      journaled_.erase(hash);
    }
    return chain_->write_beside(std::move(batch));
  });
}

txpool::Limits DevWriter::limits() const {
  txpool::Limits out = options_.pool;
  const chain::Settings& settings = head()->settings();
  // With blocks at intervals beside, there is a later to wait for.
  out.refuse_below_base_fee = settings.automine && settings.mining_interval == 0;
  out.minimum_tip = std::max(out.minimum_tip, settings.minimum_gas_price);
  return out;
}

txpool::Ground DevWriter::ground() const {
  const auto next = next_block();
  return {.state = next->head->state(), .next = next->environment};
}

std::shared_ptr<const DevWriter::Next> DevWriter::next_block() const {
  const auto at = head();
  const std::uint64_t timestamp = next_timestamp_or_last(*at, options_, clock_->unix_seconds());
  const std::scoped_lock lock(next_mutex_);
  if (!next_ || next_->head != at || next_->header.timestamp != timestamp) {
    types::Header header = node::next_header(*at, options_, timestamp);
    execution::BlockEnvironment environment = environment_for(*at, header, options_);
    next_ = std::make_shared<const Next>(Next{at, std::move(header), std::move(environment)});
  }
  return next_;
}

void DevWriter::refresh_pool(const std::optional<std::vector<Address>>& touched) {
  edit_pool([&](txpool::Txpool& pool) {
    pool.set_limits(limits());
    pool.set_ground(ground(), touched, now());
  });
}

txpool::Admitted<Hash256> DevWriter::admit(Prepared prepared) try {
  const std::uint64_t nonce = prepared.assign_nonce ? pending_nonce(prepared.entry.sender) : 0;
  const bool only_if_executable = prepared.only_if_executable;
  CAIRN_TRY(txpool::Entry entry, complete(std::move(prepared), nonce));
  CAIRN_TRY(const txpool::Txpool::Admission admission,
            add_to_pool(std::move(entry), only_if_executable));
  admitted_.push_back({admission.entry, admission.executable});
  return admission.entry->hash;
} catch (const state::StateUnavailable& missing) {
  return std::unexpected(txpool::Refusal{
      .code = txpool::PoolRefused::out_of_reach, .rule = {}, .message = missing.what()});
}

txpool::Admitted<txpool::Txpool::Admission> DevWriter::add_to_pool(txpool::Entry entry,
                                                                   bool only_if_executable) {
  const std::uint64_t expected = only_if_executable ? pending_nonce(entry.sender) : 0;
  if (only_if_executable && entry.transaction.nonce > expected) {
    return std::unexpected(
        txpool::Refusal{.code = txpool::PoolRefused::nonce_gap,
                        .rule = {},
                        .message = fmt::format("nonce too high: next nonce {}, tx nonce {}",
                                               expected, entry.transaction.nonce),
                        .expected_nonce = expected});
  }
  const evm::BlockContext next = next_environment().context;
  return edit_pool([&](txpool::Txpool& pool) -> txpool::Admitted<txpool::Txpool::Admission> {
    CAIRN_TRY(auto admission, pool.add(std::move(entry), now()));
    if (only_if_executable && !(admission.executable && pays(*admission.entry, next))) {
      pool.remove(admission.entry->hash, now());
      if (admission.replaced) {
        (void)pool.add(*admission.replaced, now());
      }
      return std::unexpected(txpool::Refusal{
          .code = txpool::PoolRefused::not_executable,
          .rule = {},
          .message = "the transaction cannot be executed now: its fee caps are below the next "
                     "block's base fees, or it waits for others of its sender"});
    }
    return admission;
  });
}

void DevWriter::announce_admitted() {
  for (const TransactionPooled& pooled : std::exchange(admitted_, {})) {
    events_.publish(pooled);
  }
}

Result<void> DevWriter::settle() {
  if (head()->settings().automine) {
    while (true) {
      CAIRN_TRY(const auto block, produce({}));
      if (!block) {
        break;
      }
    }
  }
  store::Batch journal = journal_changes({});
  if (!journal.empty()) {
    CAIRN_CHECK(chain_->write_beside(std::move(journal)));
  }
  announce_admitted();
  return {};
}

// What came into the pool and waits is written, what left it is erased.
store::Batch DevWriter::journal_changes(const std::vector<Hash256>& mined) {
  store::Batch out;
  const auto erase = [&](const Hash256& hash) {
    if (journaled_.erase(hash) != 0) {
      txpool::erase_entry(out, hash);
    }
  };
  const std::unordered_set<Hash256> in_block(mined.begin(), mined.end());
  const std::unique_lock lock(pool_mutex_);
  for (const Hash256& hash : pool_->take_changed()) {
    const txpool::EntryPtr entry = pool_->find(hash);
    if (!entry) {
      erase(hash);
    } else if (!in_block.contains(hash) && journaled_.insert(hash).second) {
      txpool::write_entry(out, *entry);
    }
  }
  std::ranges::for_each(mined, erase);
  pool_->write_drops(out);
  return out;
}

Result<std::optional<BuiltBlock>> DevWriter::build(const BlockOrder& order,
                                                   const chain::ChainView& at,
                                                   const types::Header& header,
                                                   const execution::BlockEnvironment& environment) {
  while (true) {
    txpool::EntryPtr last;  // that was given
    try {
      execution::Judged<BuiltBlock> built;
      if (order.only != nullptr) {
        built =
            build_block(at, header, environment, [next = order.only->begin(), &order]() mutable {
              return next == order.only->end() ? nullptr : *next++;
            });
      } else {
        auto best = pool_->best(environment.context.base_fee, environment.context.blob_base_fee);
        txpool::EntryPtr first = best.next();
        if (!first && !order.even_empty) {
          return std::nullopt;
        }
        const auto next = [&] {
          last = first ? std::exchange(first, nullptr) : best.next();
          return last;
        };
        built = build_block(at, header, environment, next, options_.max_transactions);
      }
      if (!built) {
        return fail(ErrorCode::conflict, "no block can be made: " + built.error().message);
      }
      return *std::move(built);
    } catch (const state::StateUnavailable& missing) {
      if (!last) {
        throw;
      }
      // The others are mined without it; its sender is told, and may send it again.
      edit_pool([&](txpool::Txpool& pool) {
        return pool.remove(last->hash, {txpool::PoolRefused::out_of_reach, {}, missing.what()},
                           now());
      });
    }
  }
}

Result<std::optional<Hash256>> DevWriter::produce(const BlockOrder& order) {
  if (!order.even_empty && pool_->status().pending == 0) {
    return std::nullopt;
  }
  const auto at = head();
  CAIRN_TRY(auto built, build_on(*at, order));
  if (!built) {
    return std::nullopt;
  }
  CAIRN_TRY(const Hash256 hash, commit(*std::move(built)));
  return hash;
}

Result<std::optional<BuiltBlock>> DevWriter::build_on(const chain::ChainView& at,
                                                      const BlockOrder& order) {
  const std::uint64_t now_seconds = clock_->unix_seconds();
  const auto timestamp = order.timestamp ? Result<std::uint64_t>(*order.timestamp)
                                         : next_timestamp(at, options_, now_seconds);
  if (!timestamp && !order.even_empty) {
    return std::nullopt;  // what waits waits on
  }
  CAIRN_CHECK(timestamp);
  const types::Header header = node::next_header(at, options_, *timestamp);
  execution::BlockEnvironment environment = environment_for(at, header, options_);
  environment.keeps_console = options_.keeps_console && at.settings().logging;
  reach_ahead(at);
  CAIRN_TRY(auto built, build(order, at, header, environment));
  if (!built || (built->produced.senders.empty() && !order.even_empty)) {
    return std::nullopt;
  }
  built->produced.settings =
      settings_after(at.settings(), order.timestamp, header.timestamp, now_seconds);
  return built;
}

Result<Hash256> DevWriter::commit(BuiltBlock built) {
  chain::ProducedBlock& produced = built.produced;
  const std::vector<Hash256> mined = produced.transaction_hashes;
  const std::vector<Address> touched = accounts_of(produced.changes);
  store::Batch beside = journal_changes(mined);
  if (produced.block.header.number % kEpoch == 0) {
    give_up_blobs(beside, produced.block.header.number);
  }
  CAIRN_TRY(const auto at, chain_->append(std::move(produced), std::move(beside)));
  edit_pool([&](txpool::Txpool& pool) { pool.remove_mined(mined); });
  refresh_pool(touched);
  announce_admitted();
  auto console = built.console.empty()
                     ? nullptr
                     : std::make_shared<const ConsoleLogs>(std::move(built.console));
  events_.publish(HeadChanged{
      .head = at, .removed = {}, .first_added = at->number(), .console = std::move(console)});
  return at->hash();
}

void DevWriter::give_up_blobs(store::Batch& batch, std::uint64_t number) const {
  const std::uint64_t epoch = number / kEpoch;
  if (epoch > options_.blob_retention_epochs) {
    chain::prune_sidecars(batch, chain_->store(), *head(),
                          (epoch - options_.blob_retention_epochs) * kEpoch);
  }
}

Result<void> DevWriter::change_settings(
    const std::function<Result<void>(chain::Settings&)>& change) {
  const chain::Settings before = head()->settings();
  chain::Settings settings = before;
  CAIRN_CHECK(change(settings));
  // What a call turns stays turned, whatever flag the next start has not.
  if (settings.mining() != before.mining()) {
    settings.covered.mining.reset();
  }
  if (settings.impersonate_all != before.impersonate_all) {
    settings.covered.impersonate_all.reset();
  }
  if (settings.gas_limit != before.gas_limit) {
    settings.covered.gas_limit.reset();
  }
  return set_settings(settings);
}

Result<void> DevWriter::set_settings(const chain::Settings& settings) {
  CAIRN_CHECK(chain_->change_settings(settings));
  refresh_pool(std::vector<Address>{});
  return {};
}

Result<void> DevWriter::cheat(const std::function<Result<void>(state::Overlay&)>& change) {
  const auto state = head()->state();
  state::Overlay overlay(*state);
  CAIRN_CHECK(change(overlay));
  // Frontier's end of a transaction keeps empty accounts that were touched: a cheat is exact.
  (void)overlay.end_transaction(types::Fork::frontier);
  const state::Changeset changes = overlay.changeset();
  CAIRN_CHECK(chain_->cheat(changes));
  refresh_pool(accounts_of(changes));
  return {};
}

std::uint64_t DevWriter::pending_nonce(const Address& address) const {
  const auto next = ask_pool([&](const txpool::Txpool& pool) { return pool.next_nonce(address); });
  const auto account = head()->state()->account(address);
  return std::max(next.value_or(0), account ? account->nonce : 0);
}

bool DevWriter::is_journaled(const Hash256& hash) const {
  return txpool::has_entry(chain_->store(), hash);
}

types::Header DevWriter::next_header() const { return next_block()->header; }

execution::BlockEnvironment DevWriter::next_environment() const {
  return next_block()->environment;
}

Result<CallSite> DevWriter::call_site(std::uint64_t number) const {
  CAIRN_TRY(CallSite out, call_site_at(*head(), number));
  out.environment = lifted(std::move(out.environment), options_);
  return out;
}

Result<CallSite> DevWriter::pending_call_site() const {
  CAIRN_TRY(const auto pending, pending_block());
  return CallSite{.state = pending->state(),
                  .environment = environment_for(*pending->parent(), pending->header(), options_)};
}

// Enough for a block, even when a few of them are refused.
std::vector<txpool::EntryPtr> DevWriter::executable_now(
    const execution::BlockEnvironment& next) const {
  return ask_pool([&](const txpool::Txpool& pool) {
    std::vector<txpool::EntryPtr> out;
    auto best = pool.best(next.context.base_fee, next.context.blob_base_fee);
    const U256 enough = U256{next.context.gas_limit} * U256{2};
    U256 gas;
    for (txpool::EntryPtr entry = best.next(); entry && gas < enough; entry = best.next()) {
      gas += entry->transaction.gas_limit;
      out.push_back(std::move(entry));
    }
    return out;
  });
}

Result<std::shared_ptr<const PendingBlock>> DevWriter::pending_block() const {
  const std::uint64_t version = [&] {
    const std::shared_lock lock(pool_mutex_);
    return pool_version_;
  }();
  const auto at = head();
  const types::Header header = next_header();
  const std::scoped_lock lock(pending_mutex_);
  if (pending_.block && pending_.block->parent() == at && pending_.pool_version == version &&
      pending_.timestamp == header.timestamp) {
    return pending_.block;
  }
  const execution::BlockEnvironment environment = environment_for(*at, header, options_);
  const std::vector<txpool::EntryPtr> entries = executable_now(environment);
  reach_ahead(*at);
  const auto candidates = [&, next = entries.begin()]() mutable {
    return next == entries.end() ? nullptr : *next++;
  };
  auto built = build_block(*at, header, environment, candidates, options_.max_transactions);
  if (!built) {
    return fail(ErrorCode::conflict, "no block can be made: " + built.error().message);
  }
  auto out = std::make_shared<const PendingBlock>(at, std::move(built->produced));
  pending_ = {.pool_version = version, .timestamp = header.timestamp, .block = out};
  return out;
}

}  // namespace cairn::node
