#include "store/rocks_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace cairn::store {
namespace {

using base::bytes_of;

Bytes text(std::string_view value) { return base::to_bytes(bytes_of(value)); }

class RocksStoreTest : public ::testing::Test {
 protected:
  RocksStoreTest()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("cairn-store-" +
                 std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::remove_all(folder_);
  }
  ~RocksStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<RocksStore> open() {
    auto store = RocksStore::open(folder_);
    if (!store) {
      throw std::runtime_error(store.error().message);
    }
    return *std::move(store);
  }

  static void put(Store& store, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(Column::meta, bytes_of(key), bytes_of(value));
    ASSERT_TRUE(store.commit(std::move(batch)));
  }

  std::filesystem::path folder_;
};

TEST_F(RocksStoreTest, KeepsABatchAcrossReopening) {
  {
    const auto store = open();
    Batch batch;
    batch.put(Column::meta, bytes_of("a"), bytes_of("1"));
    batch.put(Column::pool, bytes_of("a"), bytes_of("2"));
    batch.put(Column::pool, bytes_of("b"), bytes_of("3"));
    batch.put(Column::pool, bytes_of("c"), bytes_of("4"));
    batch.erase(Column::pool, bytes_of("c"));
    ASSERT_TRUE(store->commit(std::move(batch)));
    Batch second;
    second.erase_range(Column::pool, bytes_of("b"), bytes_of("d"));
    ASSERT_TRUE(store->commit(std::move(second)));
  }
  const auto store = open();
  EXPECT_EQ(store->get(Column::meta, bytes_of("a")), text("1"));
  EXPECT_EQ(store->get(Column::pool, bytes_of("a")), text("2"));
  EXPECT_EQ(store->get(Column::pool, bytes_of("b")), std::nullopt);
  EXPECT_EQ(store->get(Column::pool, bytes_of("c")), std::nullopt);
}

TEST_F(RocksStoreTest, SnapshotShowsItsMomentAndOutlivesTheStore) {
  auto store = open();
  put(*store, "a", "1");
  const auto snapshot = store->snapshot();
  put(*store, "a", "2");
  put(*store, "b", "2");
  EXPECT_EQ(store->get(Column::meta, bytes_of("a")), text("2"));
  store.reset();
  EXPECT_EQ(snapshot->get(Column::meta, bytes_of("a")), text("1"));
  const auto cursor = snapshot->cursor(Column::meta);
  cursor->seek({});
  ASSERT_TRUE(cursor->valid());
  cursor->next();
  EXPECT_FALSE(cursor->valid());
}

TEST_F(RocksStoreTest, SecondOpeningIsAConflict) {
  const auto store = open();
  const auto second = RocksStore::open(folder_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict) << second.error().message;
}

TEST_F(RocksStoreTest, DamagedFilesAreAnErrorWithASentence) {
  {
    put(*open(), "a", "1");
  }
  std::filesystem::resize_file(folder_ / "CURRENT", 3);
  const auto store = RocksStore::open(folder_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt) << store.error().message;
}

TEST(MemoryStore, CursorWalksInKeyOrderBothWays) {
  const auto store = RocksStore::open_in_memory().value();
  Batch batch;
  for (const char* key : {"cat", "wallace", "doge"}) {
    batch.put(Column::meta, bytes_of(key), bytes_of("x"));
  }
  ASSERT_TRUE(store->commit(std::move(batch)));
  const auto cursor = store->cursor(Column::meta);
  cursor->seek(bytes_of("d"));
  EXPECT_EQ(base::text_of(cursor->key()), "doge");
  cursor->next();
  EXPECT_EQ(base::text_of(cursor->key()), "wallace");
  cursor->next();
  EXPECT_FALSE(cursor->valid());
  cursor->seek_for_prev(bytes_of("d"));
  EXPECT_EQ(base::text_of(cursor->key()), "cat");
  cursor->prev();
  EXPECT_FALSE(cursor->valid());
}

TEST(MemoryStore, LaterWritesOfABatchWin) {
  const auto store = RocksStore::open_in_memory().value();
  Batch batch;
  batch.put(Column::meta, bytes_of("a"), bytes_of("1"));
  batch.erase(Column::meta, bytes_of("a"));
  batch.put(Column::meta, bytes_of("a"), bytes_of("2"));
  ASSERT_TRUE(store->commit(std::move(batch)));
  EXPECT_EQ(store->get(Column::meta, bytes_of("a")), text("2"));
}

}  // namespace
}  // namespace cairn::store
