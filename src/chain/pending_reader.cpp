#include "chain/pending_reader.hpp"

#include <algorithm>
#include <compare>
#include <stdexcept>

namespace cairn::chain {
namespace {

std::size_t index_of(store::Column column) { return static_cast<std::size_t>(column); }

}  // namespace

void PendingReader::apply(const store::Batch& batch) {
  batch.replay(
      [&](store::Column column, BytesView key, BytesView value) {
        writes_[index_of(column)][base::to_bytes(key)] = base::to_bytes(value);
      },
      [&](store::Column column, BytesView key) {
        writes_[index_of(column)][base::to_bytes(key)] = std::nullopt;
      },
      [](store::Column, BytesView, BytesView) {
        throw std::logic_error("a range was erased in a pending batch");
      });
}

store::Batch PendingReader::added_to(store::Batch batch) const {
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    const auto column = static_cast<store::Column>(i);
    for (const auto& [key, value] : writes_[i]) {
      if (value) {
        batch.put(column, key, *value);
      } else {
        batch.erase(column, key);
      }
    }
  }
  return batch;
}

std::optional<Bytes> PendingReader::get(store::Column column, BytesView key) const {
  const auto& writes = writes_[index_of(column)];
  if (const auto found = writes.find(base::to_bytes(key)); found != writes.end()) {
    return found->second;
  }
  return base_->get(column, key);
}

// What is stored below and what was applied, side by side: of equal keys what was applied counts.
class PendingReader::Merged final : public store::Cursor {
 public:
  Merged(std::unique_ptr<store::Cursor> base, const Writes& writes)
      : base_(std::move(base)), writes_(writes), own_(writes.end()) {}

  void seek(BytesView key) override {
    forwards_ = true;
    base_->seek(key);
    own_ = writes_.lower_bound(base::to_bytes(key));
    settle_forwards();
  }
  void seek_for_prev(BytesView key) override {
    forwards_ = false;
    base_->seek_for_prev(key);
    own_ = writes_.upper_bound(base::to_bytes(key));
    settle_backwards();
  }
  void next() override {
    if (!forwards_) {
      seek(Bytes(key_));
    }
    if (base_->valid() && base::equal(base_->key(), key_)) {
      base_->next();
    }
    if (own_ != writes_.end() && own_->first == key_) {
      ++own_;
    }
    settle_forwards();
  }
  void prev() override {
    if (forwards_) {
      seek_for_prev(Bytes(key_));
    }
    if (base_->valid() && base::equal(base_->key(), key_)) {
      base_->prev();
    }
    if (own_ != writes_.begin() && std::prev(own_)->first == key_) {
      --own_;
    }
    settle_backwards();
  }
  bool valid() const override { return valid_; }
  BytesView key() const override { return key_; }
  BytesView value() const override { return value_; }

 private:
  // Where both go forwards, `own_` is the next of the writes; where they go back, the one behind
  // it.
  void settle_forwards() {
    while (own_ != writes_.end() && !own_->second && !base_comes_first(own_->first)) {
      if (base_->valid() && base::equal(base_->key(), own_->first)) {
        base_->next();
      }
      ++own_;
    }
    take(own_ != writes_.end() && !base_comes_first(own_->first) ? &*own_ : nullptr);
  }
  void settle_backwards() {
    while (own_ != writes_.begin() && !std::prev(own_)->second &&
           !base_comes_first(std::prev(own_)->first)) {
      if (base_->valid() && base::equal(base_->key(), std::prev(own_)->first)) {
        base_->prev();
      }
      --own_;
    }
    const bool is_own = own_ != writes_.begin() && !base_comes_first(std::prev(own_)->first);
    take(is_own ? &*std::prev(own_) : nullptr);
  }

  // In the direction of the walk.
  bool base_comes_first(const Bytes& own) const {
    if (!base_->valid()) {
      return false;
    }
    const BytesView below = base_->key();
    const auto order =
        std::lexicographical_compare_three_way(below.begin(), below.end(), own.begin(), own.end());
    return forwards_ ? order < 0 : order > 0;
  }

  void take(const Writes::value_type* own) {
    valid_ = own != nullptr || base_->valid();
    if (valid_) {
      key_ = own != nullptr ? own->first : base::to_bytes(base_->key());
      value_ = own != nullptr ? *own->second : base::to_bytes(base_->value());
    }
  }

  std::unique_ptr<store::Cursor> base_;
  const Writes& writes_;
  Writes::const_iterator own_;
  bool forwards_ = true;
  bool valid_ = false;
  Bytes key_;
  Bytes value_;
};

std::unique_ptr<store::Cursor> PendingReader::cursor(store::Column column) const {
  return std::make_unique<Merged>(base_->cursor(column), writes_[index_of(column)]);
}

}  // namespace cairn::chain
