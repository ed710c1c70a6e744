#pragma once
// What a chain may become: blocks taken back, blocks and cheats on what is left. Each builds upon
// the one before, and all of them become one batch (Chain::commit): after a crash all are there, or
// none. Until then they are in memory and no reader sees them. One thread.

#include <memory>
#include <utility>
#include <vector>

#include "chain/block_writer.hpp"
#include "chain/pending_reader.hpp"
#include "chain/record_search.hpp"

namespace cairn::chain {

class Draft {
 public:
  // Of the chain that `head` makes a view of.
  Draft(ChainView::Parts head, std::uint64_t last_record, std::vector<std::uint64_t> states_from);

  // The chain with all of this. Not to be kept: what it reads moves with the draft.
  const std::shared_ptr<const ChainView>& head() const { return head_; }

  // Takes back every record after `sequence`; not found when that record is not there. The settings
  // become those of then, as `adjust` leaves them. Before anything else, if at all.
  Result<void> truncate_to(std::uint64_t sequence, const Chain::AdjustSettings& adjust = {});
  Result<void> append(ProducedBlock produced);
  void cheat(const state::Changeset& changes);

  // The chain's last record when the draft was begun, the newest that stays, and the last one then.
  std::uint64_t begun_at() const { return begun_at_; }
  std::uint64_t kept_record() const { return kept_record_; }
  std::uint64_t last_record() const { return last_record_; }
  const std::vector<std::uint64_t>& states_from() const { return states_from_; }
  std::vector<RemovedBlock> take_removed() { return std::move(removed_); }  // newest first
  const std::vector<WrittenBlock>& added() const { return added_; }
  // The number of the first that was added, or would be.
  std::uint64_t first_added() const { return head_->number() + 1 - added_.size(); }
  // What is to be written, after what `batch` holds.
  store::Batch added_to(store::Batch batch) const { return pending_->added_to(std::move(batch)); }

 private:
  void undo(const FoundRecord& found);
  void undo(const BlockRecord& block, store::Batch& batch);
  void undo(const CheatRecord& cheat, store::Batch& batch);
  void undo(const TruncateRecord& truncate, store::Batch& batch);
  void undo(const SettingsRecord& settings, store::Batch& batch);
  const state::StateView* below() const;
  void show();

  std::shared_ptr<PendingReader> pending_;
  ChainView::Parts parts_;  // of head_
  std::shared_ptr<const ChainView> head_;
  std::uint64_t begun_at_;
  std::uint64_t kept_record_;
  std::uint64_t last_record_;
  std::vector<std::uint64_t> states_from_;
  std::vector<RemovedBlock> removed_;
  std::vector<WrittenBlock> added_;
};

}  // namespace cairn::chain
