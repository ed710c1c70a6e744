#include "txpool/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "store/rocks_store.hpp"
#include "tests/txpool/txpool_fixture.hpp"

namespace cairn::txpool {
namespace {

using ::testing::HasSubstr;

Entry signed_entry(std::uint64_t nonce, std::uint64_t arrival) {
  crypto::SecretKey key;
  key[31] = 1;
  Entry out = entry_of({.from = 1, .nonce = nonce});
  out.transaction.signature = *crypto::sign(types::signing_hash(out.transaction), key);
  out.hash = types::transaction_hash(out.transaction);
  out.sender = crypto::address_of(*crypto::public_key_of(key));
  out.arrival = arrival;
  return out;
}

TEST(Journal, GivesEntriesBackInTheOrderOfArrivalWithTheirSenders) {
  const auto store = *store::RocksStore::open_in_memory();
  const Entry late = signed_entry(0, 9);
  const Entry early = signed_entry(1, 3);
  Entry impersonated = entry_of({.from = 2});
  impersonated.impersonated = true;
  impersonated.arrival = 5;
  store::Batch batch;
  write_entry(batch, late);
  write_entry(batch, early);
  write_entry(batch, impersonated);
  ASSERT_TRUE(store->commit(std::move(batch)));

  const auto entries = read_journal(*store);
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].hash, early.hash);
  EXPECT_EQ((*entries)[0].sender, early.sender);
  EXPECT_TRUE((*entries)[1].impersonated);
  EXPECT_EQ((*entries)[1].sender, impersonated.sender);
  EXPECT_EQ((*entries)[2].transaction, late.transaction);
}

TEST(Journal, ForgetsWhatWasErased) {
  const auto store = *store::RocksStore::open_in_memory();
  store::Batch batch;
  write_entry(batch, signed_entry(0, 1));
  erase_entry(batch, signed_entry(0, 1).hash);
  ASSERT_TRUE(store->commit(std::move(batch)));
  EXPECT_TRUE(read_journal(*store)->empty());
}

TEST(Journal, ForeignEntryIsAnErrorThatNamesItsKey) {
  const auto store = *store::RocksStore::open_in_memory();
  const Hash256 key = signed_entry(0, 1).hash;
  store::Batch batch;
  batch.put(store::Column::pool, key, base::bytes_of("nonsense"));
  ASSERT_TRUE(store->commit(std::move(batch)));
  const auto entries = read_journal(*store);
  ASSERT_FALSE(entries);
  EXPECT_EQ(entries.error().code, ErrorCode::corrupt);
  EXPECT_THAT(entries.error().message, HasSubstr(base::to_hex(key)));
}

}  // namespace
}  // namespace cairn::txpool
