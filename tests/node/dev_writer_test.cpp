#include "node/dev_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/keccak.hpp"
#include "state/state_writer.hpp"
#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DevWriter, MinesASendAtOnce) {
  DevFixture f;
  const Hash256 hash = f.send({.to = kSomebody, .value = kEther});
  EXPECT_EQ(f.head()->number(), 1u);
  EXPECT_EQ(f.head()->place_of(hash), (chain::TransactionPlace{.number = 1, .index = 0}));
  EXPECT_EQ(f.balance(kSomebody), kEther);
  EXPECT_TRUE(f.receipt_of(hash).success);
  EXPECT_EQ(f.receipt_of(hash).cumulative_gas_used, 21'000u);
  EXPECT_EQ(f.head()->block_at(1)->senders, std::vector{accounts()[0].address});
}

TEST(DevWriter, HeaderFollowsFromTheBlock) {
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  const types::Header& header = f.head()->header();
  EXPECT_EQ(header.timestamp, 1'700'000'000u);
  EXPECT_EQ(header.base_fee_per_gas, U256{875'000'000});  // an eighth less: genesis was empty
  EXPECT_EQ(header.gas_used, 21'000u);
  EXPECT_EQ(header.beneficiary, Address{});
  EXPECT_TRUE(header.extra_data.empty());
  EXPECT_EQ(header.state_root, state::state_root(*f.store));
  EXPECT_EQ(f.head()->hash(), types::header_hash(header));
  Bytes seed = base::to_bytes(header.parent_hash);
  seed.resize(64);
  seed[63] = 1;
  EXPECT_EQ(header.prev_randao, crypto::keccak256(seed));
}

TEST(DevWriter, SendsThatWaitTogetherShareABlock) {
  DevFixture f;
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(f.admit({.from = i, .to = kSomebody, .value = 1}));
  }
  EXPECT_EQ(f.head()->number(), 0u);
  f.settle();
  EXPECT_EQ(f.head()->number(), 1u);
  EXPECT_EQ(f.head()->block_at(1)->senders.size(), 5u);
}

TEST(DevWriter, WhatDoesNotFitGoesIntoTheNextBlockAtOnce) {
  DevFixture f;
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(f.admit({.from = i, .to = kSomebody, .value = 1, .gas = 16'000'000}));
  }
  // The limit counts, not what is used: each leaves room for the next, up to the block's limit.
  const auto limited = f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.gas_limit = 16'010'000;
    return {};
  });
  ASSERT_TRUE(limited);
  f.settle();
  EXPECT_EQ(f.head()->number(), 5u);
  EXPECT_EQ(f.balance(kSomebody), U256{5});
}

TEST(DevWriter, RevertingTransactionIsMinedWithStatusZero) {
  DevFixture f;
  const Address reverts = f.deploy("5f5ffd");
  const Hash256 hash = f.send({.to = reverts});
  EXPECT_FALSE(f.receipt_of(hash).success);
  EXPECT_EQ(f.head()->number(), 2u);
}

TEST(DevWriter, GapNonceWaitsAndIsMinedWithTheOneThatFillsTheGap) {
  DevFixture f;
  const Hash256 second = f.send({.to = kSomebody, .value = 1, .nonce = 1});
  EXPECT_EQ(f.head()->number(), 0u);
  const Hash256 first = f.send({.to = kSomebody, .value = 1, .nonce = 0});
  EXPECT_EQ(f.head()->number(), 1u);
  EXPECT_THAT(f.head()->block_at(1)->transaction_hashes, ElementsAre(first, second));
}

TEST(DevWriter, InstantModeRefusesAFeeCapBelowTheBaseFee) {
  DevFixture f;
  const auto refused = f.admit({.to = kSomebody, .cap = 1, .tip = 1});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("max fee per gas less than block base fee"));
}

TEST(DevWriter, WithoutMiningASendWaitsForEvmMine) {
  DevFixture f;
  f.set_automine(false);
  const Hash256 hash = f.send({.to = kSomebody, .value = 1});
  EXPECT_EQ(f.head()->number(), 0u);
  EXPECT_EQ(f.writer->pending_nonce(accounts()[0].address), 1u);
  const auto mined = f.writer->mine({});
  ASSERT_TRUE(mined);
  EXPECT_EQ(mined->size(), 1u);
  EXPECT_TRUE(f.head()->place_of(hash));
}

