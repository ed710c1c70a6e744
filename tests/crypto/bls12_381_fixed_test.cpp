#include "crypto/bls12_381_fixed.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cairn::crypto {
namespace {

constexpr std::size_t kScalarBits = 255;

blst_scalar scalar_of(const std::array<std::uint8_t, 32>& little_endian) {
  blst_scalar scalar;
  blst_scalar_from_lendian(&scalar, little_endian.data());
  return scalar;
}

blst_scalar any_scalar() {
  std::array<std::uint8_t, 32> bytes{};
  for (std::uint8_t& byte : bytes) {
    byte = *rc::gen::element<std::uint8_t>(0, 1, 0x0f, 0x10, 0xff,
                                           *rc::gen::arbitrary<std::uint8_t>());
  }
  bytes[31] &= 0x3f;
  return scalar_of(bytes);
}

blst_p1 times(const blst_p1& point, const blst_scalar& scalar) {
  blst_p1 product;
  blst_p1_mult(&product, &point, scalar.b, kScalarBits);
  return product;
}

blst_p1 negative(blst_p1 point) {
  blst_p1_cneg(&point, true);
  return point;
}

PreparedG2 prepared(std::uint8_t multiple) {
  blst_p2 point;
  blst_p2_mult(&point, blst_p2_generator(), &multiple, 8);
  blst_p2_affine affine;
  blst_p2_to_affine(&affine, &point);
  return PreparedG2(affine);
}

TEST(Bls12FixedBase, MultipliesAsThePointDoes) {
  const blst_p1 point = times(*blst_p1_generator(), scalar_of({5, 7, 11}));
  const FixedBase base(point);
  EXPECT_TRUE(rc::check([&] {
    const blst_scalar scalar = any_scalar();
    const blst_p1 expected = times(point, scalar);
    const blst_p1 product = base.times(scalar);
    RC_ASSERT(blst_p1_is_equal(&product, &expected));
  }));
  const blst_p1 nothing = base.times(scalar_of({}));
  EXPECT_TRUE(blst_p1_is_inf(&nothing));
}

TEST(Bls12PairingsCancel, WhereTheProductsOfTheFactorsDo) {
  const blst_p1 five = times(*blst_p1_generator(), scalar_of({5}));
  const blst_p1 thirty_five = times(*blst_p1_generator(), scalar_of({35}));
  EXPECT_TRUE(pairings_cancel(thirty_five, prepared(3), negative(five), prepared(21)));
  EXPECT_FALSE(pairings_cancel(thirty_five, prepared(3), five, prepared(21)));
  EXPECT_FALSE(pairings_cancel(thirty_five, prepared(3), negative(five), prepared(20)));
}

TEST(Bls12PairingsCancel, CountAnInfinitePointAsOne) {
  const blst_p1 infinity{};
  const blst_p1& one = *blst_p1_generator();
  EXPECT_TRUE(pairings_cancel(infinity, prepared(3), infinity, prepared(5)));
  EXPECT_FALSE(pairings_cancel(one, prepared(3), infinity, prepared(5)));
  EXPECT_FALSE(pairings_cancel(infinity, prepared(3), one, prepared(5)));
}

}  // namespace
}  // namespace cairn::crypto
