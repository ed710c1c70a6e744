// ChainView::tries_at: the tries of a block are the head's with every change since taken back. The
// chain's records hold these changes, newest first; of a key that changed often only the oldest
// value counts, so that each is hashed once.

#include <fmt/format.h>

#include "chain/block_bytes.hpp"
#include "chain/chain_view.hpp"
#include "chain/record.hpp"
#include "store/store.hpp"

namespace cairn::chain {
namespace {

using store::Column;

class TakenBack {
 public:
  void add(const state::Changeset& changes) {
    for (const auto& [address, change] : changes.accounts) {
      state::AccountChange& out = changes_.accounts[address];
      out.after = change.before;
      for (const auto& [key, slot] : change.slots) {
        size_ += out.slots.insert_or_assign(key, state::SlotChange{{}, slot.before}).second ? 1 : 0;
      }
    }
  }
  std::size_t size() const { return size_ + changes_.accounts.size(); }
  const state::Changeset& changes() const { return changes_; }

 private:
  state::Changeset changes_;
  std::size_t size_ = 0;
};

const state::Changeset* changes_of(const Record& record) {
  if (const auto* block = std::get_if<BlockRecord>(&record)) {
    return &block->changes;
  }
  const auto* cheat = std::get_if<CheatRecord>(&record);
  return cheat != nullptr ? &cheat->changes : nullptr;
}

}  // namespace

Result<state::Tries> ChainView::tries_at(std::uint64_t number, Cheats cheats,
                                         const std::atomic<bool>* stop) const {
  if (parts_.fork) {
    return fail(ErrorCode::unsupported,
                "a forked chain holds only what differs from its source: it has no whole state "
                "trie, so no state root to prove against; ask the source for its blocks");
  }
  if (number < states_from()) {
    return fail(ErrorCode::limit, unknown_state(number));
  }
  TakenBack taken;
  const auto cursor = parts_.reader->cursor(Column::records);
  cursor->seek_for_prev(number_key(~std::uint64_t{0}));
  for (std::uint64_t at = this->number(); cursor->valid(); cursor->prev()) {
    CAIRN_TRY(const Record record, decode_record(cursor->value()));
    const auto* block = std::get_if<BlockRecord>(&record);
    if (at <= number && (block != nullptr || cheats == Cheats::included)) {
      break;
    }
    if (const state::Changeset* changes = changes_of(record)) {
      taken.add(*changes);
    }
    at = block != nullptr ? block->number - 1 : at;
    if (taken.size() > kMostChangesTakenBack) {
      return fail(ErrorCode::limit,
                  fmt::format("the state trie of block {} is too far back: more than {} accounts "
                              "and slots changed since; blocks from {} on work",
                              number, kMostChangesTakenBack, at + 1));
    }
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) {
      return fail(ErrorCode::conflict, "execution aborted (timeout)");
    }
  }
  state::Tries tries(parts_.reader);
  tries.apply(taken.changes());
  return tries;
}

}  // namespace cairn::chain
