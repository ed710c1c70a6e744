#include "api/spin_budget.hpp"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using namespace std::chrono_literals;

TEST(SpinBudget, LooksForHalfOfWhatTheWorkTook) {
  SpinBudget budget;
  EXPECT_FALSE(budget.look_again(0us));
  budget.worked(100us);
  EXPECT_TRUE(budget.look_again(149us));
  EXPECT_FALSE(budget.look_again(150us));
}

TEST(SpinBudget, KeepsWhatIsLeftForTheNextLook) {
  SpinBudget budget;
  budget.worked(100us);
  EXPECT_TRUE(budget.look_again(130us));  // 20 are left
  budget.worked(150us);                   // too short to earn more
  EXPECT_TRUE(budget.look_again(169us));
  EXPECT_FALSE(budget.look_again(170us));
}

TEST(SpinBudget, IsNotEarnedByShortQuestions) {
  SpinBudget budget;
  for (auto now = 99us; now < 990us; now += 99us) {
    budget.worked(now);
  }
  EXPECT_FALSE(budget.look_again(990us));
}

TEST(SpinBudget, IsBoundedHoweverLongTheWork) {
  SpinBudget budget;
  budget.worked(10s);
  EXPECT_TRUE(budget.look_again(10s + SpinBudget::kMost - 1ns));
  EXPECT_FALSE(budget.look_again(10s + SpinBudget::kMost));
  EXPECT_FALSE(budget.look_again(20s));
}

}  // namespace
}  // namespace cairn::api
