#include "base/nearest_word.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::base {
namespace {

TEST(NearestWord, FindsTheWordThatWasMeant) {
  const std::vector<std::string> known = {"gasLimit", "gasUsed", "timestamp"};
  EXPECT_EQ(nearest_word("gaslimt", known), "gasLimit");
  EXPECT_EQ(nearest_word("gasLimti", known), "gasLimit");
  EXPECT_EQ(nearest_word("TIMESTAMP", known), "timestamp");
  EXPECT_EQ(nearest_word("time_stamp", known), "timestamp");
}

TEST(NearestWord, SaysNothingWhenNoneIsClose) {
  const std::vector<std::string> known = {"gasLimit", "gasUsed"};
  EXPECT_EQ(nearest_word("coinbase", known), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000, 'g'), known), std::nullopt);
  EXPECT_EQ(nearest_word("gas", {}), std::nullopt);
}

}  // namespace
}  // namespace cairn::base
