#pragma once
// A chain in a store: genesis, blocks, and what a dev chain may do beside them.
//
// The chain is a log of records (chain/record.hpp): blocks, cheats, settings and truncations. Every
// record is one atomic synced batch together with all that follows from it: header, body, receipts,
// indices, state, tries, history. Each can be undone, newest first.
//
// One thread at a time may call what changes the chain; head() is for any thread. After an error of
// the store nothing of the failed change is visible and the chain takes no more changes.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/fork_source.hpp"
#include "execution/appearances.hpp"
#include "state/changeset.hpp"
#include "store/store.hpp"

namespace cairn::chain {

// A block as its producer leaves it: the state root is still open, because the tries are the
// chain's.
struct ProducedBlock {
  types::Block block;  // blob transactions with their sidecars, which are kept beside it
  std::vector<Hash256> transaction_hashes;  // one a transaction
  std::vector<Address> senders;             // one a transaction
  std::vector<std::uint32_t> impersonated;  // indices of transactions without a true signature
  Receipts receipts;
  std::vector<execution::Appearance> appearances;
  state::Changeset changes;          // from the head's state (cheats included) to the block's
  std::optional<Settings> settings;  // after the block, where it used some up
  // Of a dump, which told nothing of the states before this block's.
  bool begins_states = false;
  // Of a block made elsewhere: append() refuses it (invalid argument) when its changes give
  // another.
  std::optional<Hash256> expected_state_root;
};

// What a truncation took back.
struct RemovedBlock {
  std::shared_ptr<const SealedBlock> block;
  std::shared_ptr<const Receipts> receipts;
};

class Draft;  // chain/draft.hpp

class Chain {
 public:
  static bool exists(const store::Store& store);
  // Writes genesis into an empty store. It is kept there as JSON, so that the chain does not change
  // with the program that continues it.
  static Result<std::unique_ptr<Chain>> create(std::shared_ptr<store::Store> store,
                                               const types::Genesis& genesis,
                                               const Settings& settings = {});
  // Continues the chain of a store.
  static Result<std::unique_ptr<Chain>> open(std::shared_ptr<store::Store> store,
                                             std::shared_ptr<const ForkSource> source = nullptr);
  // Begins a fork in an empty store: its first own block follows `point`. `config` are its rules,
  // `changes` what differs from the source's state from the beginning. Opening it again needs the
  // source too.
  static Result<std::unique_ptr<Chain>> create_fork(std::shared_ptr<store::Store> store,
                                                    const types::ChainConfig& config,
                                                    const ForkPoint& point,
                                                    const state::Changeset& changes,
                                                    std::shared_ptr<const ForkSource> source,
                                                    const Settings& settings = {});
  // Where the chain of a store was forked; nothing for a chain of its own.
  static Result<std::optional<ForkPoint>> fork_point_of(const store::Reader& store);
  ~Chain();

  std::shared_ptr<const ChainView> head() const;

  // Puts a block on the head. What `batch` holds already (the pool's journal) is written with it.
  Result<std::shared_ptr<const ChainView>> append(ProducedBlock produced, store::Batch batch = {});
  // Puts blocks on the head, each upon the one before and at most `most`, in one batch: after a
  // crash all are there, or none. `next` makes each upon the view of the one before, which it must
  // not keep. An error of it ends the run; it is the answer when no block was made.
  using NextBlock = std::function<Result<ProducedBlock>(const ChainView& parent)>;
  Result<std::shared_ptr<const ChainView>> append_run(std::uint64_t most, const NextBlock& next,
                                                      store::Batch batch = {});

  // Dev chains. A cheat changes the state without a block; the next block's root includes it.
  Result<void> cheat(const state::Changeset& changes);
  Result<void> change_settings(const Settings& settings);
  // The newest record's sequence number: a snapshot is this number.
  std::uint64_t last_record() const;
  // The newest record that leaves this block the head: its own, or that of what was cheated upon
  // it (0: nothing has happened since genesis or a fork's block). Not found beyond the head. Walks
  // back.
  Result<std::uint64_t> record_upon(std::uint64_t block_number) const;
  // Takes back every record after `sequence` (newest block first in the answer); not found when
  // that record is not there. The settings become those of then, as `adjust` leaves them.
  using AdjustSettings = std::function<void(Settings&)>;
  Result<std::vector<RemovedBlock>> truncate_to(std::uint64_t sequence, store::Batch beside = {},
                                                const AdjustSettings& adjust = {});

  // Several changes in one batch, or none of them: what is begun with draft() is there, and seen,
  // when commit() returns. The chain must not have changed in between. Answers what was taken back,
  // newest block first.
  Draft draft() const;
  Result<std::vector<RemovedBlock>> commit(Draft draft, store::Batch beside = {});

  // Forks. Becomes the chain that `content`, everything of another store, holds: in one batch all
  // that was here goes. On an error nothing has changed.
  Result<void> become(const store::Batch& content, std::shared_ptr<const ForkSource> source);
  // The source has moved: the same chain under another URL. Conflict on a chain of its own.
  Result<void> change_source_url(const std::string& url);

  // Writes that belong to no record (the pool's journal), synced.
  Result<void> write_beside(store::Batch batch);
  const store::Store& store() const;

 private:
  struct Impl;
  explicit Chain(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::chain
