#include "txpool/drop_log.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "store/rocks_store.hpp"

namespace cairn::txpool {
namespace {

Hash256 hash_number(std::uint64_t n) { return base::to_hash(U256{n}); }

Dropped because(std::string message) {
  return {{PoolRefused::expired, {}, std::move(message)}, Time{5}};
}

void write(store::Store& store, DropLog& log) {
  store::Batch batch;
  log.write(batch);
  ASSERT_TRUE(store.commit(std::move(batch)));
}

TEST(DropLog, KeepsTheNewestReasonOfEachHash) {
  DropLog log;
  log.note(hash_number(1), because("first"));
  log.note(hash_number(1), because("second"));
  ASSERT_NE(log.find(hash_number(1)), nullptr);
  EXPECT_EQ(log.find(hash_number(1))->reason.message, "second");
  log.forget(hash_number(1));
  EXPECT_EQ(log.find(hash_number(1)), nullptr);
}

TEST(DropLog, ForgetsTheOldestBeyondItsBound) {
  DropLog log;
  for (std::uint64_t n = 0; n < 16'385; ++n) {
    log.note(hash_number(n), because("x"));
  }
  EXPECT_EQ(log.find(hash_number(0)), nullptr);
  EXPECT_NE(log.find(hash_number(1)), nullptr);
  EXPECT_NE(log.find(hash_number(16'384)), nullptr);
}

TEST(DropLog, IsReadAsItWasWritten) {
  const auto store = store::RocksStore::open_in_memory().value();
  DropLog log;
  log.note(hash_number(1), {{PoolRefused::replaced, {}, "replaced"}, Time{5}, hash_number(2)});
  log.note(hash_number(3),
           {{PoolRefused::nonce_used, execution::Refused::nonce_too_low, "low"}, {}});
  write(*store, log);
  const auto read = DropLog::read(*store);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_NE(read->find(hash_number(1)), nullptr);
  EXPECT_EQ(read->find(hash_number(1))->replaced_by, hash_number(2));
  ASSERT_NE(read->find(hash_number(3)), nullptr);
  EXPECT_EQ(read->find(hash_number(3))->reason.rule, execution::Refused::nonce_too_low);
  EXPECT_EQ(read->find(hash_number(3))->reason.message, "low");
}

TEST(DropLog, ErasesFromTheStoreWhatItNoLongerKeeps) {
  const auto store = store::RocksStore::open_in_memory().value();
  DropLog log;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    log.note(hash_number(n), because("x"));
    if (n % 7'000 == 0) {
      write(*store, log);
    }
  }
  write(*store, log);
  std::size_t lines = 0;
  const auto cursor = store->cursor(store::Column::drops);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    ++lines;
  }
  EXPECT_EQ(lines, 16'384u);
}

TEST(DropLog, RefusesAForeignValueAndNamesItsKey) {
  const auto store = store::RocksStore::open_in_memory().value();
  store::Batch batch;
  batch.put(store::Column::drops, Bytes{0, 0, 0, 0, 0, 0, 0, 9}, Bytes{0xc1, 0x80});
  ASSERT_TRUE(store->commit(std::move(batch)));
  const auto read = DropLog::read(*store);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  EXPECT_NE(read.error().message.find("0x0000000000000009"), std::string::npos);
}

}  // namespace
}  // namespace cairn::txpool
