#pragma once
// A frame's memory (Yellow Paper 9.1): bytes that grow by 32 and begin as zeros. The buffer is kept
// when the frame ends, so that later frames of the same pool allocate nothing.

#include <cstdint>
#include <cstring>
#include <memory>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace cairn::evm {

inline constexpr std::uint64_t kMaxMemory = 0xffff'ffff;

class Memory {
 public:
  std::uint8_t* data() { return data_.get(); }
  const std::uint8_t* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  BytesView view(std::size_t offset, std::size_t size) const {
    return size == 0 ? BytesView{} : BytesView{data_.get() + offset, size};
  }
  BytesView view() const { return view(0, size_); }

  void grow(std::size_t size) {  // to a multiple of 32 that is larger than now
    if (size > zeroed_) [[unlikely]] {
      zero_ahead(size);
    }
    size_ = size;
  }

  // No frame can pay for more than the default, so offsets above it simply run out of gas.
  std::uint64_t limit() const { return limit_; }
  void set_limit(std::uint64_t bytes) { limit_ = bytes; }

  void clear() {
    size_ = 0;
    zeroed_ = 0;
    if (capacity_ > kKeptCapacity) {
      data_.reset();
      capacity_ = 0;
    }
  }

 private:
  static constexpr std::size_t kFirstCapacity = 4096;
  static constexpr std::size_t kZeroedAhead = 1024;
  static constexpr std::size_t kKeptCapacity = std::size_t{1} << 20;

  // Zeros up to `size` and a little more, because memory mostly grows word by word.
  void zero_ahead(std::size_t size) {
    if (size > capacity_) {
      enlarge(size);
    }
    const std::size_t end = std::min(capacity_, size + kZeroedAhead);
    std::memset(data_.get() + zeroed_, 0, end - zeroed_);
    zeroed_ = end;
  }

  void enlarge(std::size_t size) {
    const std::size_t capacity = std::max(std::max(size, 2 * capacity_), kFirstCapacity);
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    if (zeroed_ != 0) {
      std::memcpy(larger.get(), data_.get(), zeroed_);
    }
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t zeroed_ = 0;  // at least size_: bytes that were written to or are zero
  std::size_t capacity_ = 0;
  std::uint64_t limit_ = kMaxMemory;
};

// Yellow Paper, appendix H: 3 a word and a quadratic part.
constexpr std::int64_t memory_cost(std::uint64_t words) {
  return static_cast<std::int64_t>(3 * words + words * words / 512);
}

// Makes memory reach `end`; the gas left, negative when it does not suffice (memory as before).
inline std::int64_t expand_memory(Memory& memory, std::uint64_t end, std::int64_t gas) {
  if (end <= memory.size()) {
    return gas;
  }
  if (end > memory.limit()) [[unlikely]] {
    return -1;
  }
  const std::uint64_t words = (end + 31) / 32;
  gas -= memory_cost(words) - memory_cost(memory.size() / 32);
  if (gas >= 0) {
    memory.grow(words * 32);
  }
  return gas;
}

// The same for a range of operands. An empty range needs nothing, wherever it is.
inline std::int64_t expand_memory(Memory& memory, const U256& offset, const U256& size,
                                  std::int64_t gas) {
  if (size.is_zero()) {
    return gas;
  }
  if (offset.saturated64() > kMaxMemory || size.saturated64() > kMaxMemory) {
    return -1;
  }
  return expand_memory(memory, offset.low64() + size.low64(), gas);
}

constexpr std::int64_t words_of(std::uint64_t bytes) {
  return static_cast<std::int64_t>((bytes + 31) / 32);
}

// What remains to be charged where the gas is gone already: for Fault::cost alone.
constexpr std::int64_t also_charge(std::int64_t gas, int price, std::int64_t units) {
  const bool is_beyond = units < 0 || units > static_cast<std::int64_t>(kMaxMemory);
  return is_beyond ? gas : gas - price * units;
}

// Beyond it geth's own reckoning of gas gives up, with an error of its own.
inline constexpr std::uint64_t kMostMemoryInGeth = 0x1f'ffff'ffe0;

// What it costs to reach `end` with memory of `size` bytes.
constexpr std::int64_t growth_cost(std::size_t size, std::uint64_t end) {
  return end <= size ? 0
                     : memory_cost(static_cast<std::uint64_t>(words_of(end))) -
                           memory_cost(static_cast<std::uint64_t>(words_of(size)));
}

}  // namespace cairn::evm
