#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(Clock, SimulatedTimeMovesOnlyWhenTold) {
  SimulatedClock clock(1'700'000'000'500);
  EXPECT_EQ(clock.unix_seconds(), 1'700'000'000u);
  clock.advance(600);
  EXPECT_EQ(clock.unix_seconds(), 1'700'000'001u);
  EXPECT_EQ(clock.steady_ms(), 600u);
}

TEST(Clock, SteadyTimeIgnoresThatTheWallClockIsSet) {
  SimulatedClock clock(5'000);
  clock.advance(10);
  clock.set_unix_ms(1'000);
  EXPECT_EQ(clock.unix_ms(), 1'000u);
  EXPECT_EQ(clock.steady_ms(), 10u);
}

TEST(Clock, SystemTimeIsInThisCenturyAndSteadyTimeDoesNotGoBack) {
  const SystemClock clock;
  EXPECT_GT(clock.unix_seconds(), 1'600'000'000u);
  EXPECT_LT(clock.unix_seconds(), 4'100'000'000u);
  const auto before = clock.steady_ms();
  EXPECT_GE(clock.steady_ms(), before);
}

}  // namespace
}  // namespace cairn::base
