#include "crypto/bn254_tower.hpp"

namespace cairn::crypto::bn254 {
namespace {

// xi^(i (p^2 - 1) / 6), which lies in Fp.
constexpr Fp squared_factor(std::size_t i) {
  return (kFrobenius[i] * conjugate(kFrobenius[i])).real;
}
constexpr Fp kFrobeniusSquared[6] = {squared_factor(0), squared_factor(1), squared_factor(2),
                                     squared_factor(3), squared_factor(4), squared_factor(5)};

Fp6 operator+(const Fp6& a, const Fp6& b) { return {a.a0 + b.a0, a.a1 + b.a1, a.a2 + b.a2}; }
Fp6 operator-(const Fp6& a, const Fp6& b) { return {a.a0 - b.a0, a.a1 - b.a1, a.a2 - b.a2}; }
Fp6 operator-(const Fp6& a) { return {-a.a0, -a.a1, -a.a2}; }
Fp6 times_v(const Fp6& a) { return {times_xi(a.a2), a.a0, a.a1}; }

Fp6 operator*(const Fp6& a, const Fp6& b) {
  const Fp2 t0 = a.a0 * b.a0;
  const Fp2 t1 = a.a1 * b.a1;
  const Fp2 t2 = a.a2 * b.a2;
  return {times_xi((a.a1 + a.a2) * (b.a1 + b.a2) - t1 - t2) + t0,
          (a.a0 + a.a1) * (b.a0 + b.a1) - t0 - t1 + times_xi(t2),
          (a.a0 + a.a2) * (b.a0 + b.a2) - t0 - t2 + t1};
}

// Times b0 + b1 v.
Fp6 multiply_by_two_terms(const Fp6& a, const Fp2& b0, const Fp2& b1) {
  const Fp2 t0 = a.a0 * b0;
  const Fp2 t1 = a.a1 * b1;
  return {times_xi((a.a1 + a.a2) * b1 - t1) + t0, (a.a0 + a.a1) * (b0 + b1) - t0 - t1,
          (a.a0 + a.a2) * b0 - t0 + t1};
}

Fp6 inverse(const Fp6& a) {
  const Fp2 b0 = square(a.a0) - times_xi(a.a1 * a.a2);
  const Fp2 b1 = times_xi(square(a.a2)) - a.a0 * a.a1;
  const Fp2 b2 = square(a.a1) - a.a0 * a.a2;
  const Fp2 scale = inverse(a.a0 * b0 + times_xi(a.a2 * b1 + a.a1 * b2));
  return {b0 * scale, b1 * scale, b2 * scale};
}

struct Fp4 {
  Fp2 low;
  Fp2 high;
};

// (a + b s)^2 with s^2 = xi.
Fp4 square_fp4(const Fp2& a, const Fp2& b) {
  const Fp2 a_squared = square(a);
  const Fp2 b_squared = square(b);
  return {times_xi(b_squared) + a_squared, square(a + b) - a_squared - b_squared};
}

Fp2 thrice_minus_twice(const Fp2& t, const Fp2& z) { return twice(t - z) + t; }
Fp2 thrice_plus_twice(const Fp2& t, const Fp2& z) { return twice(t + z) + t; }

}  // namespace

Fp12 operator*(const Fp12& a, const Fp12& b) {
  const Fp6 t0 = a.c0 * b.c0;
  const Fp6 t1 = a.c1 * b.c1;
  return {t0 + times_v(t1), (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1};
}

Fp12 operator*(const Fp12& a, const Line& line) {
  const Fp6 t0{a.c0.a0 * line.constant, a.c0.a1 * line.constant, a.c0.a2 * line.constant};
  const Fp6 t1 = multiply_by_two_terms(a.c1, line.slope, line.rest);
  return {t0 + times_v(t1),
          multiply_by_two_terms(a.c0 + a.c1, line.constant + line.slope, line.rest) - t0 - t1};
}

Fp12 square(const Fp12& a) {
  const Fp6 t = a.c0 * a.c1;
  return {(a.c0 + a.c1) * (a.c0 + times_v(a.c1)) - t - times_v(t), t + t};
}

Fp12 inverse(const Fp12& a) {
  const Fp6 scale = inverse(a.c0 * a.c0 - times_v(a.c1 * a.c1));
  return {a.c0 * scale, -a.c1 * scale};
}

Fp12 conjugate(const Fp12& a) { return {a.c0, -a.c1}; }

// The coefficients of w^0 to w^5 are c0.a0, c1.a0, c0.a1, c1.a1, c0.a2, c1.a2.
Fp12 frobenius(const Fp12& a) {
  return {
      {conjugate(a.c0.a0), conjugate(a.c0.a1) * kFrobenius[2], conjugate(a.c0.a2) * kFrobenius[4]},
      {conjugate(a.c1.a0) * kFrobenius[1], conjugate(a.c1.a1) * kFrobenius[3],
       conjugate(a.c1.a2) * kFrobenius[5]}};
}

Fp12 frobenius_squared(const Fp12& a) {
  return {{a.c0.a0, a.c0.a1 * kFrobeniusSquared[2], a.c0.a2 * kFrobeniusSquared[4]},
          {a.c1.a0 * kFrobeniusSquared[1], a.c1.a1 * kFrobeniusSquared[3],
           a.c1.a2 * kFrobeniusSquared[5]}};
}

Fp12 cyclotomic_square(const Fp12& a) {
  const Fp4 first = square_fp4(a.c0.a0, a.c1.a1);
  const Fp4 second = square_fp4(a.c1.a0, a.c0.a2);
  const Fp4 third = square_fp4(a.c0.a1, a.c1.a2);
  return {{thrice_minus_twice(first.low, a.c0.a0), thrice_minus_twice(second.low, a.c0.a1),
           thrice_minus_twice(third.low, a.c0.a2)},
          {thrice_plus_twice(times_xi(third.high), a.c1.a0), thrice_plus_twice(first.high, a.c1.a1),
           thrice_plus_twice(second.high, a.c1.a2)}};
}

}  // namespace cairn::crypto::bn254
