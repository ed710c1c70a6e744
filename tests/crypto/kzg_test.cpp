#include "crypto/kzg.hpp"

#include <blst.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "crypto/kzg_setup.hpp"
#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

using testing::HasSubstr;

const KzgCommitment kInfinity = hex_fixed<48>(
    "c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000");
constexpr Hash256 kScalarOrder =
    "0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"_hash;

Hash256 scalar(std::uint8_t value) { return Hash256::from_right(Bytes{value}); }

// [value] G1: the commitment to the polynomial that is `value` everywhere.
KzgCommitment commitment_to_constant(std::uint8_t value) {
  blst_p1 point;
  blst_p1_mult(&point, blst_p1_generator(), &value, 8);
  KzgCommitment out;
  blst_p1_compress(out.data(), &point);
  return out;
}

// 4,096 small field elements that differ with the seed.
Bytes blob_of(std::uint8_t seed) {
  Bytes blob(kBlobSize);
  for (std::size_t i = 0; i < blob.size(); i += 32) {
    blob[i + 30] = static_cast<std::uint8_t>(i / 32 * 7);
    blob[i + 31] = static_cast<std::uint8_t>(i / 32 + seed);
  }
  return blob;
}

// Loaded once for all tests of this file.
class Kzg : public testing::Test {
 protected:
  static void SetUpTestSuite() { setup_ = new KzgSetup; }
  static void TearDownTestSuite() { delete setup_; }
  static const KzgSetup& setup() { return *setup_; }

 private:
  static inline const KzgSetup* setup_ = nullptr;
};

Bytes point_evaluation_input(const KzgCommitment& commitment, const Hash256& z, const Hash256& y,
                             const KzgProof& proof) {
  Bytes input;
  base::append(input, kzg_to_versioned_hash(commitment));
  base::append(input, z);
  base::append(input, y);
  base::append(input, commitment);
  base::append(input, proof);
  return input;
}

TEST(KzgPointEvaluation, AcceptsConstantPolynomialsWithTheProofAtInfinity) {
  const KzgCommitment seven = commitment_to_constant(7);
  for (const std::uint8_t z : Bytes{0, 1, 200}) {
    EXPECT_TRUE(verify_kzg_proof(seven, scalar(z), scalar(7), kInfinity));
    EXPECT_FALSE(verify_kzg_proof(seven, scalar(z), scalar(8), kInfinity));
  }
  // The zero polynomial: both points are at infinity.
  EXPECT_TRUE(verify_kzg_proof(kInfinity, scalar(3), scalar(0), kInfinity));
  EXPECT_FALSE(verify_kzg_proof(kInfinity, scalar(3), scalar(1), kInfinity));
}

TEST(KzgPointEvaluation, GivesTheSizeOfBlobsAndTheOrderOfTheField) {
  const Bytes good =
      point_evaluation_input(commitment_to_constant(7), scalar(9), scalar(7), kInfinity);
  EXPECT_EQ(kzg_point_evaluation(good),
            hex_fixed<64>("0000000000000000000000000000000000000000000000000000000000001000"
                          "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"));
}

TEST(KzgPointEvaluation, FailsOnOtherLengthsAndHashes) {
  const Bytes good =
      point_evaluation_input(commitment_to_constant(7), scalar(9), scalar(7), kInfinity);
  EXPECT_FALSE(kzg_point_evaluation(BytesView(good).first(191)));
  EXPECT_FALSE(kzg_point_evaluation({}));
  for (const std::size_t at : {0, 31}) {
    Bytes bad = good;
    bad[at] ^= 1;
    EXPECT_FALSE(kzg_point_evaluation(bad));
  }
}

TEST(KzgPointEvaluation, RefusesScalarsThatAreNotReduced) {
  const KzgCommitment zero = kInfinity;
  EXPECT_FALSE(verify_kzg_proof(zero, kScalarOrder, scalar(0), kInfinity));
  EXPECT_FALSE(verify_kzg_proof(zero, scalar(0), kScalarOrder, kInfinity));
}

TEST(KzgPointEvaluation, RefusesPointsThatDoNotDecode) {
  const KzgCommitment seven = commitment_to_constant(7);
  KzgProof no_flags;
  EXPECT_FALSE(verify_kzg_proof(seven, scalar(1), scalar(7), no_flags));
  KzgCommitment other = seven;
  other[47] ^= 1;
  EXPECT_FALSE(verify_kzg_proof(other, scalar(1), scalar(7), kInfinity));
  // x = 4 is on the curve, but not in the group.
  KzgCommitment outside;
  outside[0] = 0x80;
  outside[47] = 4;
  EXPECT_FALSE(verify_kzg_proof(outside, scalar(1), scalar(7), kInfinity));
}