TEST(DevWriter, WaitingTransactionsSurviveARestart) {
  DevFixture f;
  f.set_automine(false);
  const Hash256 first = f.send({.to = kSomebody, .value = 1, .nonce = 0});
  const Hash256 gap = f.send({.to = kSomebody, .value = 1, .nonce = 2});
  f.restart();
  EXPECT_FALSE(f.head()->settings().automine);
  f.writer->ask_pool([&](const txpool::Txpool& pool) {
    EXPECT_NE(pool.find(first), nullptr);
    EXPECT_NE(pool.find(gap), nullptr);
  });
  ASSERT_TRUE(f.writer->mine({}));
  f.restart();
  EXPECT_TRUE(f.head()->place_of(first));
  const auto status = f.writer->ask_pool([](const auto& pool) { return pool.status(); });
  EXPECT_EQ(status.pending, 0u);
  EXPECT_EQ(status.queued, 1u);
}

// Each makes the waiting transaction one that would not be taken now.
TEST(DevWriter, WhatWaitsSurvivesARestartWhateverHasChangedSince) {
  const Address sender = accounts()[0].address;
  const auto change_state = [](auto change) {
    return [change](DevFixture& f) {
      ASSERT_TRUE(f.writer->cheat([&](state::Overlay& overlay) -> Result<void> {
        change(overlay);
        return {};
      }));
    };
  };
  const auto change_settings = [](auto change) {
    return [change](DevFixture& f) {
      ASSERT_TRUE(f.writer->change_settings([&](chain::Settings& settings) -> Result<void> {
        change(settings);
        return {};
      }));
    };
  };
  const std::vector<std::function<void(DevFixture&)>> changes{
      change_state([&](state::Overlay& overlay) { overlay.set_balance(sender, 0); }),
      change_state([&](state::Overlay& overlay) { overlay.set_code(sender, Bytes{0x00}); }),
      change_settings([](chain::Settings& settings) { settings.gas_limit = 30'000; }),
      change_settings([](chain::Settings& settings) { settings.chain_id = 77; }),
      [](DevFixture& f) { f.options.gas_limit = 30'000; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    DevFixture f;
    f.set_automine(false);
    const auto hash = f.admit({.to = kSomebody, .value = 1, .gas = 100'000});
    ASSERT_TRUE(hash);
    f.settle();
    changes[i](f);
    const auto status = [&] {
      return f.writer->ask_pool([](auto& pool) { return pool.status(); });
    };
    const txpool::Status before = status();
    f.restart();
    EXPECT_EQ(status().pending, before.pending) << i;
    EXPECT_EQ(status().queued, before.queued) << i;
    EXPECT_TRUE(f.writer->is_journaled(*hash)) << i;
  }
}

TEST(DevWriter, WhatWaitsKeepsItsOrderOverRestarts) {
  DevOptions fifo;
  fifo.order = txpool::Order::fifo;
  DevFixture f(fifo);
  f.set_automine(false);
  for (int i = 0; i < 5; ++i) {
    f.send({.from = 0, .to = kSomebody, .value = 1});
  }
  ASSERT_TRUE(f.writer->mine({}));
  const Hash256 first = f.send({.from = 0, .to = kSomebody, .value = 1});
  f.restart();
  const Hash256 second = f.send({.from = 1, .to = kSomebody, .value = 1});
  f.restart();
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->place_of(first)->index, 0u);
  EXPECT_EQ(f.head()->place_of(second)->index, 1u);
}

// Says 0xdeadbeef to console.log's address, and reverts.
constexpr std::string_view kSaysAndReverts =
    "63deadbeef5f525f5f6004601c6a636f6e736f6c652e6c6f675afa5f5ffd";

TEST(DevWriter, TellsWhatContractsSaidToTheConsoleWithTheBlock) {
  DevFixture f({.keeps_console = true});
  const Address says = f.deploy(kSaysAndReverts);
  std::vector<std::shared_ptr<const ConsoleLogs>> told;
  const auto subscription = f.writer->events().subscribe([&](const Event& event) {
    if (const auto* changed = std::get_if<HeadChanged>(&event)) {
      told.push_back(changed->console);
    }
  });
  const Hash256 hash = f.send({.to = says});
  ASSERT_TRUE(f.writer->pending_block());
  ASSERT_EQ(told.size(), 1u);
  ASSERT_TRUE(told[0] && told[0]->contains(hash));
  EXPECT_EQ(told[0]->at(hash).messages(), std::vector<Bytes>{*base::from_hex("deadbeef")});
  f.send({.to = kSomebody});
  EXPECT_EQ(told.back(), nullptr);
}

TEST(DevWriter, KeepsNothingOfTheConsoleUnlessAsked) {
  DevFixture f;
  const Address says = f.deploy(kSaysAndReverts);
  const auto subscription = f.writer->events().subscribe([&](const Event& event) {
    const auto* changed = std::get_if<HeadChanged>(&event);
    EXPECT_TRUE(changed == nullptr || changed->console == nullptr);
  });
  f.send({.to = says});
}

TEST(DevWriter, MinesManyBlocksWithAnInterval) {
  DevFixture f;
  const auto mined = f.writer->mine({.count = 3, .interval = 60, .timestamp = 1'800'000'000});
  ASSERT_TRUE(mined);
  EXPECT_EQ(f.head()->number(), 3u);
  EXPECT_EQ(f.head()->header().timestamp, 1'800'000'120u);
  // Time goes on from there.
  f.clock->advance(5'000);
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, 1'800'000'125u);
}

TEST(DevWriter, TimestampsMayBeEqualUnlessStrict) {
  DevFixture f;
  ASSERT_TRUE(f.writer->mine({.count = 2}));
  EXPECT_EQ(f.head()->header().timestamp, f.head()->header_at(1)->header.timestamp);

  DevFixture strict(DevOptions{.strict_timestamps = true});
  ASSERT_TRUE(strict.writer->mine({.count = 2}));
  EXPECT_EQ(strict.head()->header().timestamp, strict.head()->header_at(1)->header.timestamp + 1);
  EXPECT_FALSE(strict.writer->set_next_block_timestamp(strict.head()->header().timestamp));
}

TEST(DevWriter, TimeTravelsAndKeepsItsOffsetOverARestart) {
  DevFixture f;
  EXPECT_EQ(f.writer->increase_time(3'600), 3'600);
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, 1'700'003'600u);
  ASSERT_TRUE(f.writer->set_next_block_timestamp(1'900'000'000));
  f.restart();
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ(f.head()->header().timestamp, 1'900'000'000u);
  EXPECT_FALSE(f.writer->set_next_block_timestamp(1'899'999'999));
}

TEST(DevWriter, CheatIsSeenAtOnceAndBelongsToTheNextRoot) {
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  f.set_balance(kSomebody, kEther);
  EXPECT_EQ(f.balance(kSomebody), kEther);
  EXPECT_TRUE(f.head()->has_pending_cheats());
  EXPECT_NE(f.head()->header().state_root, state::state_root(*f.store));
  f.restart();
  EXPECT_TRUE(f.head()->has_pending_cheats());
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_FALSE(f.head()->has_pending_cheats());
  EXPECT_EQ(f.head()->header().state_root, state::state_root(*f.store));
  EXPECT_EQ(f.head()->state_at(1)->account(kSomebody)->balance, kEther);
  EXPECT_EQ(f.head()->state_at(0)->account(kSomebody), std::nullopt);
}

TEST(DevWriter, RevertTakesBackBlocksCheatsAndSettingsAfterTheSnapshot) {
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  f.set_balance(kSomebody, 50);
  const std::uint64_t id = f.writer->snapshot().value();
  const Hash256 head = f.head()->hash();

  const Hash256 gone = f.send({.to = kSomebody, .value = 1});
  f.set_balance(kSomebody, 99);
  ASSERT_TRUE(f.writer->increase_time(100));
  ASSERT_TRUE(f.writer->mine({.count = 3}));

  EXPECT_EQ(f.writer->revert(id), true);
  EXPECT_EQ(f.head()->hash(), head);
  EXPECT_EQ(f.balance(kSomebody), U256{50});
  EXPECT_TRUE(f.head()->has_pending_cheats());
  EXPECT_EQ(f.head()->settings().clock_offset, 0);
  EXPECT_EQ(f.head()->place_of(gone), std::nullopt);
  EXPECT_EQ(f.head()->number_of(gone), std::nullopt);
  EXPECT_EQ(f.writer->revert(id), false);  // used up
}

TEST(DevWriter, AfterARevertTheClockGoesOnFromWhereItStoodAtTheSnapshot) {
  DevFixture f;
  ASSERT_TRUE(f.writer->increase_time(1'000));
  const std::uint64_t then = f.writer->next_header().timestamp;
  const std::uint64_t id = f.writer->snapshot().value();
  f.clock->advance(60'000);
  EXPECT_EQ(f.writer->next_header().timestamp, then + 60);
  EXPECT_EQ(f.writer->revert(id), true);
  EXPECT_EQ(f.writer->next_header().timestamp, then);
  f.clock->advance(5'000);
  EXPECT_EQ(f.writer->next_header().timestamp, then + 5);
}

TEST(DevWriter, RevertKeepsWhatWaitsWithANonceAhead) {
  DevFixture f;
  const std::uint64_t id = f.writer->snapshot().value();
  f.send({.to = kSomebody, .value = 1, .nonce = 0});
  const Hash256 waits = f.send({.to = kSomebody, .value = 1, .nonce = 2});
  EXPECT_EQ(f.writer->revert(id), true);
  f.settle();
  EXPECT_NE(f.writer->ask_pool([&](const auto& pool) { return pool.find(waits); }), nullptr);
  EXPECT_EQ(f.nonce(accounts()[0].address), 0u);
}

TEST(DevWriter, RevertingToAnOldSnapshotForgetsLaterOnes) {
  DevFixture f;
  const std::uint64_t first = f.writer->snapshot().value();
  f.send({.to = kSomebody, .value = 1});
  const std::uint64_t second = f.writer->snapshot().value();
  EXPECT_EQ(f.writer->revert(first), true);
  EXPECT_EQ(f.writer->revert(second), false);
}

TEST(DevWriter, TellsListenersWhatCameAndWhatWent) {
  DevFixture f;
  std::vector<std::string> told;
  const auto subscription = f.writer->events().subscribe([&](const Event& event) {
    if (const auto* head = std::get_if<HeadChanged>(&event)) {
      told.push_back("-" + std::to_string(head->removed.size()) + " head " +
                     std::to_string(head->head->number()));
    } else {
      told.emplace_back("pooled");
    }
  });
  const std::uint64_t id = f.writer->snapshot().value();
  f.send({.to = kSomebody, .value = 1});
  ASSERT_TRUE(f.writer->mine({}));
  ASSERT_TRUE(f.writer->revert(id));
  EXPECT_THAT(told, ElementsAre("pooled", "-0 head 1", "-0 head 2", "-2 head 0"));
}

TEST(DevWriter, PendingBlockIsWhatWouldBeMined) {
  DevFixture f;
  f.set_automine(false);
  f.send({.to = kSomebody, .value = 7});
  const auto pending = f.writer->pending_block();
  ASSERT_TRUE(pending);
  EXPECT_EQ((*pending)->header().number, 1u);
  EXPECT_EQ((*pending)->block()->senders.size(), 1u);
  EXPECT_EQ((*pending)->state()->account(kSomebody)->balance, U256{7});
  EXPECT_EQ(f.head()->number(), 0u);
  EXPECT_EQ(f.writer->pending_block(), pending);  // kept while nothing changes
  ASSERT_TRUE(f.writer->mine({}));
  EXPECT_EQ((*pending)->block()->block.header.state_root, f.head()->header().state_root);
  EXPECT_EQ((*pending)->block()->hash, f.head()->hash());
}

TEST(DevWriter, ImpersonatedSenderIsKeptInTheRecord) {
  DevFixture f;
  f.set_balance(kSomebody, kEther);
  Submission submission = submission_of({.to = accounts()[0].address, .value = 5});
  submission.key.reset();
  submission.impersonate = kSomebody;
  submission.assign_nonce = true;
  const auto ready = prepared(submission);
  ASSERT_TRUE(ready);
  const auto hash = f.writer->admit(*ready);
  ASSERT_TRUE(hash) << hash.error().message;
  f.settle();
  f.restart();
  const auto block = f.head()->block_at(1);
  EXPECT_THAT(block->senders, ElementsAre(kSomebody));
  EXPECT_EQ(block->block.transactions[0].signature.s, base::from_be(kSomebody));
  EXPECT_EQ(f.nonce(kSomebody), 1u);
}

TEST(DevWriter, SameHistoryGivesTheSameBlocks) {
  const auto history = [] {
    DevFixture f;
    f.send({.to = kSomebody, .value = 1});
    f.set_balance(kSomebody, 77);
    f.send({.from = 3, .to = kSomebody, .value = 1});
    return f.head()->hash();
  };
  EXPECT_EQ(history(), history());
}

TEST(DevWriter, NewChainHasWhatToolsExpect) {
  DevFixture f;
  EXPECT_EQ(f.head()->config().chain_id, 31'337u);
  EXPECT_EQ(accounts()[0].address, "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"_address);
  EXPECT_EQ(f.balance(accounts()[9].address), U256{10'000} * kEther);
  EXPECT_EQ(f.head()->header().gas_limit, 60'000'000u);
  for (const Address& contract : {"0x4e59b44847b379578588920ca78fbf26c0b4956c"_address,
                                  "0xca11bde05977b3631167028862be2a173976ca11"_address,
                                  "0x000f3df6d732807ef1319fb7b8bb8522d0beac02"_address}) {
    EXPECT_TRUE(f.head()->state()->account(contract)->has_code());
  }
}

TEST(DevWriter, DeployerProxyCreatesAtTheAddressThatEip1014Names) {
  DevFixture f;
  const Bytes init = creation_of(*base::from_hex("602a5f5260205ff3"));
  Bytes data(32, 0);  // salt 0
  base::append(data, init);
  f.send({.to = "0x4e59b44847b379578588920ca78fbf26c0b4956c"_address, .data = data});
  const Address created =
      evm::create2_address("0x4e59b44847b379578588920ca78fbf26c0b4956c"_address, Hash256{}, init);
  EXPECT_TRUE(f.head()->state()->account(created).has_value());
}

}  // namespace
}  // namespace cairn::node
