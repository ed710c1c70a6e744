#include "api/spin_budget.hpp"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using namespace std::chrono_literals;

bool look(SpinBudget& budget, SpinBudget::Time now) {
  budget.looked(now);
  return budget.may_look();
}

TEST(SpinBudget, LooksForHalfOfWhatTheWorkTook) {
  SpinBudget budget;
  EXPECT_FALSE(look(budget, 0us));
  budget.worked(100us);
  EXPECT_TRUE(look(budget, 149us));
  EXPECT_FALSE(look(budget, 150us));
}

TEST(SpinBudget, KeepsWhatIsLeftForTheNextLook) {
  SpinBudget budget;
  budget.worked(100us);
  EXPECT_TRUE(look(budget, 130us));  // 20 are left
  budget.worked(150us);              // too short to earn more
  EXPECT_TRUE(look(budget, 169us));
  EXPECT_FALSE(look(budget, 170us));
}

TEST(SpinBudget, IsNotEarnedByShortQuestions) {
  SpinBudget budget;
  for (auto now = 99us; now < 990us; now += 99us) {
    budget.worked(now);
  }
  EXPECT_FALSE(look(budget, 990us));
}

TEST(SpinBudget, IsBoundedHoweverLongTheWork) {
  SpinBudget budget;
  budget.worked(10s);
  EXPECT_TRUE(look(budget, 10s + SpinBudget::kMost - 1ns));
  EXPECT_FALSE(look(budget, 10s + SpinBudget::kMost));
  EXPECT_FALSE(look(budget, 20s));
}

}  // namespace
}  // namespace cairn::api
