#include "api/wide_integers.hpp"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

TEST(WideIntegers, BecomeQuantities) {
  EXPECT_EQ(with_wide_integers_as_text("[100000000000000000000,18446744073709551616]"),
            R"(["0x56bc75e2d63100000","0x10000000000000000"])");
  EXPECT_EQ(with_wide_integers_as_text(R"({"a": 18446744073709551616 })"),
            R"({"a": "0x10000000000000000" })");
}

TEST(WideIntegers, AreTheirDigitsWhereNoQuantityHasThem) {
  const std::string wide(78, '9');
  EXPECT_EQ(with_wide_integers_as_text("[" + wide + "]"), "[\"" + wide + "\"]");
  EXPECT_EQ(with_wide_integers_as_text("[-9223372036854775809]"), R"(["-9223372036854775809"])");
}

TEST(WideIntegers, LeaveAllElseAsItIs) {
  for (const std::string_view text :
       {"", "[]", "18446744073709551615", "-9223372036854775808", "100000000000000000000.0",
        "1000000000000000000000e1", "000000000000000000000001", "--100000000000000000000",
        R"("100000000000000000000")", R"("a\"100000000000000000000")", R"("100000000000000000000)",
        R"("\)"}) {
    EXPECT_EQ(with_wide_integers_as_text(text), std::nullopt) << text;
  }
  EXPECT_EQ(with_wide_integers_as_text(R"(["\\",100000000000000000000,"1"])"),
            R"(["\\","0x56bc75e2d63100000","1"])");
}

}  // namespace
}  // namespace cairn::api
