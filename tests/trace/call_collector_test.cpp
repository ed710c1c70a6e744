#include "trace/call_collector.hpp"

#include <gtest/gtest.h>

#include "codec/abi.hpp"
#include "evm/evm.hpp"
#include "tests/trace/traced_story.hpp"

namespace cairn::trace {
namespace {

using evm::Status;
using types::Fork;

class Collected : public TracedStory {
 protected:
  CallFrame run(const CollectorOptions& options = {}) {
    CallCollector collector(story_.env.context.fork, options);
    const auto outcome = TracedStory::run(collector);
    truncated_ = collector.is_truncated();
    return collector.finish(story_.transaction.gas_limit, outcome.gas_used).value_or(CallFrame{});
  }

  bool truncated_ = false;
};

// CALL(gas, 0xca, 0, no input, no output).
constexpr std::string_view kCallOther =
    "600060006000600060006"
    "0ca61ffff"
    "f1";

TEST_F(Collected, ATransferIsOneFrameWithTheTransactionsGas) {
  story_.transaction.value = 7;
  const CallFrame frame = run();
  EXPECT_EQ(frame.type, FrameType::call);
  EXPECT_EQ(frame.from, kSender);
  EXPECT_EQ(frame.to, kReceiver);
  EXPECT_EQ(frame.value, U256{7});
  EXPECT_EQ(frame.gas, 100'000u);
  EXPECT_EQ(frame.gas_used, 21'000u);
  EXPECT_TRUE(frame.error.empty());
}

TEST_F(Collected, CallsNestAndSayWhyTheyFailed) {
  contract(kReceiver, std::string(kCallOther) + "00");
  contract(kOther, "0x01");
  const CallFrame frame = run();
  ASSERT_EQ(frame.calls.size(), 1u);
  EXPECT_EQ(frame.calls[0].from, kReceiver);
  EXPECT_EQ(frame.calls[0].to, kOther);
  EXPECT_EQ(frame.calls[0].error, "stack underflow (0 <=> 2)");
  EXPECT_EQ(frame.calls[0].gas_used, frame.calls[0].gas);
  EXPECT_TRUE(frame.error.empty());
}

// Its price is in its input: without that it has none, and fails for its length.
TEST_F(Collected, Blake2fOfAnotherLengthFailsForThat) {
  contract(kReceiver, "0x6000600060016000600060096001f100");  // CALL(1, 9, 0, 0, 1, 0, 0)
  const CallFrame frame = run();
  ASSERT_EQ(frame.calls.size(), 1u);
  EXPECT_EQ(frame.calls[0].error, "invalid input length");
  EXPECT_EQ(frame.calls[0].gas_used, 1u);
}

TEST_F(Collected, UndefinedCodesAreNamedAsGethDoes) {
  contract(kReceiver, "0x0c");
  EXPECT_EQ(run().error, "invalid opcode: opcode 0xc not defined");
  contract(kReceiver, "0xfe");
  EXPECT_EQ(run().error, "invalid opcode: INVALID");
  story_.env.context.fork = Fork::london;
  contract(kReceiver, "0x5f");
  EXPECT_EQ(run().error, "invalid opcode: PUSH0");
}

// A loop of 200 rounds, so that the fast loop runs, then what `end` says.
std::string after_a_loop(std::string_view end) {
  return "60c85b600190038060025700" + std::string(end);
}

TEST_F(Collected, TheFastLoopSaysWhereItHaltedToo) {
  std::string code = after_a_loop("");
  code.resize(code.size() - 2);
  story_.transaction.gas_limit = 1'000'000;
  contract(kReceiver, code + "0c");
  EXPECT_EQ(run().error, "invalid opcode: opcode 0xc not defined");
  contract(kReceiver, code + "0101");
  EXPECT_EQ(run().error, "stack underflow (1 <=> 2)");
}

TEST_F(Collected, CallsBeyondTheBalanceAreFramesThatCostNothing) {
  contract(kReceiver,
           "0x60006000600060006001"
           "60ca61fffff100");
  const CallFrame frame = run();
  ASSERT_EQ(frame.calls.size(), 1u);
  EXPECT_EQ(frame.calls[0].error, "insufficient balance for transfer");
  EXPECT_EQ(frame.calls[0].gas_used, 0u);
}

TEST_F(Collected, RevertsCarryTheirReason) {
  // Returns with REVERT what it was called with.
  contract(kReceiver,
           "0x3660006000373660"
           "00fd");
  story_.transaction.data = codec::encode_revert_error("not today");
  const CallFrame frame = run();
  EXPECT_EQ(frame.error, "execution reverted");
  EXPECT_EQ(frame.revert_reason, "not today");
  EXPECT_EQ(frame.output, story_.transaction.data);
}

TEST_F(Collected, LogsHaveTheirPlaceAmongTheCallsAndGoWithAFailedFrame) {
  const std::string log = "60006000a0";
  contract(kReceiver, log + std::string(kCallOther) + log + "00");
  contract(kOther, log + "00");
  CallFrame frame = run({.with_logs = true, .first_log_index = 5});
  ASSERT_EQ(frame.logs.size(), 2u);
  ASSERT_EQ(frame.calls.at(0).logs.size(), 1u);
  EXPECT_EQ(frame.logs[0].index, 5u);
  EXPECT_EQ(frame.logs[0].position, 0u);
  EXPECT_EQ(frame.calls[0].logs[0].index, 6u);
  EXPECT_EQ(frame.logs[1].index, 7u);
  EXPECT_EQ(frame.logs[1].position, 1u);

  contract(kOther, log + "fe");
  frame = run({.with_logs = true, .first_log_index = 5});
  EXPECT_TRUE(frame.calls.at(0).logs.empty());
  EXPECT_EQ(frame.logs.at(1).index, 6u);
}

TEST_F(Collected, DelegateCallsComeFromTheContractAndKeepTheValue) {
  contract(kReceiver, "0x600060006000600060ca61fffff400");
  story_.transaction.value = 3;
  const CallFrame call = run().calls.at(0);
  EXPECT_EQ(call.type, FrameType::delegate_call);
  EXPECT_EQ(call.from, kReceiver);
  EXPECT_EQ(call.to, kOther);
  EXPECT_EQ(call.value, U256{3});
}

TEST_F(Collected, StaticCallsHaveNoValueAndPrecompilesAreMarked) {
  contract(kReceiver, "0x6000600060006000600461fffffa00");
  const CallFrame call = run().calls.at(0);
  EXPECT_EQ(call.type, FrameType::static_call);
  EXPECT_EQ(call.value, std::nullopt);
  EXPECT_TRUE(call.is_precompile);
}

TEST_F(Collected, ACreationShowsItsCodeOrLosesItsAddress) {
  story_.transaction.to.reset();
  story_.transaction.data = *base::from_hex("0x600160005360016000f3");
  CallFrame frame = run();
  EXPECT_EQ(frame.type, FrameType::create);
  EXPECT_EQ(frame.to, evm::create_address(kSender, 0));
  EXPECT_EQ(frame.output, Bytes{1});
  story_.transaction.data = *base::from_hex("0x60ef60005360016000f3");
  frame = run();
  EXPECT_EQ(frame.to, std::nullopt);
  EXPECT_EQ(frame.error, "invalid code: must not begin with 0xef");
  EXPECT_TRUE(frame.output.empty());
}

TEST_F(Collected, SelfdestructIsAFrameOfItsOwn) {
  contract(kReceiver, "0x60caff");
  story_.transaction.value = 9;
  const CallFrame frame = run();
  ASSERT_EQ(frame.calls.size(), 1u);
  EXPECT_EQ(frame.calls[0].type, FrameType::selfdestruct);
  EXPECT_EQ(frame.calls[0].to, kOther);
  EXPECT_EQ(frame.calls[0].value, U256{9});
}

TEST_F(Collected, FramesBeyondTheLimitAreLeftOutAndSaidSo) {
  contract(kReceiver, std::string(kCallOther) + std::string(kCallOther) + "00");
  contract(kOther, "00");
  EXPECT_EQ(run().calls.size(), 2u);
  EXPECT_FALSE(truncated_);
  EXPECT_EQ(run({.max_bytes = 2 * sizeof(CallFrame)}).calls.size(), 1u);
  EXPECT_TRUE(truncated_);
  EXPECT_TRUE(run({.only_top_call = true}).calls.empty());
  EXPECT_FALSE(truncated_);
}

}  // namespace
}  // namespace cairn::trace
