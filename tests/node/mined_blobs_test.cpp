// What is kept of the blobs of transactions that are in a block.

#include <gtest/gtest.h>

#include "tests/node/dev_fixture.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::node {
namespace {

const crypto::KzgSetup& kzg() {
  static const crypto::KzgSetup setup;
  return setup;
}

std::shared_ptr<const types::BlobSidecar> sidecar_of(const std::vector<std::uint8_t>& seeds) {
  auto out = std::make_shared<types::BlobSidecar>();
  for (const std::uint8_t seed : seeds) {
    Bytes blob(crypto::kBlobSize);
    blob[31] = seed;
    out->commitments.push_back(*kzg().commit(blob));
    out->proofs.push_back(*kzg().prove_blob(blob, out->commitments.back()));
    out->blobs.push_back(std::move(blob));
  }
  return out;
}

// A transaction with a blob for each seed.
Submission blobs_of(const std::vector<std::uint8_t>& seeds) {
  Submission submission = submission_of({.to = accounts()[1].address});
  types::Transaction& transaction = submission.transaction;
  transaction.type = types::TransactionType::blob;
  transaction.max_fee_per_blob_gas = kGwei;
  transaction.sidecar = sidecar_of(seeds);
  for (const auto& commitment : transaction.sidecar->commitments) {
    transaction.blob_hashes.push_back(crypto::kzg_to_versioned_hash(commitment));
  }
  return submission;
}

Hash256 send(DevFixture& f, const Submission& submission) {
  auto ready = prepared(submission);
  const auto hash = f.writer->admit(*std::move(ready));
  f.settle();
  return hash.value();
}

// In a block.
Hash256 send_blobs(DevFixture& f, const std::vector<std::uint8_t>& seeds) {
  return send(f, blobs_of(seeds));
}

Hash256 hash_of(std::uint8_t seed) {
  return crypto::kzg_to_versioned_hash(sidecar_of({seed})->commitments.front());
}

std::shared_ptr<const types::BlobSidecar> kept(const DevFixture& f, const Hash256& transaction) {
  return f.head()->sidecar_at(f.head()->place_of(transaction).value());
}

TEST(MinedBlobs, AreKeptOverARestartAndAreNoPartOfTheBlock) {
  DevFixture f;
  const Hash256 sent = send_blobs(f, {1, 2});
  const auto block = f.head()->block_at(1);
  EXPECT_EQ(block->block.transactions.at(0).sidecar, nullptr);
  for (int i = 0; i < 2; ++i) {
    const auto sidecar = kept(f, sent);
    ASSERT_NE(sidecar, nullptr);
    EXPECT_EQ(sidecar->blobs, sidecar_of({1, 2})->blobs);
    EXPECT_EQ(sidecar->version, txpool::kCellProofs);
    EXPECT_EQ(f.head()->blob_of(hash_of(2)), sidecar->blobs[1]);
    EXPECT_FALSE(f.head()->blob_of(hash_of(3)));
    f.restart();
  }
}

TEST(MinedBlobs, OfATransactionWithoutAnyAreNone) {
  DevFixture f;
  EXPECT_EQ(kept(f, f.send({.to = accounts()[1].address})), nullptr);
}

TEST(MinedBlobs, GoWithTheBlockThatIsTakenBack) {
  DevFixture f;
  send_blobs(f, {1});
  const std::uint64_t snapshot = f.writer->snapshot().value();
  send_blobs(f, {1, 2});
  ASSERT_TRUE(*f.writer->revert(snapshot));
  EXPECT_TRUE(f.head()->blob_of(hash_of(1)));  // the other transaction's
  EXPECT_FALSE(f.head()->blob_of(hash_of(2)));
  ASSERT_TRUE(f.writer->rollback(1));
  EXPECT_FALSE(f.head()->blob_of(hash_of(1)));
  EXPECT_FALSE(f.store->snapshot()->cursor(store::Column::sidecars)->valid());
}

TEST(MinedBlobs, AreGivenUpWhenTheyAreOld) {
  DevOptions options;
  options.blob_retention_epochs = 1;
  DevFixture f(options);
  const Hash256 early = send_blobs(f, {1});
  ASSERT_TRUE(f.writer->mine({.count = 35}));
  const Hash256 late = send_blobs(f, {1, 2});
  ASSERT_TRUE(f.writer->mine({.count = 58 - 32}));
  EXPECT_NE(kept(f, early), nullptr);  // until an epoch ends
  ASSERT_TRUE(f.writer->mine({}));
  ASSERT_EQ(f.head()->number(), 64u);
  EXPECT_EQ(kept(f, early), nullptr);
  EXPECT_EQ(f.head()->blob_of(hash_of(1)), kept(f, late)->blobs[0]);
  EXPECT_EQ(f.head()->blob_of(hash_of(2)), kept(f, late)->blobs[1]);
}

// It came last, and the one behind it has no nonce gap before it.
TEST(WaitingBlobs, OutliveARestartBehindOneThatWasReplaced) {
  DevOptions options;
  options.pool = txpool::Limits{};  // a network's
  options.automine = false;
  DevFixture f(options);
  send(f, blobs_of({1}));
  const Hash256 behind = send(f, blobs_of({2}));
  Submission dearer = blobs_of({1});
  dearer.assign_nonce = false;
  dearer.transaction.max_fee_per_gas *= U256{2};
  dearer.transaction.max_priority_fee_per_gas *= U256{2};
  dearer.transaction.max_fee_per_blob_gas *= U256{2};
  const Hash256 replacing = send(f, dearer);
  f.restart();
  for (const Hash256& hash : {replacing, behind}) {
    EXPECT_TRUE(f.writer->ask_pool([&](const auto& pool) { return pool.find(hash); })) << "gone";
  }
  EXPECT_EQ(f.writer->ask_pool([](const auto& pool) { return pool.status().pending; }), 2u);
}

}  // namespace
}  // namespace cairn::node
