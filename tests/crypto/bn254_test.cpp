#include "crypto/bn254.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/bn254_pairing.hpp"
#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

using namespace bn254;

Fp fp(std::string_view decimal) { return Fp::from(base::from_decimal(decimal).value()); }

const G1 kG1{Fp::one(), Fp::from(2)};
// The generator that EIP-197 names.
const G2 kG2{{fp("10857046999023057135944570762232829481370756359578518086990519993285655852781"),
              fp("11559732032986387107991004021392285783925812861821192530917403151452391805634")},
             {fp("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
              fp("4082367875863433681332203403145435568316851327593401208105741076214120093531")}};

// Square and multiply.
template <class Field>
Field power(const Field& base, const U256& exponent) {
  Field result = Field::one();
  for (unsigned i = base::bit_length(exponent); i > 0; --i) {
    result = square(result);
    if (((exponent[(i - 1) / 64] >> ((i - 1) % 64)) & 1) != 0) {
      result = result * base;
    }
  }
  return result;
}

// One bit at a time, with the plain group law.
template <class Field>
Affine<Field> multiply_slowly(const Affine<Field>& point, const U256& scalar) {
  auto sum = Jacobian<Field>::infinity();
  for (unsigned i = 256; i > 0; --i) {
    sum = twice(sum);
    if (((scalar >> (i - 1)) & 1) == 1) {
      sum = sum + Jacobian<Field>::from(point);
    }
  }
  return to_affine(sum);
}

template <class Field>
Affine<Field> minus(const Affine<Field>& point) {
  return {point.x, -point.y};
}

U256 number(const std::array<std::uint64_t, 4>& words) {
  return {words[0], words[1], words[2], words[3]};
}

void append_number(Bytes& out, const U256& value) { base::append(out, base::to_hash(value)); }

void append_g1(Bytes& out, const G1& point) {
  append_number(out, point.x.value());
  append_number(out, point.y.value());
}

void append_g2(Bytes& out, const G2& point) {
  for (const Fp& part : {point.x.imaginary, point.x.real, point.y.imaginary, point.y.real}) {
    append_number(out, part.value());
  }
}

Bytes encode_pairs(const std::vector<Pair>& pairs) {
  Bytes out;
  for (const Pair& pair : pairs) {
    append_g1(out, pair.p);
    append_g2(out, pair.q);
  }
  return out;
}

// A point of the twist, nearly never in the group: x counts up until x^3 + b has a root.
G2 point_of_twist(std::uint64_t start) {
  const Fp2 b = square(kG2.y) - square(kG2.x) * kG2.x;
  const U256 half = (kPrime - 1) / 2;
  const U256 quarter = (kPrime + 1) / 4;
  for (std::uint64_t i = start;; ++i) {
    const Fp2 x{Fp::from(i), Fp::one()};
    const Fp2 yy = square(x) * x + b;
    const Fp norm = square(yy.real) + square(yy.imaginary);
    if (power(norm, half) != Fp::one()) {
      continue;
    }
    // The complex method: real^2 = (yy.real + sqrt(norm)) / 2.
    const Fp root = power(norm, quarter);
    for (const Fp& sign : {root, -root}) {
      const Fp real_squared = (yy.real + sign) * inverse(Fp::from(2));
      const Fp real = power(real_squared, quarter);
      if (square(real) == real_squared && !real.is_zero()) {
        return {x, {real, yy.imaginary * inverse(twice(real))}};
      }
    }
  }
}

TEST(Bn254Field, InvertsEveryElementButZero) {
  EXPECT_TRUE(inverse(Fp{}).is_zero());
  for (const U256& value : {U256{1}, U256{2}, kPrime - 1, kPrime - 2, U256{1} << 64}) {
    EXPECT_EQ(inverse(Fp::from(value)) * Fp::from(value), Fp::one());
  }
}

RC_GTEST_PROP(Bn254Field, AgreesWithArithmeticModuloThePrime,
              (const std::array<std::uint64_t, 4>& a, const std::array<std::uint64_t, 4>& b)) {
  const U256 x = number(a) % kPrime;
  const U256 y = number(b) % kPrime;
  RC_ASSERT((Fp::from(x) * Fp::from(y)).value() == base::multiply_mod(x, y, kPrime));
  RC_ASSERT((Fp::from(x) + Fp::from(y)).value() == base::add_mod(x, y, kPrime));
  RC_ASSERT((Fp::from(x) - Fp::from(y)).value() == base::add_mod(x, kPrime - y, kPrime));
  RC_ASSERT(x.is_zero() || inverse(Fp::from(x)) == power(Fp::from(x), kPrime - 2));
}

RC_GTEST_PROP(Bn254Field, MultipliesComplexNumbersAsBySchoolMethod,
              (const std::array<std::uint64_t, 4>& a, const std::array<std::uint64_t, 4>& b)) {
  const Fp2 x{Fp::from(number(a) % kPrime), Fp::from(number(b) % kPrime)};
  const Fp2 y{Fp::from(~number(b) % kPrime), Fp::from(~number(a) % kPrime)};
  RC_ASSERT(x * y == (Fp2{x.real * y.real - x.imaginary * y.imaginary,
                          x.real * y.imaginary + x.imaginary * y.real}));
  RC_ASSERT(square(x) == x * x);
  RC_ASSERT(times_xi(x) == x * (Fp2{Fp::from(9), Fp::one()}));
  RC_ASSERT(x.is_zero() || inverse(x) * x == Fp2::one());
}

RC_GTEST_PROP(Bn254Field, HasTheSameAnswersByThePortableCode,
              (const std::array<std::uint64_t, 4>& a, const std::array<std::uint64_t, 4>& b)) {
  const Words x = (number(a) % kPrime).words;
  const Words y = (number(b) % kPrime).words;
  const Words z = (~number(a) % kPrime).words;
  const Words largest = (kPrime - 1).words;
  RC_ASSERT(detail::add_natively(x, y) == detail::add_portably(x, y));
  RC_ASSERT(detail::subtract_natively(x, y) == detail::subtract_portably(x, y));
  RC_ASSERT(detail::multiply_natively(x, y) == detail::multiply_portably(x, y));
  RC_ASSERT(detail::sum_products_natively(x, y, z, largest) ==
            detail::sum_products_portably(x, y, z, largest));
  RC_ASSERT(detail::sum_products_natively(largest, largest, largest, largest) ==
            detail::sum_products_portably(largest, largest, largest, largest));
}

TEST(Bn254Field, MultipliesTheLargestElements) {
  const Fp2 largest{Fp::from(kPrime - 1), Fp::from(kPrime - 1)};
  EXPECT_EQ(largest * largest, (Fp2{{}, Fp::from(2)}));
  EXPECT_EQ(square(largest), (Fp2{{}, Fp::from(2)}));
}

TEST(Bn254Tower, KnowsTheFactorsOfTheFrobeniusMap) {
  const Fp2 xi{Fp::from(9), Fp::one()};
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_EQ(kFrobenius[i], power(xi, (kPrime - 1) / 6 * i)) << i;
  }
}

