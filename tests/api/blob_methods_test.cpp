// Transactions with blobs that this node fills in, signs and sends, and what it says of them later.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/kzg_setup.hpp"
#include "tests/api/dev_chain.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::api::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string blob_of(std::uint8_t seed) {
  Bytes blob(crypto::kBlobSize);
  blob[31] = seed;
  return base::to_hex(blob);
}

// The parameters of a transaction with one blob to account 1, and further members.
std::string with_blob(const DevChain& chain, std::string_view more = "", std::uint8_t seed = 1) {
  return fmt::format(R"([{{"from":"{}","to":"{}","blobs":["{}"]{}}}])", chain.account(0),
                     chain.account(1), blob_of(seed), more);
}

types::Transaction decoded(std::string_view json) {
  const auto bytes = base::from_hex(std::string(json.substr(1, json.size() - 2)));
  return types::decode_transaction(*bytes).value();
}

std::string commitment_of(std::uint8_t seed) {
  static const crypto::KzgSetup setup;
  return base::to_hex(*setup.commit(*base::from_hex(blob_of(seed))));
}

TEST(BlobMethods, AFilledTransactionHasHashesAndCellProofs) {
  DevChain chain;
  const std::string filled = chain.result("eth_fillTransaction", with_blob(chain));
  const types::Transaction raw = decoded(member(filled, "raw"));
  ASSERT_NE(raw.sidecar, nullptr);
  EXPECT_EQ(raw.sidecar->version, txpool::kCellProofs);
  EXPECT_EQ(raw.sidecar->proofs.size(), crypto::kCellsPerExtBlob);
  EXPECT_EQ(raw.blob_hashes.size(), 1u);
  EXPECT_EQ(raw.max_fee_per_blob_gas, U256{2});
  const std::string shown = member(filled, "tx");
  EXPECT_EQ(member(shown, "type"), R"("0x3")");
  EXPECT_EQ(member(shown, "commitments"), fmt::format(R"(["{}"])", commitment_of(1)));
  EXPECT_EQ(member(shown, "blobs"), fmt::format(R"(["{}"])", blob_of(1)));
}

TEST(BlobMethods, ASignedTransactionCanBeSentAsItIs) {
  DevChain chain;
  const std::string raw = member(chain.result("eth_signTransaction", with_blob(chain)), "raw");
  const std::string hash = chain.result("eth_sendRawTransaction", "[" + raw + "]");
  const std::string receipt = chain.result("eth_getTransactionReceipt", "[" + hash + "]");
  EXPECT_EQ(member(receipt, "status"), R"("0x1")");
  EXPECT_EQ(member(receipt, "blobGasUsed"), R"("0x20000")");
}

TEST(BlobMethods, BlobsAreServedWhileTheyWaitAndOnceTheyAreMined) {
  DevChain chain;
  chain.result("evm_setAutomine", "[false]");
  const std::string hash = chain.result("eth_sendTransaction", with_blob(chain));
  const std::string found = chain.result("eth_getTransactionByHash", "[" + hash + "]");
  const std::string versioned = member(found, "blobVersionedHashes");
  EXPECT_EQ(member(found, "blobs"), "");
  const auto served = [&] {
    EXPECT_EQ(chain.result("anvil_getBlobsByTransactionHash", "[" + hash + "]"),
              fmt::format(R"(["{}"])", blob_of(1)));
    EXPECT_EQ(chain.result("anvil_getBlobByHash", versioned), '"' + blob_of(1) + '"');
  };
  served();
  EXPECT_NE(decoded(chain.result("debug_getRawTransaction", "[" + hash + "]")).sidecar, nullptr);
  chain.result("evm_mine");
  served();
  EXPECT_EQ(decoded(chain.result("debug_getRawTransaction", "[" + hash + "]")).sidecar, nullptr);
  EXPECT_EQ(chain.result("anvil_getBlobByHash", R"(["0x01)" + std::string(62, '0') + R"("])"),
            "null");
}

TEST(BlobMethods, WhatIsWrongWithBlobsIsSaid) {
  DevChain chain;
  const auto error = [&](std::string_view params) {
    return chain.error("eth_fillTransaction", params);
  };
  EXPECT_EQ(error(with_blob(chain, R"(,"proofs":[])")),
            "-32000: blob proofs provided while commitments were not");
  EXPECT_EQ(error(with_blob(chain, fmt::format(R"(,"commitments":["{}"])", commitment_of(1)))),
            "-32000: blob commitments provided while proofs were not");
  EXPECT_EQ(error(with_blob(chain, R"(,"commitments":[],"proofs":[])")),
            "-32000: number of blobs and commitments mismatch (have=0, want=1)");
  EXPECT_EQ(error(with_blob(chain,
                            fmt::format(R"(,"commitments":["{}"],"proofs":[])", commitment_of(1)))),
            "-32000: number of blobs and proofs mismatch (have=0, want=1)");
  EXPECT_EQ(error(with_blob(chain, fmt::format(R"(,"commitments":["{0}"],"proofs":["{0}"])",
                                               commitment_of(2)))),
            "-32000: failed to verify blob proof: it does not hold");
  EXPECT_THAT(
      error(with_blob(chain, R"(,"blobVersionedHashes":["0x01)" + std::string(62, '0') + R"("])")),
      StartsWith("-32000: blob hash verification failed"));
  EXPECT_THAT(error(R"([{"to":")" + chain.account(1) + R"(","blobs":["0x12"]}])"),
              HasSubstr("blobs[0]: want 131072 bytes, have 1"));
  EXPECT_EQ(error(R"([{"to":")" + chain.account(1) + R"(","blobs":[]}])"),
            "-32000: need at least 1 blob for a blob transaction");
  EXPECT_EQ(error(R"([{"data":"0x00","blobs":[")" + blob_of(1) + R"("]}])"),
            R"(-32000: missing \"to\" in blob transaction)");
  EXPECT_EQ(error(with_blob(chain, R"(,"maxFeePerBlobGas":"0x0")")),
            "-32000: maxFeePerBlobGas, if specified, must be non-zero");
  const std::string too_large = "0x" + std::string(2 * crypto::kBlobSize, 'f');
  EXPECT_THAT(error(R"([{"to":")" + chain.account(1) + R"(","blobs":[")" + too_large + R"("]}])"),
              HasSubstr("blobs[0]: error computing commitment"));
}

}  // namespace
}  // namespace cairn::api::test
