#include "api/call_timer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

using std::chrono::milliseconds;

// JUMPDEST PUSH0 JUMP; then the same loop behind a call that swallows the failure; both go on for
// as long as there is gas, which --rpc.gascap makes hours of.
constexpr std::string_view kLoop = "0x5b5f56";
constexpr std::string_view kCallsLoop =
    "0x5f5f5f5f5f73000000000000000000000000000000000000bbbb5af1"
    "60015f5260205ff3";

std::string call_of(std::string_view to) {
  return R"([{"to":"0x000000000000000000000000000000000000)" + std::string(to) +
         R"(","gas":"0x10000000000000"},"latest",)"
         R"({"0x000000000000000000000000000000000000aaaa":{"code":")" +
         std::string(kCallsLoop) + R"("},"0x000000000000000000000000000000000000bbbb":{"code":")" +
         std::string(kLoop) + R"("}}])";
}

class CallTimerTest : public ::testing::Test {
 protected:
  CallTimerTest() {
    chain_.context().limits.call_gas = std::uint64_t{1} << 60;
    chain_.context().call_timer = std::make_shared<CallTimer>(milliseconds(50));
    // The block's gas limit bounds a call too.
    chain_.result("evm_setBlockGasLimit", R"(["0x1000000000000000"])");
    chain_.result("evm_mine");
  }

  // Estimates above 2^24 gas too.
  DevChain chain_{node::DevOptions{.gas_cap_per_transaction = false}};
};

TEST_F(CallTimerTest, EndsACallThatLoops) {
  EXPECT_EQ(chain_.error("eth_call", call_of("bbbb")),
            "-32000: execution aborted (timeout = 0.05s)");
}

TEST_F(CallTimerTest, EndsACallWhoseCallerGoesOnAfterTheLoop) {
  EXPECT_EQ(chain_.error("eth_call", call_of("aaaa")),
            "-32000: execution aborted (timeout = 0.05s)");
}

TEST_F(CallTimerTest, EndsAnEstimateThatLoops) {
  EXPECT_EQ(chain_.error("eth_estimateGas", call_of("aaaa")),
            "-32000: execution aborted (timeout = 0.05s)");
}

TEST_F(CallTimerTest, LetsQuickCallsBe) {
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(chain_.result("eth_call", call_of("cccc")), R"("0x")");
}

TEST(CallTimer, StopsCallsUnderWayAndLaterOnesWithTheProgram) {
  CallTimer timer(milliseconds(0));
  const auto first = timer.start();
  EXPECT_FALSE(*first.stop());
  timer.stop_all();
  EXPECT_TRUE(*first.stop());
  EXPECT_TRUE(*timer.start().stop());
}

TEST(CallTimer, EndsEachCallAtItsOwnTime) {
  CallTimer timer(milliseconds(20));
  for (int round = 0; round < 3; ++round) {
    const auto call = timer.start();
    while (!*call.stop()) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    const auto next = timer.start();
    EXPECT_TRUE(*call.stop());
  }
}

TEST(CallTimer, DoesNotCountTheTimeOfAPause) {
  CallTimer timer(milliseconds(40));
  auto paused = timer.start();
  paused.pause();
  const auto other = timer.start();
  while (!*other.stop()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_FALSE(*paused.stop());
  paused.resume();
  while (!*paused.stop()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

}  // namespace
}  // namespace cairn::api::test
