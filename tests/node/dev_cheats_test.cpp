// What a dev chain takes back and what it keeps over a restart.

#include <gtest/gtest.h>

#include <set>

#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

Submission impersonated(const Address& sender, const Address& to, const U256& wei) {
  Submission out = submission_of({.to = to, .value = wei});
  out.key.reset();
  out.impersonate = sender;
  return out;
}

TEST(DevCheats, AContractSendsWhatNobodySigned) {
  DevFixture f;
  const Address contract = f.deploy("5b");
  f.set_balance(contract, kEther);
  const auto hash = f.writer->admit(*prepared(impersonated(contract, kSomebody, 7)));
  ASSERT_TRUE(hash);
  f.settle();
  EXPECT_TRUE(f.receipt_of(*hash).success);
  EXPECT_EQ(f.nonce(contract), 2u);  // a contract begins at 1
  const auto place = f.head()->place_of(*hash);
  f.restart();
  const auto block = f.head()->block_at(place->number);
  EXPECT_EQ(block->senders[place->index], contract);
  EXPECT_TRUE(is_impersonated(block->block.transactions[place->index], contract));
  EXPECT_EQ(f.balance(kSomebody), U256{7});
}

TEST(DevCheats, WaitingImpersonatedTransactionsSurviveARestart) {
  DevFixture f;
  f.set_automine(false);
  f.set_balance(kSomebody, kEther);
  const auto hash = f.writer->admit(*prepared(impersonated(kSomebody, accounts()[0].address, 7)));
  ASSERT_TRUE(hash);
  f.settle();
  f.restart();
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_TRUE(f.receipt_of(*hash).success);
}

// As its balance could be read at that block.
TEST(DevCheats, ARollbackKeepsWhatWasCheatedUponTheBlockThatItLeaves) {
  DevFixture f;
  f.set_balance(kSomebody, 1);
  const std::uint64_t upon_genesis = f.writer->snapshot().value();
  f.send({.to = kSomebody, .value = 1});
  const Hash256 first = f.head()->hash();
  f.set_balance(kSomebody, 100);
  f.send({.to = kSomebody, .value = 1});
  f.set_balance(kSomebody, 1'000);
  ASSERT_TRUE(f.writer->rollback(1));
  EXPECT_EQ(f.head()->hash(), first);
  EXPECT_EQ(f.balance(kSomebody), U256{100});
  EXPECT_FALSE(f.writer->rollback(2));
  ASSERT_TRUE(f.writer->rollback(1));
  EXPECT_EQ(f.head()->number(), 0u);
  EXPECT_EQ(f.balance(kSomebody), U256{1});
  EXPECT_EQ(f.writer->revert(upon_genesis), true);
  f.restart();
  EXPECT_EQ(f.balance(kSomebody), U256{1});
  f.send({.to = kSomebody, .value = 7});
  ASSERT_TRUE(f.writer->rollback(1));  // over what the rollbacks before left in the log
  EXPECT_EQ(f.balance(kSomebody), U256{1});
}

TEST(DevCheats, ABalanceNeverPasses256Bits) {
  DevFixture f;
  f.set_balance(kSomebody, ~U256{});
  f.set_balance(f.head()->settings().coinbase, ~U256{});
  const Hash256 sent = f.send({.to = kSomebody, .value = kEther});
  EXPECT_FALSE(f.receipt_of(sent).success);
  EXPECT_EQ(f.receipt_of(sent).cumulative_gas_used, 21'000u);
  EXPECT_EQ(f.balance(kSomebody), ~U256{});
  EXPECT_EQ(f.balance(f.head()->settings().coinbase), ~U256{});
  EXPECT_GT(f.balance(accounts()[0].address), U256{9'999} * kEther);
}

// The end of time is a long way off, and a cheat away.
TEST(DevCheats, TimeEndsAt64Bits) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  DevFixture f;
  ASSERT_TRUE(f.writer->set_next_block_timestamp(kLast));
  ASSERT_TRUE(f.writer->mine({}));
  const auto later = f.writer->increase_time(1);
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().message, "the timestamp leaves 64 bits");
  f.clock->advance(60'000);
  EXPECT_FALSE(f.writer->increase_time(1));
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, kLast);
}

TEST(DevCheats, AClockMovesWithin64Bits) {
  DevFixture f;
  const auto seconds = static_cast<std::int64_t>(f.clock->unix_seconds());
  EXPECT_FALSE(f.writer->increase_time(-seconds - 1));
  EXPECT_EQ(f.writer->increase_time(-seconds), -seconds);
  EXPECT_EQ(f.writer->increase_time(seconds), 0);
  EXPECT_EQ(f.writer->increase_time(INT64_MAX), INT64_MAX);
  const auto further = f.writer->increase_time(1);
  ASSERT_FALSE(further);
  EXPECT_EQ(further.error().message, "the clock offset leaves 64 bits");
}

TEST(DevCheats, StrictTimestampsAreLaterThanTheOneBefore) {
  DevFixture f({.strict_timestamps = true});
  const std::uint64_t before = f.head()->header().timestamp;
  const auto equal = f.writer->set_next_block_timestamp(before);
  ASSERT_FALSE(equal);
  EXPECT_EQ(equal.error().message, "timestamp " + std::to_string(before) +
                                       " is not later than the previous block's timestamp " +
                                       std::to_string(before));
  ASSERT_TRUE(f.writer->set_next_block_timestamp(~std::uint64_t{0}));
  ASSERT_TRUE(f.writer->mine({}));
  for (const std::uint64_t count : {1, 3}) {
    const auto mined = f.writer->mine({.count = count});
    ASSERT_FALSE(mined);
    EXPECT_EQ(mined.error().message, "the timestamp leaves 64 bits");
  }
  const auto waiting = f.admit({.to = kSomebody, .value = 1});
  ASSERT_TRUE(waiting);
  f.settle();
  EXPECT_TRUE(f.writer->is_journaled(*waiting));
  f.restart();
  EXPECT_EQ(f.head()->number(), 1u);
}

TEST(DevCheats, AnIntervalThatLeaves64BitsMakesNoBlock) {
  DevFixture f;
  ASSERT_TRUE(f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.timestamp_interval = std::uint64_t{1} << 63;
    return {};
  }));
  ASSERT_TRUE(f.writer->mine({}));
  const auto second = f.writer->mine({});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "the timestamp leaves 64 bits");
  EXPECT_EQ(f.head()->number(), 1u);
}

