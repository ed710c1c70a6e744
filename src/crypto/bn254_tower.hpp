#pragma once
// The extensions of Fp2 that BN254's pairing lives in:
// Fp6 = Fp2[v] / (v^3 - xi), Fp12 = Fp6[w] / (w^2 - v). Plain values; any thread.

#include "crypto/bn254_field.hpp"

namespace cairn::crypto::bn254 {

// a0 + a1 v + a2 v^2.
struct Fp6 {
  Fp2 a0;
  Fp2 a1;
  Fp2 a2;

  bool operator==(const Fp6&) const = default;
};

// c0 + c1 w.
struct Fp12 {
  Fp6 c0;
  Fp6 c1;

  bool operator==(const Fp12&) const = default;
  static Fp12 one() { return {{Fp2::one(), {}, {}}, {}}; }
};

// A line of the Miller loop at a point: constant + (slope + rest v) w; all else is zero.
struct Line {
  Fp2 constant;
  Fp2 slope;
  Fp2 rest;
};

Fp12 operator*(const Fp12& a, const Fp12& b);
Fp12 operator*(const Fp12& a, const Line& line);
Fp12 square(const Fp12& a);
Fp12 inverse(const Fp12& a);
Fp12 conjugate(const Fp12& a);          // a^(p^6); the inverse in the cyclotomic subgroup
Fp12 frobenius(const Fp12& a);          // a^p
Fp12 frobenius_squared(const Fp12& a);  // a^(p^2)

// Only where a^(p^6 + 1) = a^(p^4 - p^2 + 1) = 1, so after the easy part of the final
// exponentiation (Granger, Scott: "Faster squaring in the cyclotomic subgroup of sixth degree
// extensions").
Fp12 cyclotomic_square(const Fp12& a);

// xi^(i (p - 1) / 6), by which the Frobenius map multiplies the coefficient of w^i.
inline constexpr Fp2 kFrobenius[6] = {
    Fp2::one(),
    {Fp::from(U256{0xd60b35dadcc9e470, 0x5c521e08292f2176, 0xe8b99fdd76e68b60, 0x1284b71c2865a7df}),
     Fp::from(
         U256{0xca5cf05f80f362ac, 0x747992778eeec7e5, 0xa6327cfe12150b8e, 0x246996f3b4fae7e6})},
    {Fp::from(U256{0x99e39557176f553d, 0xb78cc310c2c3330c, 0x4c0bec3cf559b143, 0x2fb347984f7911f7}),
     Fp::from(
         U256{0x1665d51c640fcba2, 0x32ae2a1d0b7c9dce, 0x4ba4cc8bd75a0794, 0x16c9e55061ebae20})},
    {Fp::from(U256{0xdc54014671a0135a, 0xdbaae0eda9c95998, 0xdc5ec698b6e2f9b9, 0x63cf305489af5dc}),
     Fp::from(U256{0x82d37f632623b0e3, 0x21807dc98fa25bd2, 0x704b5a7ec796f2b, 0x7c03cbcac41049a})},
    {Fp::from(U256{0x848a1f55921ea762, 0xd33365f7be94ec72, 0x80f3c0b75a181e84, 0x5b54f5e64eea801}),
     Fp::from(
         U256{0xc13b4711cd2b8126, 0x3685d2ea1bdec763, 0x9f3a80b03b0b1c92, 0x2c145edbe7fd8aee})},
    {Fp::from(U256{0x2ea2c810eab7692f, 0x425c459b55aa1bd3, 0xe93a3661a4353ff4, 0x183c1e74f798649}),
     Fp::from(
         U256{0x24c6b8ee6e0c2c4b, 0xb080cb99678e2ac0, 0xa27fb246c7729f7d, 0x12acf2ca76fd0675})},
};

}  // namespace cairn::crypto::bn254
