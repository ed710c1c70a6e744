#include "trace/vm_trace.hpp"

#include <gmock/gmock.h>

#include "tests/trace/traced_story.hpp"
#include "trace/parity_tracer.hpp"

namespace cairn::trace {
namespace {

using testing::HasSubstr;
using testing::Not;

class VmTraced : public TracedStory {
 protected:
  std::string answer() {
    ParityTracer tracer({.trace = false, .state_diff = false, .vm_trace = true});
    return TracedStory::answer(tracer);
  }
};

TEST_F(VmTraced, AnInstructionTellsWhatItPushedWroteAndLeft) {
  contract(kReceiver, "0x600780805f53");  // PUSH1 7, DUP1, DUP1, PUSH0, MSTORE8
  const std::string text = answer();
  EXPECT_THAT(
      text,
      HasSubstr(
          R"({"cost":3,"ex":{"mem":null,"push":["0x7","0x7"],"store":null,"used":78994},"pc":2,"sub":null})"));
  EXPECT_THAT(text, HasSubstr(R"("mem":{"data":"0x07","off":0})"));
  EXPECT_THAT(text, Not(HasSubstr(R"("pc":6)")));  // the STOP where code ends
}

TEST_F(VmTraced, ACallHoldsTheInstructionsOfItsCallee) {
  contract(kReceiver, "0x5f5f5f5f5f60ca5af100");
  contract(kOther, "0x600100");
  const std::string text = answer();
  EXPECT_THAT(text, HasSubstr(R"("pc":8,"sub":{"code":"0x600100","ops":[{"cost":3)"));
  contract(kReceiver, "0x5f5f5f5f5f60cb5af100");  // nobody there
  EXPECT_THAT(answer(), HasSubstr(R"("pc":8,"sub":{"code":"0x","ops":[]})"));
}

TEST_F(VmTraced, ACallThatNeverBeganHoldsNothing) {
  contract(kReceiver, "0x5f5f5f5f600160ca5af100");  // with a wei that it has not
  EXPECT_THAT(answer(), HasSubstr(R"("pc":9,"sub":null)"));
}

TEST_F(VmTraced, ACreationCostsWhatItHandsOnToo) {
  contract(kReceiver, "0x5f5f5ff000");
  // 32,000 and all but one 64th of the 46,994 that are left.
  EXPECT_THAT(answer(), HasSubstr(R"("cost":78260)"));
}

TEST_F(VmTraced, WhatHaltsForWantOfGasHasNoEffects) {
  contract(kReceiver, "0x617fff5f2000");
  story_.transaction.gas_limit = 21'000 + 100;
  EXPECT_THAT(answer(), HasSubstr(R"({"cost":11294,"ex":null,"pc":4,"sub":null})"));
}

TEST_F(VmTraced, WhatIsNoInstructionOrFindsNoOperandsIsLeftOut) {
  contract(kReceiver, "0x6001fe");
  EXPECT_THAT(answer(), Not(HasSubstr(R"("pc":2)")));
  contract(kReceiver, "0x600101");
  EXPECT_THAT(answer(), Not(HasSubstr(R"("pc":2)")));
}

TEST_F(VmTraced, ATransferHasNoInstructions) {
  EXPECT_THAT(answer(), HasSubstr(R"("vmTrace":{"code":"0x","ops":[]})"));
}

}  // namespace
}  // namespace cairn::trace
