#include "chain/pending_reader.hpp"

#include <gtest/gtest.h>

#include <random>

#include "store/memory_store.hpp"

namespace cairn::chain {
namespace {

using store::Column;

Bytes key_of(std::uint64_t number) {
  return number % 3 == 0 ? Bytes{static_cast<std::uint8_t>(number)}
                         : Bytes{static_cast<std::uint8_t>(number), 0};
}

store::Batch any_batch(std::mt19937_64& random) {
  store::Batch out;
  for (std::uint64_t i = random() % 8; i > 0; --i) {
    const Bytes key = key_of(random() % 12);
    if (random() % 2 == 0) {
      out.put(Column::slots, key, Bytes{static_cast<std::uint8_t>(random())});
    } else {
      out.erase(Column::slots, key);
    }
  }
  return out;
}

// Where a cursor stands.
std::optional<std::pair<Bytes, Bytes>> place_of(const store::Cursor& cursor) {
  if (!cursor.valid()) {
    return std::nullopt;
  }
  return std::pair(base::to_bytes(cursor.key()), base::to_bytes(cursor.value()));
}

// A walk of random steps; the one that it is compared with has all of it stored.
void walk(store::Cursor& cursor, store::Cursor& twin, std::mt19937_64& random) {
  for (int step = 0; step < 30; ++step) {
    const std::uint64_t what = twin.valid() ? random() % 4 : random() % 2;
    const Bytes key = key_of(random() % 13);
    for (store::Cursor* one : {&cursor, &twin}) {
      switch (what) {
        case 0:
          one->seek(key);
          break;
        case 1:
          one->seek_for_prev(key);
          break;
        case 2:
          one->next();
          break;
        default:
          one->prev();
          break;
      }
    }
    ASSERT_EQ(place_of(cursor), place_of(twin)) << "step " << step << " of kind " << what;
  }
}

TEST(PendingReader, IsTheStoreThatItWillBe) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 3'000 && !::testing::Test::HasFailure(); ++i) {
    store::MemoryStore base;
    store::MemoryStore twin;
    const store::Batch stored = any_batch(random);
    ASSERT_TRUE(base.commit(stored));
    ASSERT_TRUE(twin.commit(stored));
    PendingReader pending(base.snapshot());
    for (int more = 0; more < 2; ++more) {
      const store::Batch batch = any_batch(random);
      pending.apply(batch);
      ASSERT_TRUE(twin.commit(batch));
    }
    for (std::uint64_t number = 0; number < 12; ++number) {
      EXPECT_EQ(pending.get(Column::slots, key_of(number)),
                twin.get(Column::slots, key_of(number)));
    }
    walk(*pending.cursor(Column::slots), *twin.cursor(Column::slots), random);
    ASSERT_TRUE(base.commit(pending.added_to({})));
    for (std::uint64_t number = 0; number < 12; ++number) {
      EXPECT_EQ(base.get(Column::slots, key_of(number)), twin.get(Column::slots, key_of(number)));
    }
  }
}

}  // namespace
}  // namespace cairn::chain
