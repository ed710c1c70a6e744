#include "chain/pending_reader.hpp"

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
  return base_.get(column, key);
}

}  // namespace cairn::chain
