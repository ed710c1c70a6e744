#pragma once
// What was read or written last, in front of a store's own search. Each key has one slot, chosen by
// its hash, and takes it from the key that was there: the memory is the same from the beginning on,
// and what every block touches stays.
//
// A version is the number of commits that a reader sees. A slot tells from which version on its
// value holds; a reader of an older one looks in the store.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "store/store.hpp"

namespace cairn::store {

// Any thread may call; write() one at a time.
class RecentValues {
 public:
  using Value = std::optional<Bytes>;  // nothing: the store has none

  // Those that every block reads again; the others are read once, or in ranges.
  static bool keeps(Column column);

  std::optional<Value> find(Column column, BytesView key, std::uint64_t version) const;
  // What a reader of `version` found in the store; forgotten where a commit has come since.
  void add(Column column, BytesView key, const Value& value, std::uint64_t version);
  // The batch that makes `version`, before anybody reads at it.
  void write(const Batch& batch, std::uint64_t version);

 private:
  static constexpr std::size_t kSlots = 2'048;  // of 640 bytes
  static constexpr std::size_t kLocks = 16;

  enum class Holds : std::uint8_t { nothing, absence, value };
  struct Slot {
    std::uint64_t version = 0;
    std::uint16_t key_size = 0;
    std::uint16_t value_size = 0;
    Column column{};
    Holds holds = Holds::nothing;
    std::array<std::uint8_t, 624> bytes;  // the key, then the value: a branch of 16 hashes has room

    bool is_of(Column wanted, BytesView key) const;
    BytesView key() const { return BytesView{bytes}.first(key_size); }
  };

  static std::size_t place_of(Column column, BytesView key);
  std::mutex& lock_of(std::size_t place) const { return locks_[place % kLocks]; }
  // With the slot's lock.
  static void put(Slot& slot, Column column, BytesView key, const std::optional<BytesView>& value,
                  std::uint64_t version);
  void forget_range(Column column, BytesView first, BytesView end);

  std::vector<Slot> slots_{kSlots};
  mutable std::array<std::mutex, kLocks> locks_;
  std::atomic<std::uint64_t> newest_ = 0;  // raised before a slot changes
};

}  // namespace cairn::store
