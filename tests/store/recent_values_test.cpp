#include "store/recent_values.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>

#include "store/rocks_store.hpp"

namespace cairn::store {
namespace {

using base::bytes_of;

Bytes text(std::string_view value) { return base::to_bytes(bytes_of(value)); }

const std::optional<RecentValues::Value> absent{RecentValues::Value{}};

Batch batch_of(std::string_view key, std::string_view value) {
  Batch out;
  out.put(Column::accounts, bytes_of(key), bytes_of(value));
  return out;
}

TEST(RecentValues, ShowsAWriteToItsVersionAndLaterOnes) {
  RecentValues values;
  values.write(batch_of("a", "1"), 5);
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 4), std::nullopt);
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 5), RecentValues::Value(text("1")));
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 9), RecentValues::Value(text("1")));
  EXPECT_EQ(values.find(Column::slots, bytes_of("a"), 9), std::nullopt);
}

TEST(RecentValues, TakesWhatWasReadUnlessACommitHasCome) {
  RecentValues values;
  values.write(batch_of("x", "1"), 5);
  values.add(Column::accounts, bytes_of("a"), std::nullopt, 4);
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 5), std::nullopt);
  values.add(Column::accounts, bytes_of("a"), std::nullopt, 5);
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 5), absent);
}

TEST(RecentValues, ForgetsWhatIsErasedInARangeOrTooLarge) {
  RecentValues values;
  Batch batch = batch_of("a", "1");
  batch.put(Column::account_trie, {}, bytes_of("root"));
  batch.put(Column::slots, bytes_of("s"), bytes_of("2"));
  values.write(batch, 1);
  EXPECT_EQ(values.find(Column::account_trie, {}, 1), RecentValues::Value(text("root")));
  Batch second;
  second.erase_range(Column::account_trie, {}, bytes_of("z"));
  second.put(Column::accounts, bytes_of("a"), Bytes(1'000));
  second.erase(Column::slots, bytes_of("s"));
  values.write(second, 2);
  EXPECT_EQ(values.find(Column::account_trie, {}, 2), std::nullopt);
  EXPECT_EQ(values.find(Column::accounts, bytes_of("a"), 2), std::nullopt);
  EXPECT_EQ(values.find(Column::slots, bytes_of("s"), 2), absent);
}

// Every batch gives all keys the same value, so a snapshot in which two differ is torn.
TEST(RecentValues, SnapshotsStayWholeWhileBatchesAreWritten) {
  constexpr int kKeys = 40;
  const auto store = RocksStore::open_in_memory().value();
  const auto write = [&](int number) {
    Batch batch;
    for (int key = 0; key < kKeys; ++key) {
      batch.put(Column::accounts, bytes_of(std::to_string(key)), bytes_of(std::to_string(number)));
    }
    return store->commit(std::move(batch)).has_value();
  };
  ASSERT_TRUE(write(0));
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::vector<std::jthread> readers;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      while (!done) {
        const auto snapshot = store->snapshot();
        const auto value = [&] {
          return snapshot->get(Column::accounts, bytes_of(std::to_string(random() % kKeys)));
        };
        const auto first = value();
        for (int i = 0; i < 20; ++i) {
          torn += first && value() == first ? 0 : 1;
        }
      }
    });
  }
  for (int number = 1; number <= 2'000; ++number) {
    ASSERT_TRUE(write(number));
    ASSERT_EQ(store->get(Column::accounts, bytes_of("7")), text(std::to_string(number)));
  }
  done = true;
  readers.clear();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace cairn::store
