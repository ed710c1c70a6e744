#pragma once
// What a dev chain does, command by command: the pool takes transactions, blocks are made, cheats,
// snapshots and settings kept. No thread and no queue: one thread at a time may call what changes
// something (DevNode's writer, or a test), any thread may read. Every change is on disk, visible to
// readers and told to listeners when its function returns.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "chain/chain.hpp"
#include "node/block_builder.hpp"
#include "node/call.hpp"
#include "node/dev_options.hpp"
#include "node/events.hpp"
#include "node/pending_block.hpp"
#include "node/state_dump.hpp"
#include "node/submission.hpp"
#include "state/overlay.hpp"
#include "txpool/txpool.hpp"

namespace cairn::node {

struct MineOrder {
  std::uint64_t count = 1;
  std::uint64_t interval = 0;                // seconds from block to block after the first
  std::optional<std::uint64_t> timestamp{};  // of the first block
  bool jump_first = false;                   // the interval passes before the first block, too
};

struct Snapshot {
  std::uint64_t record = 0;
  std::uint64_t number = 0;  // of the head then
  Hash256 hash;
  std::uint64_t unix_seconds = 0;  // the machine's clock then
};
using Snapshots = std::map<std::uint64_t, Snapshot>;  // by id

class DevWriter {
 public:
  // Continues the store's chain, or makes it from `genesis`; the pool's journal is read again.
  static Result<std::unique_ptr<DevWriter>> open(std::shared_ptr<store::Store> store,
                                                 const types::Genesis& genesis,
                                                 const DevOptions& options,
                                                 std::shared_ptr<const base::Clock> clock);

  // The writer's. What was admitted is neither mined nor safe on disk before settle().
  txpool::Admitted<Hash256> admit(Prepared prepared);
  // Instant mining: blocks until nothing that waits can be executed. Then the pool's journal.
  Result<void> settle();
  Result<std::vector<Hash256>> mine(const MineOrder& order);
  Result<void> change_settings(const std::function<Result<void>(chain::Settings&)>& change);
  Result<void> cheat(const std::function<Result<void>(state::Overlay&)>& change);
  Result<std::uint64_t> snapshot();
  // The chain's clock goes on from where it stood: tests that begin at one mark see the same time.
  Result<bool> revert(std::uint64_t snapshot_id);
  const Snapshots& snapshots() const { return snapshots_; }
  // Back to genesis: cheats, settings, snapshots and waiting transactions are gone, the instance id
  // is a new one.
  Result<void> reset();
  // Drops all that is here for a fork of the node at this URL (empty: the one that this chain was
  // forked from), at its block or its newest. The headers go with each question to it in this run;
  // without them those of the options do, and to the same source those that it had.
  Result<void> refork(const std::string& url, std::optional<std::uint64_t> block,
                      const std::optional<HttpHeaders>& headers);
  // The source is found under another URL from now on: it must have the fork's block.
  Result<void> move_source(const std::string& url);
  // Takes back `depth` blocks and the cheats since; settings stay. Not beyond genesis.
  Result<void> rollback(std::uint64_t depth);
  // Rolls back and mines as many blocks, the n-th with the n-th list's transactions and no others:
  // all of it in one write, or nothing.
  Result<void> reorg(std::vector<std::vector<Prepared>> blocks);
  // Puts the dump's blocks in the place of those that the chain has from the first of them on, and
  // takes over its accounts, all of it in one write. Conflict when blocks are missing in between;
  // nothing is done then.
  Result<void> load(StateDump dump);
  Result<void> set_next_block_timestamp(std::uint64_t timestamp);
  Result<std::int64_t> increase_time(std::int64_t seconds);
  // From now on the clock goes on from this second; how far it jumped forward (0: it did not).
  Result<std::uint64_t> set_time(std::uint64_t timestamp);
  bool drop_transaction(const Hash256& hash);
  // Those of a sender, or all.
  void drop_transactions(const std::optional<Address>& sender);

  std::uint64_t unix_seconds() const { return clock_->unix_seconds(); }

  // Any thread's: many blocks that are being mined end with the one under way (conflict).
  void stop() { stopping_ = true; }

  // Any thread's
  const DevOptions& options() const { return options_; }
  std::shared_ptr<const chain::ChainView> head() const { return chain_->head(); }
  Result<std::shared_ptr<const PendingBlock>> pending_block() const;
  std::uint64_t pending_nonce(const Address& address) const;
  // Whether this transaction waits on disk, and comes back after a restart.
  bool is_journaled(const Hash256& hash) const;
  types::Header next_header() const;
  execution::BlockEnvironment next_environment() const;
  Result<CallSite> call_site(std::uint64_t number) const;
  Result<CallSite> pending_call_site() const;
  EventStream& events() { return events_; }
  template <class Question>
  auto ask_pool(Question&& question) const {
    const std::shared_lock lock(pool_mutex_);
    return question(static_cast<const txpool::Txpool&>(*pool_));
  }

