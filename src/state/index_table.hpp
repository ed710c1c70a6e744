#pragma once
// A flat hash table from keys to indices of entries that stand elsewhere: open addressing, one
// allocation, nothing a lookup. The owner hashes and compares; entries are never taken out singly.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::state {

inline constexpr std::uint32_t kNoIndex = 0xffffffff;

class IndexTable {
 public:
  // `is_entry(index)` says whether the entry at that index has the key looked for.
  template <class IsEntry>
  std::uint32_t find(std::uint64_t hash, IsEntry&& is_entry) const {
    if (cells_.empty()) {
      return kNoIndex;
    }
    const std::size_t mask = cells_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const Cell& cell = cells_[at];
      if (cell.index == kNoIndex) {
        return kNoIndex;
      }
      if (cell.tag == tag && is_entry(cell.index)) {
        return cell.index;
      }
    }
  }

  // The key must not be there yet. `hash_of(index)` is asked again when the table grows.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t index, HashOf&& hash_of) {
    if (2 * (size_ + 1) > cells_.size()) {
      std::vector<Cell> old(cells_.empty() ? kFirstSize : 2 * cells_.size());
      old.swap(cells_);
      for (const Cell& cell : old) {
        if (cell.index != kNoIndex) {
          place(hash_of(cell.index), cell.index);
        }
      }
    }
    place(hash, index);
    ++size_;
  }

  void clear() {
    cells_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kFirstSize = 32;  // a power of two

  struct Cell {
    std::uint32_t tag = 0;  // the hash's upper half, to compare before the entry is looked at
    std::uint32_t index = kNoIndex;
  };

  void place(std::uint64_t hash, std::uint32_t index) {
    const std::size_t mask = cells_.size() - 1;
    std::size_t at = hash & mask;
    while (cells_[at].index != kNoIndex) {
      at = (at + 1) & mask;
    }
    cells_[at] = {static_cast<std::uint32_t>(hash >> 32), index};
  }

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
};

// Entries that never move, so that references to them live as long as the vector.
template <class T>
class StableVector {
 public:
  std::uint32_t size() const { return size_; }
  T& operator[](std::uint32_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](std::uint32_t i) const { return chunks_[i / kChunk][i % kChunk]; }

  T& append() {
    if (size_ % kChunk == 0) {
      chunks_.emplace_back().reserve(kChunk);
    }
    ++size_;
    return chunks_.back().emplace_back();
  }

 private:
  static constexpr std::uint32_t kChunk = 32;

  std::vector<std::vector<T>> chunks_;
  std::uint32_t size_ = 0;
};

}  // namespace cairn::state
