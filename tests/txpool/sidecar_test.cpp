#include "txpool/sidecar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/kzg_setup.hpp"

namespace cairn::txpool {
namespace {

using ::testing::HasSubstr;
constexpr auto kOsaka = types::Fork::osaka;

// One blob whose first field element is 5, with its proofs in the form of this version.
types::Transaction blob_transaction(const crypto::KzgSetup& setup, std::uint8_t version) {
  auto sidecar = std::make_shared<types::BlobSidecar>();
  sidecar->version = version;
  Bytes blob(crypto::kBlobSize, 0);
  blob[31] = 5;
  const auto commitment = *setup.commit(blob);
  sidecar->commitments = {commitment};
  sidecar->proofs = version == 0 ? std::vector{*setup.prove_blob(blob, commitment)}
                                 : setup.prove_cells(blob)->proofs;
  sidecar->blobs = {std::move(blob)};
  types::Transaction out;
  out.type = types::TransactionType::blob;
  out.blob_hashes = {crypto::kzg_to_versioned_hash(commitment)};
  out.sidecar = std::move(sidecar);
  return out;
}

const crypto::KzgSetup& setup() {
  static const crypto::KzgSetup loaded;
  return loaded;
}

types::Transaction changed(types::Transaction transaction,
                           const std::function<void(types::BlobSidecar&)>& change) {
  auto copy = std::make_shared<types::BlobSidecar>(*transaction.sidecar);
  change(*copy);
  transaction.sidecar = std::move(copy);
  return transaction;
}

class BothFormats : public ::testing::TestWithParam<std::uint8_t> {};
INSTANTIATE_TEST_SUITE_P(Sidecar, BothFormats, ::testing::Values(0, 1));

TEST_P(BothFormats, IsTakenWhenItsProofsHold) {
  const auto judged = validate_sidecar(blob_transaction(setup(), GetParam()), kOsaka, &setup());
  EXPECT_TRUE(judged) << judged.error().message;
}

TEST_P(BothFormats, IsRefusedWhenAProofDoesNot) {
  const auto wrong = changed(blob_transaction(setup(), GetParam()),
                             [](types::BlobSidecar& it) { it.blobs[0][63] = 1; });
  const auto judged = validate_sidecar(wrong, kOsaka, &setup());
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code, PoolRefused::invalid_sidecar);
  EXPECT_THAT(judged.error().message, HasSubstr("proof"));
}

TEST(Sidecar, MustBeThere) {
  types::Transaction bare;
  bare.type = types::TransactionType::blob;
  EXPECT_EQ(validate_sidecar(bare, kOsaka, nullptr).error().message,
            "missing sidecar in blob transaction");
}

TEST(Sidecar, HasNoCellProofsBeforeOsaka) {
  const auto cells = blob_transaction(setup(), kCellProofs);
  const auto judged = validate_sidecar(cells, types::Fork::prague, &setup());
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().message, "invalid sidecar: unexpected sidecar version, want: 0, got: 1");
}

TEST(Sidecar, GetsCellProofsFromOsakaOn) {
  types::Transaction sent = blob_transaction(setup(), kBlobProofs);
  EXPECT_EQ(sidecar_for(sent.sidecar, types::Fork::prague, setup()), sent.sidecar);
  sent.sidecar = sidecar_for(sent.sidecar, kOsaka, setup());
  EXPECT_EQ(*sent.sidecar, *blob_transaction(setup(), kCellProofs).sidecar);
  EXPECT_TRUE(validate_sidecar(sent, kOsaka, &setup()));
}

TEST(Sidecar, MustFitTheHashesItStandsBeside) {
  const types::Transaction good = blob_transaction(setup(), 0);
  types::Transaction other_hash = good;
  other_hash.blob_hashes[0][5] ^= 1;
  EXPECT_THAT(validate_sidecar(other_hash, kOsaka, &setup()).error().message,
              HasSubstr("does not match the versioned hash"));
  const auto no_proof = changed(good, [](types::BlobSidecar& it) { it.proofs.clear(); });
  EXPECT_FALSE(validate_sidecar(no_proof, kOsaka, &setup()));
  const auto short_blob = changed(good, [](types::BlobSidecar& it) { it.blobs[0].pop_back(); });
  EXPECT_FALSE(validate_sidecar(short_blob, kOsaka, &setup()));
}

}  // namespace
}  // namespace cairn::txpool