 private:
  DevWriter(std::shared_ptr<store::Store> store, std::unique_ptr<chain::Chain> chain,
            DevOptions options, std::shared_ptr<const base::Clock> clock);

  txpool::Admitted<txpool::Txpool::Admission> add_to_pool(txpool::Entry entry,
                                                          bool only_if_executable);
  template <class Change>
  auto edit_pool(Change&& change) {
    const std::unique_lock lock(pool_mutex_);
    ++pool_version_;
    return change(*pool_);
  }

  Result<void> read_journal();
  Result<void> apply_options();
  txpool::Time now() const { return txpool::Time{clock_->steady_ms()}; }
  txpool::Ground ground() const;
  // The next block of `head` at a time. What one send asks several times is made once.
  struct Next {
    std::shared_ptr<const chain::ChainView> head;
    types::Header header;
    execution::BlockEnvironment environment;
  };
  std::shared_ptr<const Next> next_block() const;
  txpool::Limits limits() const;
  void refresh_pool(const std::optional<std::vector<Address>>& touched);
  struct BlockOrder {
    std::optional<std::uint64_t> timestamp{};
    bool even_empty = false;
    const std::vector<txpool::EntryPtr>* only = nullptr;  // instead of the pool's best
  };
  // Nothing when it would be empty and need not be.
  Result<std::optional<Hash256>> produce(const BlockOrder& order);
  // The same on a chain that need not be there yet.
  Result<std::optional<BuiltBlock>> build_on(const chain::ChainView& at, const BlockOrder& order);
  // Blocks of an order while nothing waits, some hundred in one write; `made` were before them.
  Result<std::vector<Hash256>> produce_empty(const MineOrder& order, std::uint64_t made);
  Result<std::optional<std::uint64_t>> time_of(const MineOrder& order, std::uint64_t n,
                                               const chain::ChainView& parent) const;
  // A transaction that needs what a fork's source does not give now leaves the pool.
  Result<std::optional<BuiltBlock>> build(const BlockOrder& order, const chain::ChainView& at,
                                          const types::Header& header,
                                          const execution::BlockEnvironment& environment);
  Result<Hash256> commit(BuiltBlock built);
  // What makes the chain another one, and what its new blocks said through console.log.
  Result<void> commit(chain::Draft draft, ConsoleLogs console = {});
  Result<void> take_back(std::uint64_t record, const chain::Chain::AdjustSettings& adjust);
  // The chain without so many of its blocks.
  Result<chain::Draft> rolled_back(std::uint64_t depth) const;
  static Result<std::vector<txpool::EntryPtr>> chosen(std::vector<Prepared> wanted,
                                                      const chain::ChainView& at);
  void start_options(chain::Settings& settings) const;
  Result<void> set_settings(const chain::Settings& settings);
  Result<chain::Draft> room_for(const StateDump& dump) const;
  store::Batch journal_changes(const std::vector<Hash256>& mined);
  void give_up_blobs(store::Batch& batch, std::uint64_t number) const;
  void announce_admitted();
  void note_taken_back(const std::vector<chain::RemovedBlock>& removed);
  std::vector<txpool::EntryPtr> executable_now(const execution::BlockEnvironment& next) const;

  std::shared_ptr<const base::Clock> clock_;
  DevOptions options_;
  HttpHeaders source_headers_;  // sent with each question to a fork's source
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<chain::Chain> chain_;
  mutable std::shared_mutex pool_mutex_;
  std::optional<txpool::Txpool> pool_;
  std::uint64_t pool_version_ = 0;
  EventStream events_;
  std::vector<TransactionPooled> admitted_;  // not yet told to listeners
  std::unordered_set<Hash256> journaled_;    // in the column `pool`
  std::atomic<bool> stopping_ = false;
  Snapshots snapshots_;
  std::uint64_t next_snapshot_ = 1;

  struct CachedPending {
    std::uint64_t pool_version = 0;
    std::uint64_t timestamp = 0;
    std::shared_ptr<const PendingBlock> block;
  };
  mutable std::mutex next_mutex_;
  mutable std::shared_ptr<const Next> next_;

  mutable std::mutex pending_mutex_;
  mutable CachedPending pending_;
};

}  // namespace cairn::node
