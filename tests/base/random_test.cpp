#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace cairn::base {
namespace {

TEST(SeededRandom, RepeatsItselfFromItsSeed) {
  SeededRandom a(7);
  SeededRandom b(7);
  SeededRandom other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.next();
    EXPECT_EQ(value, b.next());
    differs = differs || value != other.next();
  }
  EXPECT_TRUE(differs);
}

// Published outputs of splitmix64 and xoshiro256** for the seed 0.
TEST(SeededRandom, IsTheSameOnEveryMachine) {
  SeededRandom random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
}

TEST(Random, BelowIsEvenAndNeverReachesItsBound) {
  SeededRandom random(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) {
    ++seen.at(random.below(6));
  }
  for (const int count : seen) {
    EXPECT_NEAR(count, 10'000, 500);
  }
  EXPECT_EQ(random.below(1), 0u);
  EXPECT_LT(random.below(~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(Random, FillsEveryByte) {
  SystemRandom random;
  std::vector<std::uint8_t> ever(13);
  for (int i = 0; i < 50; ++i) {
    std::vector<std::uint8_t> bytes(13);
    random.fill(bytes);
    for (std::size_t j = 0; j < bytes.size(); ++j) {
      ever[j] |= bytes[j];
    }
  }
  EXPECT_EQ(std::count(ever.begin(), ever.end(), 0), 0);
}

}  // namespace
}  // namespace cairn::base