TEST(Bn254Tower, SquaresInvertsAndMapsAsItMultiplies) {
  const Fp12 f = pairing_product(std::vector<Pair>{{kG1, kG2}});
  const Fp12 g{{kG2.x, kG2.y, kG2.x + kG2.y}, {kG2.y, kG2.x * kG2.y, square(kG2.x)}};
  EXPECT_EQ(square(g), g * g);
  EXPECT_EQ(inverse(g) * g, Fp12::one());
  EXPECT_EQ(cyclotomic_square(f), f * f);
  EXPECT_EQ(conjugate(f) * f, Fp12::one());
  EXPECT_EQ(frobenius(frobenius(g)), frobenius_squared(g));
  EXPECT_EQ(frobenius(g * f), frobenius(g) * frobenius(f));
  Fp12 twelve_times = g;
  for (int i = 0; i < 6; ++i) {
    twelve_times = frobenius_squared(twelve_times);
  }
  EXPECT_EQ(twelve_times, g);
  const Line line{kG2.x, kG2.y, kG2.x + kG2.y};
  EXPECT_EQ(g * line, g * (Fp12{{line.constant, {}, {}}, {line.slope, line.rest, {}}}));
}

TEST(Bn254Curve, HasTheOrderThatEip196Names) {
  EXPECT_TRUE(is_on_curve(kG1));
  EXPECT_TRUE(is_on_curve(kG2));
  EXPECT_TRUE(multiply_slowly(kG1, kGroupOrder).is_infinity());
  EXPECT_TRUE(multiply_slowly(kG2, kGroupOrder).is_infinity());
  EXPECT_TRUE(multiply(kG1, kGroupOrder).is_infinity());
}

