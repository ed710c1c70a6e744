#include "store/recent_values.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace cairn::store {
namespace {

bool less(BytesView a, BytesView b) { return std::ranges::lexicographical_compare(a, b); }

}  // namespace

bool RecentValues::keeps(Column column) {
  switch (column) {
    case Column::accounts:
    case Column::slots:
    case Column::account_trie:
    case Column::storage_trie:
    case Column::transactions:
      return true;
    default:
      return false;
  }
}

bool RecentValues::Slot::is_of(Column wanted, BytesView wanted_key) const {
  return holds != Holds::nothing && column == wanted && base::equal(key(), wanted_key);
}

std::size_t RecentValues::place_of(Column column, BytesView key) {
  const std::size_t hash = std::hash<std::string_view>{}(base::text_of(key));
  return (hash + static_cast<std::size_t>(column) * 0x9e3779b97f4a7c15u) % kSlots;
}

std::optional<RecentValues::Value> RecentValues::find(Column column, BytesView key,
                                                      std::uint64_t version) const {
  const std::size_t place = place_of(column, key);
  const std::scoped_lock lock(lock_of(place));
  const Slot& slot = slots_[place];
  if (!slot.is_of(column, key) || slot.version > version) {
    return std::nullopt;
  }
  if (slot.holds == Holds::absence) {
    return Value{};
  }
  return Value{base::to_bytes(BytesView{slot.bytes}.subspan(slot.key_size, slot.value_size))};
}

void RecentValues::put(Slot& slot, Column column, BytesView key,
                       const std::optional<BytesView>& value, std::uint64_t version) {
  const BytesView bytes = value.value_or(BytesView{});
  if (key.size() + bytes.size() > slot.bytes.size()) {
    if (slot.is_of(column, key)) {
      slot.holds = Holds::nothing;
    }
    return;
  }
  slot.version = version;
  slot.column = column;
  slot.holds = value ? Holds::value : Holds::absence;
  slot.key_size = static_cast<std::uint16_t>(key.size());
  slot.value_size = static_cast<std::uint16_t>(bytes.size());
  std::ranges::copy(bytes, std::ranges::copy(key, slot.bytes.begin()).out);
}

void RecentValues::add(Column column, BytesView key, const Value& value, std::uint64_t version) {
  const std::size_t place = place_of(column, key);
  const std::scoped_lock lock(lock_of(place));
  if (newest_ == version) {
    put(slots_[place], column, key, value ? std::optional<BytesView>(*value) : std::nullopt,
        version);
  }
}

void RecentValues::forget_range(Column column, BytesView first, BytesView end) {
  for (std::size_t place = 0; place < kSlots; ++place) {
    const std::scoped_lock lock(lock_of(place));
    Slot& slot = slots_[place];
    if (slot.column == column && !less(slot.key(), first) && less(slot.key(), end)) {
      slot.holds = Holds::nothing;
    }
  }
}

void RecentValues::write(const Batch& batch, std::uint64_t version) {
  newest_ = version;
  const auto change = [&](Column column, BytesView key, const std::optional<BytesView>& value) {
    if (keeps(column)) {
      const std::size_t place = place_of(column, key);
      const std::scoped_lock lock(lock_of(place));
      put(slots_[place], column, key, value, version);
    }
  };
  batch.replay(
      change, [&](Column column, BytesView key) { change(column, key, std::nullopt); },
      [&](Column column, BytesView first, BytesView end) {
        if (keeps(column)) {
          forget_range(column, first, end);
        }
      });
}

}  // namespace cairn::store
