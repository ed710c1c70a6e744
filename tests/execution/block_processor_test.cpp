#include "execution/block_processor.hpp"

#include "execution/block_rules.hpp"
#include "execution/system_calls.hpp"
#include "tests/execution/story.hpp"

namespace cairn::execution::testing {
namespace {

// Slot 0 = the first word of the call data; slot 1 = the caller.
const Bytes kRecorder = {0x60, 0x00, 0x35, 0x60, 0x00, 0x55, 0x33, 0x60, 0x01, 0x55, 0x00};
// Returns 32 bytes whose last is 7.
const Bytes kReturnsSeven = {0x60, 0x07, 0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xf3};
const Bytes kReturnsNothing = {0x00};
const Bytes kFails = {0xfe};

class BlockStory {
 public:
  explicit BlockStory(Fork fork) : config(types::config_at(fork)), fork_(fork) {
    header.number = 5;
    header.gas_limit = 30'000'000;
    header.beneficiary = kCoinbase;
    header.parent_hash = base::to_hash(U256{0xaa});
    if (fork >= Fork::london) {
      header.base_fee_per_gas = kBaseFee;
    }
    if (fork >= Fork::cancun) {
      header.parent_beacon_block_root = base::to_hash(U256{0xbb});
      header.excess_blob_gas = 0;
    }
    if (fork >= Fork::prague) {
      before[kWithdrawalRequestsAddress].code = kReturnsNothing;
      before[kConsolidationRequestsAddress].code = kReturnsNothing;
    }
    before[kSender].balance = kEther;
  }

  types::Transaction transfer(std::uint64_t nonce) const {
    types::Transaction transaction;
    transaction.nonce = nonce;
    transaction.to = kReceiver;
    transaction.value = 1;
    transaction.gas_limit = 21'000;
    transaction.max_fee_per_gas = kPrice;
    transaction.max_priority_fee_per_gas = kPrice;
    return transaction;
  }

  Judged<BlockOutcome> run(std::vector<types::Transaction> transactions = {}) {
    after = state::MemoryState(before);
    const state::MemoryState base = after;
    state::Overlay overlay(base);
    BlockProcessor processor(overlay, header, config, environment_of(header, config, fork_, {}));
    processor.begin();
    for (const types::Transaction& transaction : transactions) {
      CAIRN_TRY(last, processor.add(transaction, kSender));
    }
    auto outcome = processor.finish(withdrawals, ommers);
    after.apply(overlay.changeset());
    return outcome;
  }

  U256 balance_after(const Address& address) const {
    return after.account(address).value_or(types::Account{}).balance;
  }

  types::ChainConfig config;
  types::Header header;
  std::map<Address, types::GenesisAccount> before;
  std::vector<types::Withdrawal> withdrawals;
  std::vector<types::Header> ommers;
  TransactionOutcome last;
  state::MemoryState after;

