#include "node/call.hpp"

#include <gtest/gtest.h>

#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

// Returns the first word of storage; with call data it stores it first.
//   CALLDATASIZE ISZERO PUSH1 8 JUMPI  0 CALLDATALOAD 0 SSTORE  JUMPDEST 0 SLOAD 0 MSTORE  32 0
//   RETURN
constexpr std::string_view kCell =
    "3615600957"
    "5f355f55"
    "5b"
    "5f545f5260205ff3";

CallSite site_of(const DevFixture& f) { return *call_site_at(*f.head(), f.head()->number()); }

U256 word(const Bytes& output) { return base::from_be(output); }

TEST(Call, ReturnsWhatTheContractReturns) {
  DevFixture f;
  const Address contract = f.deploy("602a5f5260205ff3");
  const auto outcome = execute_call(site_of(f), {.to = contract});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, evm::Status::success);
  EXPECT_EQ(word(outcome->output), U256{42});
}

TEST(Call, CreationAnswersTheCodeThatItWouldLeave) {
  DevFixture f;
  const auto outcome = execute_call(site_of(f), {.data = *base::from_hex("60fe5f5360015ff3")});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output, Bytes{0xfe});
}

TEST(Call, LeavesNoTrace) {
  DevFixture f;
  const Hash256 before = f.head()->hash();
  ASSERT_TRUE(
      execute_call(site_of(f), {.from = accounts()[0].address, .to = kSomebody, .value = 5}));
  EXPECT_EQ(f.head()->hash(), before);
  EXPECT_EQ(f.balance(kSomebody), U256{});
}

TEST(Call, RevertIsAnOutcomeWithItsBytes) {
  DevFixture f;
  const Address contract = f.deploy("602a5f5260205ffd");
  const auto outcome = execute_call(site_of(f), {.to = contract});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, evm::Status::revert);
  EXPECT_EQ(word(outcome->output), U256{42});
}

TEST(Call, ValueThatIsNotThereIsRefused) {
  DevFixture f;
  const auto refused = execute_call(site_of(f), {.to = kSomebody, .value = 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, execution::Refused::insufficient_funds);
}

TEST(Call, ACapOfZeroLeavesTheBlocksLimitAlone) {
  DevFixture f;
  const Address contract = f.deploy("5a5f5260205ff3");  // returns the gas that is left
  const auto gas_under = [&](std::uint64_t cap) {
    CallOptions options;
    options.gas_cap = cap;
    return word(execute_call(site_of(f), {.to = contract}, options)->output);
  };
  EXPECT_LT(gas_under(100'000), U256{100'000});
  EXPECT_GT(gas_under(0), U256{10'000'000});
}

TEST(Call, MayHaveMoreGasThanItsBlock) {
  DevFixture f;
  CallOptions options;
  options.block_overrides.gas_limit = 1;
  const auto outcome = execute_call(site_of(f), {.to = f.deploy("455f5260205ff3")}, options);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(word(outcome->output), U256{1});
}

TEST(Call, OverridesStateAndBlock) {
  DevFixture f;
  const Address contract = f.deploy("5f545f524360205260405ff3");  // slot 0, block number
  CallOptions options;
  options.state_overrides[contract].state_diff[0] = 7;
  options.state_overrides[kSomebody].balance = kEther;
  options.block_overrides.number = 99;
  const auto outcome =
      execute_call(site_of(f), {.from = kSomebody, .to = contract, .value = 1}, options);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(word(Bytes(outcome->output.begin(), outcome->output.begin() + 32)), U256{7});
  EXPECT_EQ(word(Bytes(outcome->output.begin() + 32, outcome->output.end())), U256{99});
}

// EIP-7516: the block's, unless the call caps the price of its blobs at zero.
TEST(Call, AnswersTheBlobBaseFeeUnlessItsCapIsZero) {
  DevFixture f;
  const Address contract = f.deploy("4a5f5260205ff3");
  const auto fee_in = [&](CallRequest request) {
    request.to = contract;
    return word(execute_call(site_of(f), request)->output);
  };
  const Hash256 blob{.bytes = {1}};
  EXPECT_EQ(fee_in({}), U256{1});
  EXPECT_EQ(fee_in({.max_fee_per_blob_gas = U256{}}), U256{});
  EXPECT_EQ(fee_in({.blob_hashes = {{blob}}}), U256{});
  EXPECT_EQ(fee_in({.from = accounts()[0].address,
                    .max_fee_per_blob_gas = U256{7},
                    .blob_hashes = {{blob}}}),
            U256{1});
}

TEST(Call, AsksThePastAsItWas) {
  DevFixture f;
  const Address contract = f.deploy(kCell);
  Bytes five(32, 0);
  five[31] = 5;
  f.send({.to = contract, .data = five});
  const std::uint64_t then = f.head()->number();
  five[31] = 6;
  f.send({.to = contract, .data = five});
  EXPECT_EQ(word(execute_call(*call_site_at(*f.head(), then), {.to = contract})->output), U256{5});
  EXPECT_EQ(word(execute_call(site_of(f), {.to = contract})->output), U256{6});
  EXPECT_FALSE(call_site_at(*f.head(), f.head()->number() + 1));
}

// Says 0xdeadbeef to console.log's address, then keeps 1 in slot 0.
constexpr std::string_view kSays =
    "63deadbeef5f525f5f6004601c6a636f6e736f6c652e6c6f675afa505f6001555f5f55";

TEST(Call, KeepsWhatIsSaidToTheConsoleWhereAsked) {
  DevFixture f;
  const Address says = f.deploy(std::string(kSays));
  EXPECT_TRUE(execute_call(site_of(f), {.to = says})->console.empty());
  const auto outcome = execute_call(site_of(f), {.to = says}, {.keeps_console = true});
  EXPECT_EQ(outcome->console.messages(), std::vector<Bytes>{*base::from_hex("deadbeef")});
}

TEST(EstimateGas, KeepsWhatIsSaidToTheConsoleOnce) {
  DevFixture f;
  const Address says = f.deploy(std::string(kSays));
  const auto estimate = estimate_gas(site_of(f), {.to = says}, {.keeps_console = true});
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->console.messages().size(), 1u);
}