RC_GTEST_PROP(Bn254Curve, MultipliesAsDoubleAndAdd, (const std::array<std::uint64_t, 4>& words)) {
  const U256 scalar = number(words);
  RC_ASSERT(multiply(kG1, scalar) == multiply_slowly(kG1, scalar));
  RC_ASSERT(add(multiply(kG1, scalar), kG1) == multiply_slowly(kG1, scalar % kGroupOrder + 1));
}

TEST(Bn254Curve, MultipliesByScalarsAtTheEdges) {
  for (const U256& scalar : {U256{}, U256{1}, U256{2}, U256{3}, kGroupOrder - 1, kGroupOrder + 1,
                             kGroupOrder / 2, ~U256{}, U256{1} << 127, U256{1} << 128}) {
    EXPECT_EQ(multiply(kG1, scalar), multiply_slowly(kG1, scalar)) << base::to_decimal(scalar);
  }
}

TEST(Bn254Curve, AddsOppositeAndEqualPointsAndInfinity) {
  EXPECT_EQ(add(kG1, kG1), multiply_slowly(kG1, 2));
  EXPECT_TRUE(add(kG1, minus(kG1)).is_infinity());
  EXPECT_EQ(add(kG1, {}), kG1);
  EXPECT_EQ(add({}, kG1), kG1);
  EXPECT_TRUE(add({}, {}).is_infinity());
}

TEST(Bn254Curve, TellsTheGroupFromTheRestOfTheTwist) {
  EXPECT_TRUE(is_in_group(kG2));
  EXPECT_TRUE(is_in_group(G2{}));
  const U256 cofactor = kPrime + (kPrime - kGroupOrder);
  for (std::uint64_t start = 0; start < 8; ++start) {
    const G2 any = point_of_twist(start * 1000);
    ASSERT_TRUE(is_on_curve(any));
    EXPECT_FALSE(is_in_group(any));
    EXPECT_TRUE(is_in_group(multiply_slowly(any, cofactor)));
    const G2 outside = multiply_slowly(any, kGroupOrder);
    EXPECT_FALSE(is_in_group(outside));
    // The order of the twist's rest has small factors; the least are 10069 and 5864401.
    for (const std::uint64_t factor : {10069u, 5864401u}) {
      const G2 small = multiply_slowly(outside, cofactor / factor);
      EXPECT_EQ(is_in_group(small), small.is_infinity());
      EXPECT_TRUE(multiply_slowly(small, factor).is_infinity());
    }
  }
}

TEST(Bn254Pairing, IsNotDegenerateAndHasTheOrderOfTheGroup) {
  const Fp12 f = pairing_product(std::vector<Pair>{{kG1, kG2}});
  EXPECT_NE(f, Fp12::one());
  Fp12 power = Fp12::one();
  for (unsigned i = 256; i > 0; --i) {
    power = square(power);
    if (((kGroupOrder >> (i - 1)) & 1) == 1) {
      power = power * f;
    }
  }
  EXPECT_EQ(power, Fp12::one());
}

