#include "crypto/modexp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/u256.hpp"
#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

Bytes bytes_of_number(const U256& value, std::size_t size = 32) {
  const Hash256 all = base::to_hash(value);
  return {all.end() - static_cast<std::ptrdiff_t>(size), all.end()};
}

U256 square_and_multiply(U256 base, const U256& exponent, const U256& modulus) {
  U256 result = U256{1} % modulus;
  for (unsigned i = 256; i > 0; --i) {
    result = base::multiply_mod(result, result, modulus);
    if (((exponent >> (i - 1)) & 1) == 1) {
      result = base::multiply_mod(result, base, modulus);
    }
  }
  return result;
}

TEST(Modexp, MeetsFermatsLittleTheoremOnTheExampleOfEip198) {
  const U256 p = U256{} - (U256{1} << 32) - 977;
  EXPECT_EQ(modexp(Bytes{3}, bytes_of_number(p - 1), bytes_of_number(p)), bytes_of_number(1));
  EXPECT_EQ(modexp({}, bytes_of_number(p - 1), bytes_of_number(p)), bytes_of_number(0));
}

TEST(Modexp, AnswersInTheLengthOfTheModulus) {
  EXPECT_EQ(modexp(Bytes{3}, Bytes{2}, hex_bytes("0000000007")), hex_bytes("0000000002"));
  EXPECT_EQ(modexp(Bytes{3}, Bytes{2}, {}), Bytes{});
}

TEST(Modexp, GivesZerosForTheModuliZeroAndOne) {
  EXPECT_EQ(modexp(Bytes{3}, Bytes{2}, Bytes(4)), Bytes(4));
  EXPECT_EQ(modexp(Bytes{3}, Bytes{0}, Bytes{0, 1}), Bytes(2));
  EXPECT_EQ(modexp({}, {}, Bytes{1}), Bytes(1));
}

TEST(Modexp, TakesAnythingToThePowerOfZeroAsOne) {
  EXPECT_EQ(modexp(Bytes{0}, Bytes{0}, Bytes{9}), Bytes{1});
  EXPECT_EQ(modexp({}, {}, Bytes{9}), Bytes{1});
  EXPECT_EQ(modexp(Bytes{0}, Bytes{1}, Bytes{9}), Bytes{0});
}

TEST(Modexp, ReducesABaseLongerThanTheModulus) {
  EXPECT_EQ(modexp(Bytes(1024, 0xff), Bytes{1}, Bytes{1, 0}), (Bytes{0, 0xff}));
}

RC_GTEST_PROP(Modexp, AgreesWithSquareAndMultiply,
              (const std::array<std::uint64_t, 4>& a, const std::array<std::uint64_t, 4>& e,
               const std::array<std::uint64_t, 4>& m, bool even)) {
  const U256 base{a[0], a[1], a[2], a[3]};
  const U256 exponent{e[0], e[1], e[2], e[3]};
  const unsigned shift = even ? 3 : 0;
  const U256 modulus = (U256{m[0] | 1, m[1], m[2], m[3]} << shift);
  RC_PRE(!modulus.is_zero());
  RC_ASSERT(modexp(bytes_of_number(base), bytes_of_number(exponent), bytes_of_number(modulus)) ==
            bytes_of_number(square_and_multiply(base % modulus, exponent, modulus)));
}

}  // namespace
}  // namespace cairn::crypto