TEST(KzgVersionedHash, IsTheHashOfTheCommitmentUnderItsVersion) {
  const Hash256 hash = kzg_to_versioned_hash(kInfinity);
  EXPECT_EQ(hash, "0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"_hash);
}

TEST_F(Kzg, CommitsToTheZeroBlobWithInfinity) {
  EXPECT_EQ(setup().commit(Bytes(kBlobSize)), kInfinity);
}

TEST_F(Kzg, ProvesBlobsThatItThenVerifies) {
  const std::vector<Bytes> blobs{blob_of(1), blob_of(2)};
  std::vector<KzgCommitment> commitments;
  std::vector<KzgProof> proofs;
  for (const Bytes& blob : blobs) {
    commitments.push_back(setup().commit(blob).value());
    proofs.push_back(setup().prove_blob(blob, commitments.back()).value());
  }
  EXPECT_EQ(setup().verify_blobs(blobs, commitments, proofs), true);
  EXPECT_EQ(setup().verify_blobs({}, {}, {}), true);
  std::swap(proofs[0], proofs[1]);
  EXPECT_EQ(setup().verify_blobs(blobs, commitments, proofs), false);
}

TEST_F(Kzg, AgreesWithThePointEvaluationAtARootOfUnity) {
  // At 1, the first root of unity, a blob's polynomial is its first element.
  const Bytes blob = blob_of(5);
  const KzgCommitment commitment = setup().commit(blob).value();
  const auto first = Hash256::from_right(BytesView(blob).first(32));
  const auto proof = setup().prove_at(blob, scalar(1)).value();
  EXPECT_EQ(proof.value, first);
  EXPECT_TRUE(verify_kzg_proof(commitment, scalar(1), first, proof.proof));
  EXPECT_FALSE(verify_kzg_proof(commitment, scalar(2), first, proof.proof));
  const auto elsewhere = setup().prove_at(blob, scalar(77)).value();
  EXPECT_TRUE(verify_kzg_proof(commitment, scalar(77), elsewhere.value, elsewhere.proof));
  EXPECT_FALSE(verify_kzg_proof(commitment, scalar(77), first, elsewhere.proof));
}

TEST_F(Kzg, ProvesCellsThatItThenVerifies) {
  const Bytes blob = blob_of(3);
  const KzgCommitment commitment = setup().commit(blob).value();
  const CellsAndProofs made = setup().prove_cells(blob).value();
  ASSERT_EQ(made.cells.size(), kCellsPerExtBlob);
  EXPECT_EQ(made.cells[0], base::to_bytes(BytesView(blob).first(kCellSize)));
  const std::vector<KzgCommitment> commitments(2, commitment);
  const std::vector<Bytes> cells{made.cells[5], made.cells[100]};
  const std::vector<KzgProof> proofs{made.proofs[5], made.proofs[100]};
  EXPECT_EQ(setup().verify_cells(commitments, std::vector<std::uint64_t>{5, 100}, cells, proofs),
            true);
  EXPECT_EQ(setup().verify_cells(commitments, std::vector<std::uint64_t>{5, 101}, cells, proofs),
            false);
  EXPECT_FALSE(
      setup().verify_cells(commitments, std::vector<std::uint64_t>{5, 128}, cells, proofs));
  EXPECT_EQ(setup().verify_blobs_by_cells(std::vector<Bytes>{blob},
                                          std::vector<KzgCommitment>{commitment}, made.proofs),
            true);
  EXPECT_EQ(setup().verify_blobs_by_cells(std::vector<Bytes>{blob_of(4)},
                                          std::vector<KzgCommitment>{commitment}, made.proofs),
            false);
}

TEST_F(Kzg, NamesWhatIsWrongWithItsArguments) {
  const auto error = [](const auto& result) {
    return result ? std::string("no error") : result.error().message;
  };
  EXPECT_THAT(error(setup().commit(Bytes(5))), HasSubstr("not 5"));
  EXPECT_THAT(error(setup().commit(Bytes(kBlobSize, 0xff))), HasSubstr("blob"));
  const std::vector<Bytes> blobs{Bytes(kBlobSize)};
  EXPECT_THAT(error(setup().verify_blobs(blobs, {}, {})), HasSubstr("0 commitments instead of 1"));
  const std::vector<KzgCommitment> commitments{kInfinity};
  EXPECT_THAT(error(setup().verify_blobs_by_cells(blobs, commitments, commitments)),
              HasSubstr("1 proofs instead of 128"));
  const std::vector<KzgCommitment> undecodable(1);
  EXPECT_FALSE(setup().verify_blobs(blobs, undecodable, commitments));
}

TEST(KzgSetup, LoadsOnceForManyThreads) {
  const KzgSetup setup;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&setup] { EXPECT_EQ(setup.commit(Bytes(kBlobSize)), kInfinity); });
  }
}

}  // namespace
}  // namespace cairn::crypto
