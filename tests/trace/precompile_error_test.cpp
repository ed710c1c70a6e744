#include "trace/precompile_error.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"

namespace cairn::trace {
namespace {

std::string error_of(std::uint8_t number, const std::string& input) {
  Address address;
  address[19] = number;
  return std::string(precompile_error(address, *base::from_hex(input)));
}

std::string repeated(std::size_t count, std::string_view byte) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += byte;
  }
  return out;
}

std::string ones(std::size_t size) { return repeated(size, "ff"); }
std::string zeros(std::size_t size) { return repeated(size, "00"); }

// A small number of so many bytes.
std::string number(std::size_t size, unsigned value) {
  return zeros(size - 1) + fmt::format("{:02x}", value);
}

// BLS12-381's prime as a field element.
const std::string kPrime = zeros(16) +
                           "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfff"
                           "eb153ffffb9feffffffffaaab";
// Points of the curves with the least x that are in no group of prime order.
const std::string kOutsideG1 = number(64, 4) + zeros(16) +
                               "0a989badd40d6212b33cffc3f3763e9bc760f988c9926b26da9dd85e92848344634"
                               "6b8ed00e1de5d5ea93e354abe706c";
const std::string kOutsideG2 = number(64, 2) + zeros(64) + zeros(16) +
                               "18c6b864ae17dc9da64203ffefb966306425a7bc6aeb7c75247438372716284a417"
                               "3830420cd476ba1a365b95bfcec38" +
                               zeros(16) +
                               "172e93db764a8400a7d5071b6b6f5de0da2f0f4a063119abca014006b7c40a2cfe2"
                               "91a1924e65db0d6d0fcfbf3bf3d5c";
const std::string kOutsideBn254G2 =
    zeros(32) + number(32, 1) +
    "0d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a4"
    "2869111d5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb";

TEST(PrecompileError, TellsWhatIsWrongWithPointsOfAltBn128) {
  constexpr std::string_view kNotBelowPrime = "invalid fp.Element encoding";
  constexpr std::string_view kNotOnCurve = "point is not on curve";
  const std::string one_one = number(32, 1) + number(32, 1);
  EXPECT_EQ(error_of(6, ones(128)), kNotBelowPrime);
  EXPECT_EQ(error_of(6, one_one), kNotOnCurve);
  EXPECT_EQ(error_of(6, zeros(64) + one_one), kNotOnCurve);
  EXPECT_EQ(error_of(6, number(32, 1)), kNotOnCurve) << "filled up with zeros";
  EXPECT_EQ(error_of(7, ones(96)), kNotBelowPrime);
  EXPECT_EQ(error_of(7, one_one + ones(32)), kNotOnCurve);
  EXPECT_EQ(error_of(8, "00"), "bad elliptic curve pairing size");
  EXPECT_EQ(error_of(8, ones(192)), kNotBelowPrime);
  EXPECT_EQ(error_of(8, zeros(192) + one_one + zeros(128)), kNotOnCurve);
  EXPECT_EQ(error_of(8, zeros(64) + one_one + one_one), kNotOnCurve);
  EXPECT_EQ(error_of(8, zeros(64) + kOutsideBn254G2), "point is not in correct subgroup");
}

TEST(PrecompileError, TellsWhatIsWrongWithPointsOfBls12) {
  constexpr std::string_view kWrongLength = "invalid input length";
  constexpr std::string_view kNotBelowPrime = "invalid fp.Element encoding";
  constexpr std::string_view kTopBytes = "invalid field element top bytes";
  constexpr std::string_view kNotOnCurve = "invalid point: not on curve";
  constexpr std::string_view kNotInG1 = "g1 point is not on correct subgroup";
  constexpr std::string_view kNotInG2 = "g2 point is not on correct subgroup";
  const std::string one = number(32, 1);
  const std::string bad_g1 = number(64, 1) + number(64, 1);
  EXPECT_EQ(error_of(0x0b, ""), kWrongLength);
  EXPECT_EQ(error_of(0x0b, ones(256)), kTopBytes);
  EXPECT_EQ(error_of(0x0b, kPrime + zeros(192)), kNotBelowPrime);
  EXPECT_EQ(error_of(0x0b, kOutsideG1 + bad_g1), kNotOnCurve) << "the group is not asked for";
  EXPECT_EQ(error_of(0x0c, "00"), kWrongLength);
  EXPECT_EQ(error_of(0x0c, ones(160)), kTopBytes);
  EXPECT_EQ(error_of(0x0c, zeros(160) + kOutsideG1 + one), kNotInG1);
  EXPECT_EQ(error_of(0x0c, bad_g1 + one), kNotOnCurve);
  EXPECT_EQ(error_of(0x0d, ones(512)), kTopBytes);
  EXPECT_EQ(error_of(0x0d, kOutsideG2 + bad_g1 + bad_g1), kNotOnCurve);
  EXPECT_EQ(error_of(0x0e, kOutsideG2 + one), kNotInG2);
  EXPECT_EQ(error_of(0x0f, kOutsideG1 + zeros(256)), kNotInG1);
  EXPECT_EQ(error_of(0x0f, zeros(128) + kOutsideG2), kNotInG2);
  EXPECT_EQ(error_of(0x0f, kOutsideG1 + bad_g1 + bad_g1), kNotOnCurve) << "both before the groups";
  EXPECT_EQ(error_of(0x10, ones(64)), kTopBytes);
  EXPECT_EQ(error_of(0x10, kPrime), kNotBelowPrime);
  EXPECT_EQ(error_of(0x11, zeros(64) + kPrime), kNotBelowPrime);
  EXPECT_EQ(error_of(0x11, "00"), kWrongLength);
}

TEST(PrecompileError, TellsWhatIsWrongWithAProof) {
  const std::string hash = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
  const std::string infinity = "c0" + zeros(47);
  const std::string scalar =
      "error verifying kzg proof: scalar is not canonical when interpreted as a big integer in "
      "big-endian";
  EXPECT_EQ(error_of(0x0a, ""), "invalid input length");
  EXPECT_EQ(error_of(0x0a, zeros(192)), "mismatched versioned hash");
  EXPECT_EQ(error_of(0x0a, hash + zeros(32) + number(32, 1) + infinity + infinity),
            "error verifying kzg proof: can't verify opening proof");
  EXPECT_EQ(error_of(0x0a, hash + ones(32) + zeros(32) + infinity + infinity), scalar);
  EXPECT_EQ(error_of(0x0a, hash + zeros(32) + ones(32) + infinity + infinity), scalar);
}

TEST(PrecompileError, TellsLengthBeforeTheRest) {
  EXPECT_EQ(error_of(0x09, "01"), "invalid input length");
  EXPECT_EQ(error_of(0x09, zeros(212) + "02"), "invalid final flag");
}

}  // namespace
}  // namespace cairn::trace
