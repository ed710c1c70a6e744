#include "base/u256.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/hex.hpp"

namespace cairn::base {
namespace {

// The naive twin: schoolbook long division, one bit at a time.
QuotientRemainder divide_by_bits(const U256& a, const U256& b) {
  QuotientRemainder r;
  for (unsigned i = 256; i > 0; --i) {
    const bool overflow = r.remainder.sign();
    r.remainder = (r.remainder << 1) | ((a >> (i - 1)) & U256{1});
    if (overflow || r.remainder >= b) {
      r.remainder = r.remainder - b;
      r.quotient = r.quotient | (U256{1} << (i - 1));
    }
  }
  return r;
}

U256 any_u256() {
  U256 value;
  for (std::size_t i = 0; i < 4; ++i) {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        break;
      case 1:
        value[i] = ~std::uint64_t{0};
        break;
      default:
        value[i] = *rc::gen::arbitrary<std::uint64_t>();
    }
  }
  return value >> *rc::gen::inRange<std::uint64_t>(0, 256);
}

TEST(U256, TakesAnAddressAsItsLow20BytesAndGivesItBack) {
  EXPECT_TRUE(rc::check([] {
    const U256 value = any_u256();
    const Address address = to_address(value);
    RC_ASSERT(address == Address::from_right(to_hash(value)));
    RC_ASSERT(to_u256(address) == from_be(address));
    RC_ASSERT(to_address(to_u256(address)) == address);
  }));
}

TEST(U256, DividesLikeLongDivisionBitByBit) {
  EXPECT_TRUE(rc::check([] {
    const U256 a = any_u256();
    const U256 b = any_u256() | U256{1};
    const auto fast = divide(a, b);
    const auto slow = divide_by_bits(a, b);
    RC_ASSERT(fast.quotient == slow.quotient);
    RC_ASSERT(fast.remainder == slow.remainder);
  }));
}

TEST(U256, MultipliesModuloLikeRepeatedAddition) {
  EXPECT_TRUE(rc::check([] {
    const U256 a = any_u256();
    const U256 b = any_u256();
    const U256 m = any_u256() | U256{1};
    U256 sum;
    for (unsigned i = 256; i > 0; --i) {
      sum = add_mod(sum, sum, m);
      if (!((b >> (i - 1)) & U256{1}).is_zero()) {
        sum = add_mod(sum, a % m, m);
      }
    }
    RC_ASSERT(multiply_mod(a, b, m) == sum);
  }));
}

TEST(U256, DivisionByZeroIsZero) {
  EXPECT_EQ(U256{7} / U256{}, U256{});
  EXPECT_EQ(U256{7} % U256{}, U256{});
  EXPECT_EQ(multiply_mod(7, 7, 0), U256{});
}

TEST(U256, TextRoundTrips) {
  EXPECT_TRUE(rc::check([] {
    const U256 a = any_u256();
    RC_ASSERT(from_hex_number(to_quantity(a)) == a);
    RC_ASSERT(from_decimal(to_decimal(a)) == a);
    RC_ASSERT(from_be(to_be_compact(a)) == a);
  }));
  EXPECT_EQ(to_quantity(0), "0x0");
  EXPECT_EQ(to_decimal(U256{} - U256{1}),
            "115792089237316195423570985008687907853269984665640564039457584007913129639935");
}

TEST(U256, NumbersOutOfRangeAreRefused) {
  EXPECT_FALSE(from_hex_number("0x1" + std::string(64, '0')));
  EXPECT_FALSE(from_hex_number("0x"));
  EXPECT_FALSE(from_decimal(
      "115792089237316195423570985008687907853269984665640564039457584007913129639936"));
}

TEST(U256, HexNumbersHaveOnePrefix) {
  EXPECT_EQ(from_hex_number("0x5a"), U256{0x5a});
  for (const char* text : {"0xx5a", "0x0x5a", "00x5a", "x5a", "0xX5a"}) {
    EXPECT_FALSE(from_hex_number(text)) << text;
  }
}

TEST(U256, HexNumbersAreDigitsInEveryWord) {
  const std::string word = "fedcba9876543210";
  EXPECT_EQ(from_hex_number("0x1" + word), (U256{1} << 64) + 0xfedcba9876543210);
  EXPECT_EQ(from_hex_number("000" + word + word + word + word),
            from_be(*from_hex(word + word + word + word)));
  EXPECT_FALSE(from_hex_number("1" + word + word + word + word));
  for (const std::string wrong : {"-", "+", " ", "x", "g", "-1", "+1"}) {
    EXPECT_FALSE(from_hex_number(wrong)) << wrong;
    EXPECT_FALSE(from_hex_number("0x" + wrong)) << wrong;
    EXPECT_FALSE(from_hex_number(wrong + word)) << wrong;
    EXPECT_FALSE(from_hex_number("1" + wrong + word)) << wrong;
    EXPECT_FALSE(from_hex_number(word + wrong)) << wrong;
  }
}

TEST(U256, ShiftsMoveAcrossWords) {
  const U256 one = 1;
  EXPECT_EQ((one << 255) >> 255, one);
  EXPECT_EQ(one << 256, U256{});
  EXPECT_EQ((one << 64)[1], 1u);
}

}  // namespace
}  // namespace cairn::base
