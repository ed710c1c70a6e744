#include "chain/log_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chain/chain.hpp"
#include "store/rocks_store.hpp"

namespace cairn::chain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Address emitter(std::uint8_t n) {
  Address out;
  out[19] = n;
  return out;
}
Hash256 topic(std::uint8_t n) {
  Hash256 out;
  out[31] = n;
  return out;
}

// Block n holds one log of address n % 3 with topics n and 100.
class LoggedChain {
 public:
  explicit LoggedChain(std::uint64_t blocks) {
    types::Genesis genesis;
    genesis.config = types::config_at(types::Fork::paris);
    genesis.header.base_fee_per_gas = U256{7};
    genesis.header.gas_limit = 30'000'000;
    chain = *Chain::create(store, genesis);
    for (std::uint64_t n = 1; n <= blocks; ++n) {
      ProducedBlock block;
      block.block.header = chain->head()->header();
      block.block.header.parent_hash = chain->head()->hash();
      block.block.header.number = n;
      types::Receipt receipt;
      receipt.success = true;
      const auto tag = static_cast<std::uint8_t>(n);
      receipt.logs.push_back({emitter(tag % 3), {topic(tag), topic(100)}, {}});
      block.block.header.logs_bloom = types::bloom_of(receipt.logs);
      types::Transaction transaction;
      transaction.nonce = n;
      transaction.signature = {.r = 1, .s = 1, .y_parity = false};
      block.block.transactions = {transaction};
      block.transaction_hashes = {types::transaction_hash(transaction)};
      block.senders = {emitter(1)};
      block.receipts = {receipt};
      EXPECT_TRUE(chain->append(block));
    }
  }

  std::vector<std::uint64_t> blocks_with(const LogFilter& filter, std::uint64_t first,
                                         std::uint64_t last) const {
    std::vector<std::uint64_t> out;
    const auto logs = find_logs(*chain->head(), filter, first, last);
    for (const FoundLog& found : *logs) {
      out.push_back(found.block_number);
    }
    return out;
  }

  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  std::unique_ptr<Chain> chain;
};

TEST(LogQuery, FindsByAddressTopicAndPosition) {
  const LoggedChain f(9);
  EXPECT_THAT(f.blocks_with({.addresses = {emitter(1)}, .topics = {}}, 0, 9), ElementsAre(1, 4, 7));
  EXPECT_THAT(f.blocks_with({.addresses = {}, .topics = {{topic(2), topic(5)}}}, 0, 9),
              ElementsAre(2, 5));
  EXPECT_THAT(f.blocks_with({.addresses = {}, .topics = {{}, {topic(100)}}}, 3, 4),
              ElementsAre(3, 4));
  EXPECT_TRUE(f.blocks_with({.addresses = {}, .topics = {{topic(100)}}}, 0, 9).empty());
  EXPECT_TRUE(f.blocks_with({.addresses = {}, .topics = {{}, {}, {}}}, 0, 9).empty());
}

TEST(LogQuery, LimitNamesTheRangeThatWorks) {
  const LoggedChain f(9);
  const auto refused = find_logs(*f.chain->head(), {}, 1, 9, {.logs = 4});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit);
  EXPECT_THAT(refused.error().message, HasSubstr("this block range should work: [0x1, 0x4]"));
  EXPECT_TRUE(find_logs(*f.chain->head(), {}, 1, 4, {.logs = 4}));
  EXPECT_EQ(find_logs(*f.chain->head(), {}, 1, 10).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace cairn::chain