 private:
  Fork fork_;
};

TEST(BlockProcessor, TellsTheBeaconRootAndTheParentHashToTheirContracts) {
  BlockStory story(Fork::prague);
  story.before[kBeaconRootsAddress].code = kRecorder;
  story.before[kHistoryAddress].code = kRecorder;
  ASSERT_TRUE(story.run());
  EXPECT_EQ(story.after.storage(kBeaconRootsAddress, 0), U256{0xbb});
  EXPECT_EQ(story.after.storage(kHistoryAddress, 0), U256{0xaa});
  EXPECT_EQ(story.after.storage(kHistoryAddress, 1), base::to_u256(kSystemAddress));
  EXPECT_FALSE(story.after.account(kSystemAddress));
}

TEST(BlockProcessor, TellsEachContractOnlyFromItsForkOn) {
  BlockStory story(Fork::cancun);
  story.before[kBeaconRootsAddress].code = kRecorder;
  story.before[kHistoryAddress].code = kRecorder;
  ASSERT_TRUE(story.run());
  EXPECT_EQ(story.after.storage(kBeaconRootsAddress, 0), U256{0xbb});
  EXPECT_EQ(story.after.storage(kHistoryAddress, 0), U256{});
}

TEST(BlockProcessor, GoesOnWhereThoseContractsFailOrAreMissing) {
  BlockStory story(Fork::prague);
  story.before[kBeaconRootsAddress].code = kFails;
  EXPECT_TRUE(story.run());
}

TEST(BlockProcessor, CollectsTheRequestsOfTheSystemContracts) {
  BlockStory story(Fork::prague);
  story.before[kConsolidationRequestsAddress].code = kReturnsSeven;
  const auto outcome = story.run();
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->requests.size(), 1u);  // the empty ones are left out
  EXPECT_EQ(outcome->requests[0].size(), 33u);
  EXPECT_EQ(outcome->requests[0].front(), 2);
  EXPECT_EQ(outcome->requests[0].back(), 7);
}

TEST(BlockProcessor, RefusesABlockWhoseRequestContractIsMissingOrFails) {
  BlockStory story(Fork::prague);
  story.before[kWithdrawalRequestsAddress].code = kFails;
  EXPECT_EQ(story.run().error().code, Refused::system_call_failed);
  story.before.erase(kWithdrawalRequestsAddress);
  EXPECT_EQ(story.run().error().code, Refused::system_contract_empty);
}

TEST(BlockProcessor, PaysWithdrawalsInGwei) {
  BlockStory story(Fork::shanghai);
  story.withdrawals = {{.index = 0, .validator_index = 0, .address = kReceiver, .amount = 3},
                       {.index = 1, .validator_index = 0, .address = kCoinbase, .amount = 0}};
  ASSERT_TRUE(story.run());
  EXPECT_EQ(story.balance_after(kReceiver), U256{3'000'000'000});
  EXPECT_FALSE(story.after.account(kCoinbase));  // nothing was paid: EIP-161
}

TEST(BlockProcessor, RewardsBlocksAndOmmersBeforeTheMerge) {
  for (const auto& [fork, ether] : {std::pair{Fork::frontier, 5u},
                                    {Fork::byzantium, 3u},
                                    {Fork::constantinople, 2u},
                                    {Fork::london, 2u}}) {
    BlockStory story(fork);
    types::Header ommer;
    ommer.number = story.header.number - 2;
    ommer.beneficiary = kReceiver;
    story.ommers = {ommer};
    ASSERT_TRUE(story.run());
    const U256 reward = U256{ether} * U256{kEther};
    EXPECT_EQ(story.balance_after(kCoinbase), reward + reward / U256{32});
    EXPECT_EQ(story.balance_after(kReceiver), reward * U256{6} / U256{8});
  }
  BlockStory merged(Fork::paris);
  ASSERT_TRUE(merged.run());
  EXPECT_FALSE(merged.after.account(kCoinbase));
}

TEST(BlockProcessor, CountsGasOverItsTransactions) {
  BlockStory story(Fork::osaka);
  const auto outcome = story.run({story.transfer(0), story.transfer(1)});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->gas_used, 42'000u);
  EXPECT_EQ(outcome->receipts[1].cumulative_gas_used, 42'000u);
  EXPECT_EQ(story.balance_after(kReceiver), U256{2});
}

TEST(BlockProcessor, RefusesWhatDoesNotFitIntoTheRestOfTheBlock) {
  BlockStory story(Fork::osaka);
  story.header.gas_limit = 41'999;
  const auto outcome = story.run({story.transfer(0), story.transfer(1)});
  EXPECT_EQ(outcome.error().code, Refused::gas_limit_above_block);
}

TEST(BlockProcessor, JoinsTheBloomsOfItsReceipts) {
  BlockStory story(Fork::osaka);
  story.before[kReceiver].code = {0x60, 0x00, 0x60, 0x00, 0xa0, 0x00};  // LOG0 of nothing
  types::Transaction transaction = story.transfer(0);
  transaction.gas_limit = 50'000;
  const auto outcome = story.run({transaction});
  ASSERT_TRUE(outcome);
  types::Bloom expected;
  types::add_to_bloom(expected, kReceiver);
  EXPECT_EQ(outcome->logs_bloom, expected);
}

TEST(BlockProcessor, MovesTheDaosBalanceAtItsFork) {
  constexpr Address kDao = "0xbb9bc244d798123fde783fcc1c72d3bb8c189413"_address;
  BlockStory story(Fork::homestead);
  story.config.dao_fork_block = story.header.number;
  story.before[kDao].balance = 77;
  ASSERT_TRUE(story.run());
  EXPECT_EQ(story.balance_after(kDao), U256{});
  EXPECT_EQ(story.balance_after("0xbf4ed7b27f1d666546e30d74d50d173d20bca754"_address), U256{77});
}

// What ties a header to its block

class BlockRules : public ::testing::Test {
 protected:
  BlockRules() : story(Fork::osaka) {
    block.header = story.header;
    block.transactions = {story.transfer(0)};
    block.withdrawals.emplace();
    outcome = *story.run(block.transactions);
    block.header.transactions_root = transactions_root(block.transactions);
    block.header.receipts_root = receipts_root(outcome.receipts);
    block.header.withdrawals_root = types::kEmptyTrieRoot;
    block.header.requests_hash = types::kEmptyRequestsHash;
    block.header.gas_used = 21'000;
    block.header.blob_gas_used = 0;
    block.header.state_root = story.after.root();
  }
  std::optional<Refused> refusal() const {
    auto judged = validate_body(block, 1'000, Fork::osaka);
    if (judged) {
      judged = validate_outcome(block, outcome, story.after.root(), Fork::osaka);
    }
    return judged ? std::nullopt : std::optional(judged.error().code);
  }

  BlockStory story;
  types::Block block;
  BlockOutcome outcome;
};

TEST_F(BlockRules, AcceptTheHeaderThatFollowsFromTheBlock) { EXPECT_EQ(refusal(), std::nullopt); }

TEST_F(BlockRules, RefuseAnyOtherCommitment) {
  const types::Header good = block.header;
  const auto refusal_with = [&](auto change) {
    block.header = good;
    change(block.header);
    return refusal();
  };
  EXPECT_EQ(refusal_with([](auto& h) { h.transactions_root = Hash256{}; }),
            Refused::invalid_transactions_root);
  EXPECT_EQ(refusal_with([](auto& h) { h.ommers_hash = Hash256{}; }), Refused::invalid_ommers);
  EXPECT_EQ(refusal_with([](auto& h) { h.withdrawals_root = Hash256{}; }),
            Refused::invalid_withdrawals_root);
  EXPECT_EQ(refusal_with([](auto& h) { h.gas_used = 1; }), Refused::invalid_gas_used);
  EXPECT_EQ(refusal_with([](auto& h) { h.logs_bloom.bytes[0] = 1; }), Refused::invalid_logs_bloom);
  EXPECT_EQ(refusal_with([](auto& h) { h.receipts_root = Hash256{}; }),
            Refused::invalid_receipts_root);
  EXPECT_EQ(refusal_with([](auto& h) { h.blob_gas_used = kGasPerBlob; }),
            Refused::invalid_blob_gas_used);
  EXPECT_EQ(refusal_with([](auto& h) { h.requests_hash = Hash256{}; }),
            Refused::invalid_requests_hash);
  EXPECT_EQ(refusal_with([](auto& h) { h.state_root = Hash256{}; }), Refused::invalid_state_root);
}

TEST_F(BlockRules, RefuseMoreThan8MiBFromOsakaOn) {
  EXPECT_TRUE(validate_body(block, kMaxBlockSize, Fork::osaka));
  EXPECT_EQ(validate_body(block, kMaxBlockSize + 1, Fork::osaka).error().code,
            Refused::block_too_large);
  EXPECT_TRUE(validate_body(block, kMaxBlockSize + 1, Fork::prague));
}

TEST_F(BlockRules, WantWithdrawalsExactlyFromShanghaiOn) {
  EXPECT_EQ(validate_body(block, 1, Fork::paris).error().code, Refused::unexpected_field);
  block.withdrawals.reset();
  EXPECT_EQ(validate_body(block, 1, Fork::shanghai).error().code, Refused::missing_field);
}

}  // namespace
}  // namespace cairn::execution::testing
