#include "types/block.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "base/hex.hpp"
#include "codec/rlp.hpp"
#include "tests/fixtures.hpp"
#include "types/receipt.hpp"

namespace cairn::types {
namespace {

// `item` in place of the only transaction of an otherwise empty block.
std::string error_with_transaction(BytesView item) {
  const Bytes header = encode_header({});
  const auto decoded = decode_block(codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& block) {
      block.raw(header);
      block.list([&](auto& transactions) { transactions.raw(item); });
      block.list([](auto&) {});
    });
  }));
  return decoded ? "no error" : decoded.error().message;
}

Transaction of_type(TransactionType type) {
  Transaction transaction;
  transaction.type = type;
  transaction.chain_id = 1;
  return transaction;
}

TEST(Block, HoldsTypedTransactionsAsStringsAndLegacyOnesAsLists) {
  const Bytes legacy = encode_transaction({});
  const Bytes typed = encode_transaction(of_type(TransactionType::dynamic_fee));
  EXPECT_EQ(error_with_transaction(legacy), "no error");
  EXPECT_EQ(error_with_transaction(codec::encode_rlp_string(typed)), "no error");
  EXPECT_EQ(error_with_transaction(codec::encode_rlp_string(legacy)),
            "transactions: a string that is no typed transaction");
  EXPECT_EQ(error_with_transaction(codec::encode_rlp_string({})),
            "transactions: a string that is no typed transaction");
}

TEST(Block, RefusesABlobTransactionWithItsSidecar) {
  Transaction transaction = of_type(TransactionType::blob);
  transaction.sidecar = std::make_shared<const BlobSidecar>();
  const Bytes pooled = encode_pooled_transaction(transaction);
  EXPECT_EQ(error_with_transaction(codec::encode_rlp_string(pooled)),
            "transactions: a blob transaction with its sidecar");
}

TEST(Receipt, RefusesABloomThatIsNotOfItsLogs) {
  Bytes encoded = encode_receipt({});
  encoded[encoded.size() - 2] = 1;  // the last byte of the bloom
  EXPECT_EQ(decode_receipt(encoded).error().message, "logsBloom: is not the bloom of the logs");
}

TEST(Log, AnItemSetsAtMostThreeBitsOfTheBloomAndAlwaysTheSame) {
  Bloom bloom;
  add_to_bloom(bloom, Address{});
  int bits = 0;
  for (const std::uint8_t byte : bloom.bytes) {
    bits += std::popcount(byte);
  }
  EXPECT_GE(bits, 1);
  EXPECT_LE(bits, 3);
  Bloom again = bloom;
  add_to_bloom(again, Address{});
  EXPECT_EQ(again, bloom);
}

// A chain of real blocks through every fork from Frontier to Osaka.
TEST(Block, TheConformanceChainRoundTripsAndEachBlockLinksToItsParent) {
  CAIRN_FIXTURES_OR_SKIP(fixtures);
  const std::string chain = testing::read_text(fixtures / "execution-apis/tests/chain.rlp");
  codec::RlpReader items(base::bytes_of(chain));
  std::optional<Hash256> parent;
  std::size_t transactions = 0;
  while (!items.at_end()) {
    const codec::RlpItem item = items.item("block").value();
    const auto block = decode_block(item.encoded);
    ASSERT_TRUE(block) << block.error().message;
    EXPECT_TRUE(base::equal(encode_block(*block), item.encoded));
    if (parent) {
      EXPECT_EQ(block->header.parent_hash, *parent) << block->header.number;
    }
    parent = header_hash(block->header);
    for (const Transaction& transaction : block->transactions) {
      EXPECT_TRUE(recover_sender(transaction));
      ++transactions;
    }
  }
  EXPECT_GT(transactions, 0u);
}

}  // namespace
}  // namespace cairn::types