TEST(DevCheats, ASnapshotThatARollbackPassedIsGone) {
  DevFixture f;
  const std::uint64_t early = f.writer->snapshot().value();
  f.send({.to = kSomebody, .value = 1});
  const std::uint64_t late = f.writer->snapshot().value();
  ASSERT_TRUE(f.writer->rollback(1));
  EXPECT_EQ(f.writer->revert(late), false);
  EXPECT_EQ(f.writer->revert(early), true);
}

TEST(DevCheats, ASnapshotsIdIsNeverUsedAgain) {
  DevFixture f;
  std::set<std::uint64_t> ids{f.writer->snapshot().value()};
  EXPECT_TRUE(ids.contains(1));
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t id = f.writer->snapshot().value();
    EXPECT_TRUE(ids.insert(id).second);
    f.restart();
    EXPECT_EQ(f.writer->revert(id), false);
    ASSERT_TRUE(f.writer->reset());
  }
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_TRUE(ids.insert(f.writer->snapshot().value()).second);
  }
}

TEST(DevCheats, ASnapshotIdThatCannotBeReadIsAnError) {
  DevFixture f;
  store::Batch batch;
  batch.put(store::Column::meta, base::bytes_of("free_snapshot"), base::bytes_of("x"));
  ASSERT_TRUE(f.store->commit(std::move(batch)));
  const auto id = f.writer->snapshot();
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, ErrorCode::corrupt) << id.error().message;
}

TEST(DevCheats, AReorganisationTakesTheGivenTransactionsAndNoOthers) {
  DevFixture f;
  f.send({.from = 0, .to = kSomebody, .value = 1});
  f.send({.from = 0, .to = kSomebody, .value = 2});
  f.set_automine(false);
  const auto waiting = f.admit({.from = 1, .to = kSomebody, .value = 50});
  ASSERT_TRUE(waiting);
  f.settle();
  std::vector<std::vector<Prepared>> blocks(2);
  blocks[1].push_back(*prepared(submission_of({.from = 0, .to = kSomebody, .value = 5})));
  blocks[1].push_back(*prepared(submission_of({.from = 0, .to = kSomebody, .value = 6})));
  ASSERT_TRUE(f.writer->reorg(std::move(blocks)));
  EXPECT_EQ(f.head()->number(), 2u);
  EXPECT_TRUE(f.head()->block_at(1)->senders.empty());
  EXPECT_EQ(f.head()->block_at(2)->senders.size(), 2u);
  EXPECT_EQ(f.balance(kSomebody), U256{11});
  EXPECT_FALSE(f.head()->place_of(*waiting));
}

