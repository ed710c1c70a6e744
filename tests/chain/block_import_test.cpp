#include "chain/block_import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/rocks_store.hpp"
#include "tests/chain/foreign_chain.hpp"

namespace cairn::chain {
namespace {

using test::sibling_of;
using ::testing::HasSubstr;
using Outcome = BlockImporter::Outcome;

class ForeignChain : public ::testing::Test {
 protected:
  void SetUp() override {
    CAIRN_FIXTURES_OR_SKIP(root);
    auto read = test::ForeignChain::read(root);
    genesis_ = std::move(read.genesis);
    blocks_ = std::move(read.blocks);
    chain_ = Chain::create(*store::RocksStore::open_in_memory(), genesis_).value();
  }

  // Adds blocks up to `number`.
  void import_to(BlockImporter& importer, std::uint64_t number) {
    while (chain_->head()->number() < number) {
      const auto done = importer.add(blocks_.at(next_++));
      ASSERT_TRUE(done) << done.error().message;
    }
  }
  std::string refusal(BlockImporter& importer, const types::Block& block) {
    const auto done = importer.add(types::encode_block(block));
    return done ? "taken" : done.error().message;
  }

  types::Genesis genesis_;
  std::vector<Bytes> blocks_;
  std::size_t next_ = 0;
  std::unique_ptr<Chain> chain_;
  base::ThreadPool pool_{2};
};

TEST_F(ForeignChain, IsImportedThroughEveryForkAndWrittenBackByteForByte) {
  BlockImporter importer(*chain_, pool_);
  for (const Bytes& block : blocks_) {
    const auto done = importer.add(block);
    ASSERT_TRUE(done) << done.error().message;
  }
  const auto head = chain_->head();
  EXPECT_EQ(head->hash(), types::header_hash(types::decode_block(blocks_.back())->header));
  EXPECT_GT(head->number(), 40u);
  for (const Bytes& bytes : blocks_) {
    const std::uint64_t number = types::decode_block(bytes)->header.number;
    EXPECT_EQ(types::encode_block(head->block_at(number)->block), bytes) << number;
  }
}

TEST_F(ForeignChain, GoesOnWhereItStopped) {
  BlockImporter first(*chain_, pool_);
  import_to(first, 20);
  BlockImporter second(*chain_, pool_);
  EXPECT_EQ(second.add(blocks_[5]), Outcome::known);
  for (const Bytes& block : blocks_) {
    ASSERT_TRUE(second.add(block));
  }
  EXPECT_EQ(chain_->head()->hash(),
            types::header_hash(types::decode_block(blocks_.back())->header));
}

TEST_F(ForeignChain, NamesTheBlockAndTheRuleThatItBreaks) {
  BlockImporter importer(*chain_, pool_);
  import_to(importer, 10);
  const types::Block good = *types::decode_block(blocks_.at(next_));
  const auto with = [&](auto change) {
    types::Block bad = good;
    change(bad.header);
    return refusal(importer, bad);
  };
  EXPECT_THAT(with([](auto& h) { h.state_root[0] ^= 1; }), HasSubstr("block 11: invalid merkle"));
  EXPECT_THAT(with([](auto& h) { h.gas_used += 1; }), HasSubstr("block 11: invalid gas used"));
  EXPECT_THAT(with([](auto& h) { h.gas_limit *= 2; }), HasSubstr("block 11: invalid gas limit"));
  EXPECT_THAT(with([](auto& h) { h.timestamp = 0; }), HasSubstr("block 11: timestamp 0"));
  EXPECT_THAT(with([](auto& h) { h.number = 13; }), HasSubstr("block 13: invalid block number"));
  EXPECT_THAT(with([](auto& h) { h.parent_hash[0] ^= 1; }), HasSubstr("block 11: its parent is"));
  EXPECT_THAT(refusal(importer, *types::decode_block(blocks_.at(next_ + 1))),
              HasSubstr("block 12: a gap: this chain ends at block 10"));
  EXPECT_EQ(chain_->head()->number(), 10u);
  EXPECT_EQ(importer.add(blocks_.at(next_)), Outcome::added);
}

TEST_F(ForeignChain, FollowsTheGreatestTotalDifficultyAndTheFirstOfEqualOnes) {
  BlockImporter importer(*chain_, pool_);
  import_to(importer, 10);
  const auto add = [&](const types::Block& block) {
    const auto done = importer.add(types::encode_block(block));
    EXPECT_TRUE(done) << done.error().message;
    return done.value_or(Outcome::known);
  };
  const Bytes& first = blocks_.at(next_);
  const Bytes& second = blocks_.at(next_ + 1);
  const Bytes& third = blocks_.at(next_ + 2);
  const types::Block other = sibling_of(first, chain_->head()->hash());
  EXPECT_EQ(add(*types::decode_block(first)), Outcome::added);
  const Hash256 head = chain_->head()->hash();
  EXPECT_EQ(add(other), Outcome::beside);
  EXPECT_EQ(chain_->head()->hash(), head);
  EXPECT_EQ(add(other), Outcome::known);

  const types::Block longer = sibling_of(second, types::header_hash(other.header));
  EXPECT_EQ(add(longer), Outcome::added);
  EXPECT_EQ(chain_->head()->hash(), types::header_hash(longer.header));
  EXPECT_EQ(chain_->head()->header_at(11)->hash, types::header_hash(other.header));

  EXPECT_EQ(add(*types::decode_block(second)), Outcome::beside);
  EXPECT_EQ(add(*types::decode_block(third)), Outcome::added);
  EXPECT_EQ(chain_->head()->header_at(11)->hash, head);
  for (const Bytes& block : blocks_) {
    ASSERT_TRUE(importer.add(block));
  }
  EXPECT_EQ(chain_->head()->number(), types::decode_block(blocks_.back())->header.number);
}

TEST_F(ForeignChain, StaysWhereItIsWhenABlockBesideItIsInvalid) {
  BlockImporter importer(*chain_, pool_);
  import_to(importer, 10);
  const Hash256 parent = chain_->head()->hash();
  types::Block bad = sibling_of(blocks_.at(next_), parent);
  bad.header.state_root[0] ^= 1;
  import_to(importer, 12);
  const Hash256 head = chain_->head()->hash();
  EXPECT_THAT(refusal(importer, bad), HasSubstr("block 11: invalid merkle root"));
  EXPECT_EQ(chain_->head()->hash(), head);
}

TEST_F(ForeignChain, IsFinalAfterTheMergeUnlessToldOtherwise) {
  BlockImporter importer(*chain_, pool_);
  import_to(importer, 53);
  const types::Block other = sibling_of(blocks_.at(next_), chain_->head()->hash());
  import_to(importer, 54);
  EXPECT_THAT(refusal(importer, other), HasSubstr("what is merged is final"));
  BlockImporter choosing(*chain_, pool_, AfterMerge::last_is_head);
  EXPECT_EQ(choosing.add(types::encode_block(other)), Outcome::added);
  EXPECT_EQ(chain_->head()->hash(), types::header_hash(other.header));
}

TEST_F(ForeignChain, PassesOverABranchFromBeforeTheMergeWhenItIsMerged) {
  BlockImporter importer(*chain_, pool_);
  import_to(importer, 54);
  const Hash256 head = chain_->head()->hash();
  const types::Block first = sibling_of(blocks_.at(10), chain_->head()->header_at(10)->hash);
  ASSERT_EQ(first.header.number, 11u);
  const types::Block second = sibling_of(blocks_.at(11), types::header_hash(first.header));
  EXPECT_EQ(importer.add(types::encode_block(first)), Outcome::beside);
  EXPECT_EQ(importer.add(types::encode_block(second)), Outcome::beside);
  types::Block bad = second;
  bad.header.gas_limit *= 2;
  EXPECT_THAT(refusal(importer, bad), HasSubstr("block 12: invalid gas limit"));
  EXPECT_EQ(chain_->head()->hash(), head);
}

TEST_F(ForeignChain, RefusesAnotherGenesisAndWhatIsNoBlock) {
  types::Genesis other = genesis_;
  other.header.timestamp = 1;
  const auto chain = Chain::create(*store::RocksStore::open_in_memory(), other).value();
  BlockImporter importer(*chain, pool_);
  const auto first = types::decode_block(blocks_[0])->header.number;
  const auto done = importer.add(blocks_[first == 0 ? 1 : 0]);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("block 1: made on another genesis"));
  const auto garbage = importer.add(Bytes{0xc2, 0x80, 0x80});
  ASSERT_FALSE(garbage);
  EXPECT_THAT(garbage.error().message, HasSubstr("after block 0: this is no block"));
}

}  // namespace
}  // namespace cairn::chain
