#include "store/memory_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/rocks_store.hpp"

namespace cairn::store {
namespace {

Bytes key_of(int number) { return {static_cast<std::uint8_t>(number)}; }

std::vector<std::pair<Bytes, Bytes>> forwards(const Reader& reader) {
  std::vector<std::pair<Bytes, Bytes>> out;
  const auto cursor = reader.cursor(Column::logs);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    out.emplace_back(base::to_bytes(cursor->key()), base::to_bytes(cursor->value()));
  }
  return out;
}

std::vector<std::pair<Bytes, Bytes>> backwards_from(const Reader& reader, const Bytes& key) {
  std::vector<std::pair<Bytes, Bytes>> out;
  const auto cursor = reader.cursor(Column::logs);
  for (cursor->seek_for_prev(key); cursor->valid(); cursor->prev()) {
    out.emplace_back(base::to_bytes(cursor->key()), base::to_bytes(cursor->value()));
  }
  return out;
}

// The naive twin is RocksDB: whatever is written, both say the same, now and in every snapshot.
RC_GTEST_PROP(MemoryStore, SaysWhatRocksDbSays, ()) {
  MemoryStore memory;
  const auto rocks = RocksStore::open_in_memory().value();
  std::vector<std::pair<std::shared_ptr<const Reader>, std::shared_ptr<const Reader>>> snapshots;
  const int batches = *rc::gen::inRange(1, 8);
  for (int i = 0; i < batches; ++i) {
    Batch batch;
    const int writes = *rc::gen::inRange(1, 8);
    for (int j = 0; j < writes; ++j) {
      const Bytes key = key_of(*rc::gen::inRange(0, 6));
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          batch.erase(Column::logs, key);
          break;
        case 1:
          batch.erase_range(Column::logs, key, key_of(key[0] + *rc::gen::inRange(1, 3)));
          break;
        default:
          batch.put(Column::logs, key, Bytes{*rc::gen::arbitrary<std::uint8_t>()});
      }
    }
    RC_ASSERT(memory.commit(batch).has_value());
    RC_ASSERT(rocks->commit(batch).has_value());
    if (*rc::gen::inRange(0, 2) == 0) {
      snapshots.emplace_back(memory.snapshot(), rocks->snapshot());
    }
    if (!snapshots.empty() && *rc::gen::inRange(0, 3) == 0) {
      snapshots.erase(snapshots.begin());
    }
  }
  snapshots.emplace_back(memory.snapshot(), rocks->snapshot());
  for (const auto& [mine, theirs] : snapshots) {
    RC_ASSERT(forwards(*mine) == forwards(*theirs));
    for (int key = 0; key < 8; ++key) {
      RC_ASSERT(mine->get(Column::logs, key_of(key)) == theirs->get(Column::logs, key_of(key)));
      RC_ASSERT(backwards_from(*mine, key_of(key)) == backwards_from(*theirs, key_of(key)));
    }
  }
}

}  // namespace
}  // namespace cairn::store
