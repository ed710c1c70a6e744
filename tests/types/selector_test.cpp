#include "types/selector.hpp"

#include <gtest/gtest.h>

#include "codec/abi.hpp"

namespace cairn::types {
namespace {

TEST(Selector, IsTheBeginningOfTheSignaturesHash) {
  EXPECT_EQ(selector("transfer(address,uint256)"), (FixedBytes<4>{{0xa9, 0x05, 0x9c, 0xbb}}));
  EXPECT_EQ(selector("Error(string)"), codec::kErrorSelector);
  EXPECT_EQ(selector("Panic(uint256)"), codec::kPanicSelector);
}

}  // namespace
}  // namespace cairn::types
