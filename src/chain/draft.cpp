#include "chain/draft.hpp"

#include <fmt/format.h>

#include "chain/block_bytes.hpp"
#include "chain/fork_source.hpp"
#include "state/state_writer.hpp"
#include "state/stored_state.hpp"

namespace cairn::chain {

using store::Batch;
using store::Column;

Draft::Draft(ChainView::Parts head, std::uint64_t last_record,
             std::vector<std::uint64_t> states_from)
    : pending_(std::make_shared<PendingReader>(head.reader)),
      parts_(std::move(head)),
      begun_at_(last_record),
      kept_record_(last_record),
      last_record_(last_record),
      states_from_(std::move(states_from)) {
  parts_.reader = pending_;
  show();
}

const state::StateView* Draft::below() const {
  return parts_.fork ? parts_.fork->state.get() : nullptr;
}

void Draft::show() {
  parts_.state = std::make_shared<const state::StoredState>(
      pending_, parts_.fork ? parts_.fork->state : nullptr);
  parts_.states_from = states_from_.empty() ? 0 : states_from_.back();
  head_ = std::make_shared<const ChainView>(parts_);
}

Result<void> Draft::truncate_to(std::uint64_t sequence, const Chain::AdjustSettings& adjust) {
  const bool is_there =
      sequence == 0 || pending_->get(Column::records, number_key(sequence)).has_value();
  if (sequence > last_record_ || !is_there) {
    return fail(ErrorCode::not_found, fmt::format("the chain has no record {}", sequence));
  }
  for (std::uint64_t next = last_record_; next > sequence;) {
    CAIRN_TRY(const auto found, record_before(*pending_, next));
    if (!found || found->sequence <= sequence) {
      break;
    }
    undo(*found);
    next = found->sequence - 1;
  }
  Batch batch;
  batch.put(Column::records, number_key(++last_record_), encode_record(TruncateRecord{sequence}));
  Settings settings = parts_.settings;
  if (adjust) {
    adjust(settings);
  }
  if (settings != parts_.settings) {
    put_settings(batch, ++last_record_, parts_.settings, settings);
    parts_.settings = settings;
  }
  pending_->apply(batch);
  kept_record_ = sequence;
  std::erase_if(states_from_,
                [&](std::uint64_t number) { return number > parts_.head.header.number; });
  CAIRN_TRY(parts_.pending_cheats, cheats_pending(*pending_, sequence));
  show();
  return {};
}

void Draft::undo(const FoundRecord& found) {
  Batch batch;
  std::visit([&](const auto& one) { undo(one, batch); }, found.record);
  batch.erase(Column::records, number_key(found.sequence));
  pending_->apply(batch);
}

void Draft::undo(const BlockRecord& block, Batch& batch) {
  state::undo_changes(*pending_, batch, block.number, block.changes, below());
  removed_.push_back(
      {.block = head_->block_at(block.number), .receipts = head_->receipts_at(block.number)});
  erase_block(batch, *pending_, *removed_.back().block);
  parts_.head = *head_->header_at(block.number - 1);
}

void Draft::undo(const CheatRecord& cheat, Batch& batch) {
  state::undo_changes(*pending_, batch, parts_.head.header.number, cheat.changes, below());
}

void Draft::undo(const TruncateRecord&, Batch&) {}  // what it took back is gone already

void Draft::undo(const SettingsRecord& settings, Batch& batch) {
  parts_.settings = settings.before;
  batch.put(Column::meta, base::bytes_of("settings"), encode_settings(settings.before));
}

Result<void> Draft::append(ProducedBlock produced) {
  Batch batch;
  CAIRN_TRY(WrittenBlock written,
            write_block(batch, *pending_, *head_, last_record_, std::move(produced)));
  pending_->apply(batch);
  last_record_ = written.last_record;
  if (written.begins_states) {
    states_from_.push_back(written.block->block.header.number);
  }
  parts_.head = {written.block->hash, written.block->block.header};
  parts_.settings = written.settings;
  parts_.pending_cheats = false;
  added_.push_back(std::move(written));
  show();
  return {};
}

void Draft::cheat(const state::Changeset& changes) {
  if (changes.empty()) {
    return;
  }
  Batch batch;
  state::add_cheat(*pending_, batch, head_->number(), changes, below());
  batch.put(Column::records, number_key(++last_record_), encode_record(CheatRecord{changes}));
  pending_->apply(batch);
  parts_.pending_cheats = true;
  show();
}

}  // namespace cairn::chain