TEST(DevCheats, ARevertLeavesHowBlocksAreMade) {
  DevFixture f;
  const std::uint64_t mark = f.writer->snapshot().value();
  f.set_automine(false);
  ASSERT_TRUE(f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.mining_interval = 2'000;
    return {};
  }));
  ASSERT_TRUE(*f.writer->revert(mark));
  EXPECT_FALSE(f.head()->settings().automine);
  EXPECT_EQ(f.head()->settings().mining_interval, 2'000u);
}

TEST(DevCheats, AFlagHoldsForOneStartAndACallUntilTheNext) {
  DevFixture f;
  const DevOptions plain = f.options;
  f.options.automine = false;
  f.options.mining_interval = 3'000;
  f.options.impersonate_all = true;
  f.options.gas_limit = 1'000'000;
  f.restart();
  const chain::Settings flagged = f.head()->settings();
  EXPECT_EQ(flagged.mining(), (chain::MiningMode{.automine = false, .interval = 3'000}));
  EXPECT_TRUE(flagged.impersonate_all);
  EXPECT_EQ(flagged.gas_limit, 1'000'000u);
  f.restart();  // with them again
  EXPECT_EQ(f.head()->settings(), flagged);
  f.options = plain;
  f.restart();
  EXPECT_EQ(f.head()->settings().mining(), chain::MiningMode{});
  EXPECT_FALSE(f.head()->settings().impersonate_all);
  EXPECT_EQ(f.head()->settings().gas_limit, 60'000'000u);

  f.set_automine(false);
  f.options.automine = true;
  f.restart();
  EXPECT_TRUE(f.head()->settings().automine);
  f.options = plain;
  f.restart();
  EXPECT_FALSE(f.head()->settings().automine);  // what the call said

  f.options.gas_limit = 1'000'000;
  f.restart();
  ASSERT_TRUE(f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.gas_limit = 2'000'000;
    return {};
  }));
  f.options = plain;
  f.restart();
  EXPECT_EQ(f.head()->settings().gas_limit, 2'000'000u);
}

TEST(DevCheats, AStartTurnsTheLogOnAgain) {
  DevFixture f;
  ASSERT_TRUE(f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.logging = false;
    return {};
  }));
  f.restart();
  EXPECT_TRUE(f.head()->settings().logging);
}

TEST(DevCheats, AResetIsGenesisUnderANewIdAlsoAfterARestart) {
  DevFixture f;
  const Hash256 genesis = f.head()->hash();
  const Hash256 id = f.head()->settings().instance_id;
  f.send({.to = kSomebody, .value = 1});
  f.set_automine(false);
  ASSERT_TRUE(f.admit({.to = kSomebody, .value = 1}));
  f.settle();
  ASSERT_TRUE(f.writer->reset());
  const Hash256 fresh = f.head()->settings().instance_id;
  f.restart();
  EXPECT_EQ(f.head()->hash(), genesis);
  EXPECT_EQ(f.head()->settings().instance_id, fresh);
  EXPECT_NE(fresh, id);
  EXPECT_TRUE(f.head()->settings().automine);
  EXPECT_EQ(f.writer->ask_pool([](const auto& pool) { return pool.status().pending; }), 0u);
}

TEST(DevCheats, TheClockOfANewChainGoesOnFromGenesisWhereAsked) {
  DevFixture f({.clock_from_genesis = true});
  const std::uint64_t genesis = f.head()->header().timestamp;
  f.clock->advance(5'000);
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, genesis + 5);
  f.clock->advance(7'000);
  f.restart();
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, genesis + 12);
}

TEST(DevCheats, TheClockGoesOnFromASetTime) {
  DevFixture f;
  const std::uint64_t start = f.clock->unix_seconds();
  EXPECT_EQ(f.writer->set_time(start + 1'000), 1'000u);
  f.clock->advance(5'000);
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, start + 1'005);
  EXPECT_EQ(f.writer->set_time(start), 0u);  // a chain's time does not go back
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, start + 1'005);
}

}  // namespace
}  // namespace cairn::node
