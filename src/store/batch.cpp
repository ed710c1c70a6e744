#include "store/store.hpp"

namespace cairn::store {

void Batch::add(Kind kind, Column column, BytesView first, BytesView second) {
  operations_.push_back({kind, column, static_cast<std::uint32_t>(first.size()),
                         static_cast<std::uint32_t>(second.size())});
  base::append(bytes_, first);
  base::append(bytes_, second);
}

void Batch::put(Column column, BytesView key, BytesView value) {
  add(Kind::put, column, key, value);
}

void Batch::erase(Column column, BytesView key) { add(Kind::erase, column, key, {}); }

void Batch::erase_range(Column column, BytesView first, BytesView end) {
  add(Kind::erase_range, column, first, end);
}

}  // namespace cairn::store
