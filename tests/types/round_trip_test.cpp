// Every type: what is encoded decodes to the same value, and whatever bytes are accepted encode to
// themselves.
#include <gtest/gtest.h>

#include "any.hpp"

namespace cairn::types {
namespace {

template <class Value>
void expect_round_trip(Value (*make)(), Bytes (*encode)(const Value&),
                       Result<Value> (*decode)(BytesView)) {
  EXPECT_TRUE(rc::check([=] {
    const Value value = make();
    const Bytes encoded = encode(value);
    const auto decoded = decode(encoded);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT((*decoded == value));
    const Bytes other = any::mutated(encoded);
    const auto accepted = decode(other);
    RC_CLASSIFY(accepted.has_value(), "mutation accepted");
    if (accepted) {
      RC_ASSERT((encode(*accepted) == other));
    }
  }));
}

TEST(RoundTrip, OfTransactions) {
  expect_round_trip<Transaction>(any::transaction, encode_transaction, decode_transaction);
}

TEST(RoundTrip, OfBlobTransactionsWithTheirSidecar) {
  expect_round_trip<Transaction>(any::pooled_blob_transaction, encode_pooled_transaction,
                                 decode_transaction);
}

TEST(RoundTrip, OfHeaders) { expect_round_trip<Header>(any::header, encode_header, decode_header); }

TEST(RoundTrip, OfBlocks) { expect_round_trip<Block>(any::block, encode_block, decode_block); }

TEST(RoundTrip, OfReceipts) {
  expect_round_trip<Receipt>(any::receipt, encode_receipt, decode_receipt);
}

}  // namespace
}  // namespace cairn::types