RC_GTEST_PROP(Bn254Pairing, IsBilinear, (const std::array<std::uint64_t, 4>& words)) {
  const U256 a = number(words) % kGroupOrder;
  const U256 b = ~number(words) % kGroupOrder;
  const G1 a_p = multiply_slowly(kG1, a);
  const G2 b_q = multiply_slowly(kG2, b);
  const G1 ab_p = multiply_slowly(kG1, base::multiply_mod(a, b, kGroupOrder));
  RC_ASSERT(pairing_product(std::vector<Pair>{{a_p, b_q}}) ==
            pairing_product(std::vector<Pair>{{ab_p, kG2}}));
  RC_ASSERT(bn254_pairing_check(encode_pairs({{a_p, b_q}, {minus(ab_p), kG2}})) == true);
  RC_ASSERT(bn254_pairing_check(encode_pairs({{a_p, b_q}, {minus(ab_p), kG2}, {kG1, kG2}})) ==
            false);
}

TEST(Bn254PairingCheck, TakesNothingAndInfinityAsOne) {
  EXPECT_EQ(bn254_pairing_check({}), true);
  EXPECT_EQ(bn254_pairing_check(Bytes(192)), true);
  EXPECT_EQ(bn254_pairing_check(encode_pairs({{kG1, {}}, {{}, kG2}})), true);
  EXPECT_EQ(bn254_pairing_check(encode_pairs({{kG1, {}}, {kG1, kG2}})), false);
}

TEST(Bn254PairingCheck, RefusesWhatIsNoListOfPairs) {
  const Bytes good = encode_pairs({{kG1, kG2}, {minus(kG1), kG2}});
  EXPECT_EQ(bn254_pairing_check(good), true);
  EXPECT_EQ(bn254_pairing_check(BytesView(good).first(383)), std::nullopt);
  EXPECT_EQ(bn254_pairing_check(BytesView(good).first(64)), std::nullopt);
  for (std::size_t i = 0; i < 6; ++i) {
    Bytes too_large = good;
    const Hash256 field = base::to_hash(base::load_be(good.data() + 32 * i) + kPrime);
    std::copy(field.begin(), field.end(), too_large.begin() + static_cast<std::ptrdiff_t>(32 * i));
    EXPECT_EQ(bn254_pairing_check(too_large), std::nullopt) << i;
    Bytes off_curve = good;
    off_curve[32 * i + 31] ^= 1;
    EXPECT_EQ(bn254_pairing_check(off_curve), std::nullopt) << i;
  }
  EXPECT_EQ(bn254_pairing_check(encode_pairs({{kG1, point_of_twist(0)}})), std::nullopt);
  EXPECT_EQ(bn254_pairing_check(encode_pairs({{{}, point_of_twist(0)}})), std::nullopt);
}

TEST(Bn254Add, FillsUpShortInputWithZerosAndCutsLong) {
  Bytes input;
  append_g1(input, kG1);
  const FixedBytes<64> generator = FixedBytes<64>::from_right(input);
  EXPECT_EQ(bn254_add(input), generator);
  EXPECT_EQ(bn254_add({}), FixedBytes<64>{});
  append_g1(input, kG1);
  const auto twice = hex_fixed<64>(
      "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
      "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4");
  EXPECT_EQ(bn254_add(input), twice);
  input.resize(500, 0xff);
  EXPECT_EQ(bn254_add(input), twice);
}

TEST(Bn254Multiply, FillsUpShortInputWithZerosAndCutsLong) {
  Bytes input;
  append_g1(input, kG1);
  EXPECT_EQ(bn254_multiply(input), FixedBytes<64>{});
  input.resize(80);
  input.resize(96);
  input[95] = 1;
  const FixedBytes<64> generator = FixedBytes<64>::from_right(BytesView(input).first(64));
  EXPECT_EQ(bn254_multiply(input), generator);
  input.resize(97, 0xff);
  EXPECT_EQ(bn254_multiply(input), generator);
}

TEST(Bn254, RefusesPointsOffTheCurveAndCoordinatesNotBelowThePrime) {
  Bytes input(128);
  input[31] = 1;
  EXPECT_FALSE(bn254_add(input));
  EXPECT_FALSE(bn254_multiply(input));
  Bytes prime;
  append_number(prime, kPrime);
  EXPECT_FALSE(bn254_add(prime));
  EXPECT_FALSE(bn254_multiply(prime));
}

}  // namespace
}  // namespace cairn::crypto
