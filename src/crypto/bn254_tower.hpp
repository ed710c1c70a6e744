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
constexpr Fp2 frobenius_factor(unsigned i) {
  constexpr U256 kSixth{0x34b017592414d4e1, 0xee9591c2e6bda1c2, 0xf40d60f3c0403964,
                        0x0810b7bdd032f006};
  static_assert(kSixth * 6 + 1 == kPrime);
  constexpr Fp2 kXi{Fp::from(9), Fp::one()};
  return power(power(kXi, kSixth), i);
}

}  // namespace cairn::crypto::bn254