TEST(EstimateGas, TransferCostsTwentyOneThousand) {
  DevFixture f;
  const auto estimate =
      estimate_gas(site_of(f), {.from = accounts()[0].address, .to = kSomebody, .value = 1});
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->gas, 21'000u);
}

// Enough, and at most 1.5 % above what is not.
void expect_close(const DevFixture& f, const CallRequest& request) {
  const auto estimate = estimate_gas(site_of(f), request);
  ASSERT_TRUE(estimate) << estimate.error().message;
  ASSERT_EQ(estimate->status, evm::Status::success);
  CallRequest again = request;
  again.gas = estimate->gas;
  EXPECT_EQ(execute_call(site_of(f), again)->status, evm::Status::success);
  again.gas = estimate->gas - estimate->gas * 15 / 1000;
  const auto less = execute_call(site_of(f), again);
  EXPECT_TRUE(!less || less->status != evm::Status::success);
}

TEST(EstimateGas, IsCloseToTheSmallestLimitThatWorks) {
  DevFixture f;
  const Address stores = f.deploy("60015f55");
  expect_close(f, {.to = stores});
  expect_close(f, {.data = creation_of(*base::from_hex("602a5f5260205ff3"))});
}

// 43,105 are needed. 46,125, the first guess, works, and so do the middles from 43,104 on: 44,614,
// 43,859, 43,481.
TEST(EstimateGas, EndsItsSearchWhereGethDoes) {
  DevFixture f;
  EXPECT_EQ(estimate_gas(site_of(f), {.to = f.deploy("60015f55")})->gas, 43'481u);
  EXPECT_EQ(estimate_gas(site_of(f), {.data = *base::from_hex("600a80600b6000396000f3")})->gas,
            0xdaacu);
}

TEST(EstimateGas, CoversWhatIsRefunded) {
  DevFixture f;
  const Address clears = f.deploy(kCell);
  Bytes one(32, 0);
  one[31] = 1;
  f.send({.to = clears, .data = one});
  const CallRequest request{.to = clears, .data = Bytes(32, 0)};
  const auto estimate = estimate_gas(site_of(f), request);
  ASSERT_TRUE(estimate);
  CallRequest again = request;
  again.gas = estimate->gas;
  const auto outcome = execute_call(site_of(f), again);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, evm::Status::success);
  EXPECT_LT(outcome->gas_used + 4'000, estimate->gas);
}

TEST(EstimateGas, CountsTheSixtyFourthThatCallsKeepBack) {
  DevFixture f;
  // Burns gas in a loop of 3,000 rounds.
  const Address burner = f.deploy(
      "610bb85b60019003806003"
      "57");
  std::string code = "5f5f5f5f5f73" + base::to_hex_unprefixed(burner) + "5af16022575f5ffd5b00";
  const Address caller = f.deploy(code);
  expect_close(f, {.to = caller});
}

TEST(EstimateGas, TakesALimitBelowATransfersForNone) {
  DevFixture f;
  const CallRequest request{.to = f.deploy("60015f55")};
  CallRequest limited = request;
  limited.gas = 20'999;
  EXPECT_EQ(estimate_gas(site_of(f), limited)->gas, estimate_gas(site_of(f), request)->gas);
  limited.gas = 30'000;
  EXPECT_EQ(estimate_gas(site_of(f), limited)->status, evm::Status::out_of_gas);
}

TEST(EstimateGas, LeavesSomethingToPayTheGasWith) {
  DevFixture f;
  CallOptions options;
  options.state_overrides[kSomebody].balance = kEther;
  const auto refused = estimate_gas(
      site_of(f), {.from = kSomebody, .to = kSomebody, .max_fee_per_gas = kEther, .value = kEther},
      options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "insufficient funds for transfer");
}

TEST(EstimateGas, SaysHowItFailsWithEveryLimit) {
  DevFixture f;
  const Address reverts = f.deploy("602a5f5260205ffd");
  const auto estimate = estimate_gas(site_of(f), {.to = reverts});
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->status, evm::Status::revert);
  EXPECT_EQ(word(estimate->output), U256{42});
}

TEST(EstimateGas, NeverAsksForMoreThanATransactionMayHave) {
  DevFixture f;
  const Address endless = f.deploy("5b5f56");
  const auto estimate = estimate_gas(site_of(f), {.to = endless});
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->status, evm::Status::out_of_gas);
  EXPECT_EQ(estimate->gas, std::uint64_t{1} << 24);
}

}  // namespace
}  // namespace cairn::node
