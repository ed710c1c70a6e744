#include "execution/fees.hpp"

#include <gtest/gtest.h>

namespace cairn::execution {
namespace {

using types::Fork;

types::Header parent_with(std::uint64_t gas_used, std::uint64_t base_fee) {
  types::Header header;
  header.gas_limit = 30'000'000;
  header.gas_used = gas_used;
  header.base_fee_per_gas = U256{base_fee};
  return header;
}

TEST(BaseFee, StaysAtTheTarget) {
  EXPECT_EQ(next_base_fee(parent_with(15'000'000, 1'000), true), U256{1'000});
}

TEST(BaseFee, RisesByAnEighthAfterAFullBlock) {
  EXPECT_EQ(next_base_fee(parent_with(30'000'000, 8'000), true), U256{9'000});
}

TEST(BaseFee, FallsByAnEighthAfterAnEmptyBlock) {
  EXPECT_EQ(next_base_fee(parent_with(0, 8'000), true), U256{7'000});
}

TEST(BaseFee, RisesByOneWeiAtLeast) {
  EXPECT_EQ(next_base_fee(parent_with(15'000'001, 7), true), U256{8});
}

TEST(BaseFee, BeginsAtOneGweiWithLondon) {
  EXPECT_EQ(next_base_fee(types::Header{}, false), U256{1'000'000'000});
}

types::Header parent_with_blobs(std::uint64_t excess, std::uint64_t blobs, std::uint64_t base_fee) {
  types::Header header = parent_with(0, base_fee);
  header.excess_blob_gas = excess;
  header.blob_gas_used = blobs * kGasPerBlob;
  return header;
}

TEST(ExcessBlobGas, GrowsByWhatIsAboveTheTarget) {
  EXPECT_EQ(
      next_excess_blob_gas(parent_with_blobs(10, 5, 7), types::kCancunBlobParams, Fork::cancun),
      10 + 2 * kGasPerBlob);
}

TEST(ExcessBlobGas, NeverFallsBelowZero) {
  EXPECT_EQ(
      next_excess_blob_gas(parent_with_blobs(10, 2, 7), types::kCancunBlobParams, Fork::cancun),
      0u);
}

TEST(ExcessBlobGas, TakesAParentBeforeCancunAsEmpty) {
  EXPECT_EQ(next_excess_blob_gas(parent_with(0, 7), types::kCancunBlobParams, Fork::cancun), 0u);
}

// EIP-7918: 8192 * base fee above 131072 * blob price.
TEST(ExcessBlobGas, DoesNotFallWhileExecutionGasIsDear) {
  const auto parent = parent_with_blobs(20 * kGasPerBlob, 6, 17);
  EXPECT_EQ(next_excess_blob_gas(parent, types::kPragueBlobParams, Fork::osaka),
            20 * kGasPerBlob + 6 * kGasPerBlob * 3 / 9);
  EXPECT_EQ(next_excess_blob_gas(parent, types::kPragueBlobParams, Fork::prague), 20 * kGasPerBlob);
}

TEST(ExcessBlobGas, FallsWhileBlobsAreDearEnough) {
  const auto parent = parent_with_blobs(20 * kGasPerBlob, 0, 16);
  EXPECT_EQ(next_excess_blob_gas(parent, types::kPragueBlobParams, Fork::osaka), 14 * kGasPerBlob);
}

TEST(BlobBaseFee, IsOneWeiWithoutExcess) {
  EXPECT_EQ(blob_base_fee(0, types::kCancunBlobParams), U256{1});
}

// EIP-4844's own figures for fake_exponential.
TEST(BlobBaseFee, FollowsTheExponential) {
  EXPECT_EQ(blob_base_fee(2'314'057, types::kCancunBlobParams), U256{1});
  EXPECT_EQ(blob_base_fee(2'314'058, types::kCancunBlobParams), U256{2});
  EXPECT_EQ(blob_base_fee(10 * 1024 * 1024, types::kCancunBlobParams), U256{23});
}

TEST(BlobBaseFee, IsTheLargestNumberWhereItDoesNotFit) {
  EXPECT_EQ(blob_base_fee(~std::uint64_t{0}, types::kCancunBlobParams), ~U256{});
}

}  // namespace
}  // namespace cairn::execution
