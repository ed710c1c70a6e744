#include "crypto/bn254_curve.hpp"

#include <array>

#include "crypto/bn254_digits.hpp"
#include "crypto/bn254_tower.hpp"

namespace cairn::crypto::bn254 {
namespace {

constexpr Fp kB = Fp::from(3);
constexpr Fp2 kFrobeniusX = kFrobenius[2];
constexpr Fp2 kFrobeniusY = kFrobenius[3];

template <class Field>
bool satisfies(const Affine<Field>& point, const Field& b) {
  return point.is_infinity() || square(point.y) == square(point.x) * point.x + b;
}

Jacobian<Fp2> frobenius(const Jacobian<Fp2>& p) {
  return {conjugate(p.x) * kFrobeniusX, conjugate(p.y) * kFrobeniusY, conjugate(p.z)};
}

constexpr auto kParameterDigits = signed_digits<2, 63>(kCurveParameter);
static_assert(kParameterDigits.back() == 1);

Jacobian<Fp2> times_curve_parameter(const G2& point) {
  const G2 minus_point{point.x, -point.y};
  auto result = Jacobian<Fp2>::from(point);
  for (std::size_t i = kParameterDigits.size() - 1; i > 0; --i) {
    result = twice(result);
    if (const std::int8_t digit = kParameterDigits[i - 1]; digit != 0) {
      result = result + (digit > 0 ? point : minus_point);
    }
  }
  return result;
}

// GLV (Gallant, Lambert, Vanstone): (beta x, y) = lambda (x, y), so a scalar k is split into
// k1 + k2 lambda with k1 and k2 of half its size. (-(2x + 1), 6x^2 + 2x) and
// (-(6x^2 + 4x + 1), -(2x + 1)) are a basis of the pairs (k1, k2) that stand for 0.
constexpr Fp kBeta =
    Fp::from({0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0x0000000000000000});
constexpr U256 kX{kCurveParameter};
constexpr U256 kShort = kX * 2 + 1;
constexpr U256 kLongFirst = kX * kX * 6 + kX * 2;
constexpr U256 kLongSecond = kX * kX * 6 + kX * 4 + 1;
// floor(2^256 n / order) for n = kShort and n = kLongFirst.
constexpr U256 kShortByOrder{0xd91d232ec7e0b3d7, 0x0000000000000002, 0x0000000000000000,
                             0x0000000000000000};
constexpr U256 kLongByOrder{0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 0x0000000000000002,
                            0x0000000000000000};

U256 high_half(const U256& a, const U256& b) {
  const auto product = base::multiply_full(a, b);
  return {product[4], product[5], product[6], product[7]};
}

struct SignedScalar {
  U256 magnitude;
  bool negative;
};

SignedScalar signed_scalar(const U256& twos_complement) {
  const bool negative = twos_complement.sign();
  return {negative ? -twos_complement : twos_complement, negative};
}

struct SplitScalar {
  SignedScalar plain;
  SignedScalar lambda;
};

SplitScalar split(const U256& scalar) {
  const U256 n1 = high_half(scalar, kShortByOrder);
  const U256 n2 = high_half(scalar, kLongByOrder);
  return {signed_scalar(scalar - n1 * kShort - n2 * kLongSecond),
          signed_scalar(n1 * kLongFirst - n2 * kShort)};
}

constexpr unsigned kWindow = 5;
constexpr std::size_t kDigits = 131;
using Digits = std::array<std::int8_t, kDigits>;

Digits digits_of(const SignedScalar& scalar) {
  Digits digits = signed_digits<kWindow, kDigits>(scalar.magnitude);
  if (scalar.negative) {
    for (std::int8_t& digit : digits) {
      digit = static_cast<std::int8_t>(-digit);
    }
  }
  return digits;
}

using OddMultiples = std::array<Jacobian<Fp>, std::size_t{1} << (kWindow - 2)>;

OddMultiples odd_multiples(const Jacobian<Fp>& p) {
  OddMultiples multiples;
  multiples[0] = p;
  const Jacobian<Fp> p_2 = twice(p);
  for (std::size_t i = 1; i < multiples.size(); ++i) {
    multiples[i] = multiples[i - 1] + p_2;
  }
  return multiples;
}

Jacobian<Fp> add_digit(const Jacobian<Fp>& sum, const OddMultiples& multiples, std::int8_t digit) {
  if (digit == 0) {
    return sum;
  }
  return digit > 0 ? sum + multiples[static_cast<std::size_t>(digit / 2)]
                   : sum + -multiples[static_cast<std::size_t>(-digit / 2)];
}

}  // namespace

bool is_on_curve(const G1& point) { return satisfies(point, kB); }
bool is_on_curve(const G2& point) { return satisfies(point, kTwistB); }

// Instead of multiplying by the whole order: [x + 1] Q + psi([x] Q) + psi^2([x] Q) = psi^3([2x] Q)
// (El Housni, Guillevic, Piellard: "Co-factor clearing and subgroup membership testing on
// pairing-friendly curves", section 5.1).
bool is_in_group(const G2& point) {
  const Jacobian<Fp2> x_q = times_curve_parameter(point);
  const Jacobian<Fp2> once = frobenius(x_q);
  const Jacobian<Fp2> squared = frobenius(once);
  return same_point(x_q + point + once + squared, twice(frobenius(squared)));
}

G2 frobenius(const G2& point) {
  return {conjugate(point.x) * kFrobeniusX, conjugate(point.y) * kFrobeniusY};
}

G1 add(const G1& p, const G1& q) {
  if (p.is_infinity()) {
    return q;
  }
  if (q.is_infinity()) {
    return p;
  }
  Fp rise = q.y - p.y;
  Fp run = q.x - p.x;
  if (run.is_zero()) {
    if (!rise.is_zero() || p.y.is_zero()) {
      return {};
    }
    rise = square(p.x);
    rise = twice(rise) + rise;
    run = twice(p.y);
  }
  const Fp slope = rise * inverse(run);
  const Fp x = square(slope) - p.x - q.x;
  return {x, slope * (p.x - x) - p.y};
}

G1 multiply(const G1& p, const U256& scalar) {
  if (p.is_infinity()) {
    return {};
  }
  const SplitScalar parts = split(scalar % kGroupOrder);
  const Digits plain_digits = digits_of(parts.plain);
  const Digits lambda_digits = digits_of(parts.lambda);
  const OddMultiples multiples = odd_multiples(Jacobian<Fp>::from(p));
  OddMultiples lambda_multiples = multiples;
  for (Jacobian<Fp>& multiple : lambda_multiples) {
    multiple.x = multiple.x * kBeta;
  }
  auto sum = Jacobian<Fp>::infinity();
  for (std::size_t i = kDigits; i > 0; --i) {
    sum = twice(sum);
    sum = add_digit(sum, multiples, plain_digits[i - 1]);
    sum = add_digit(sum, lambda_multiples, lambda_digits[i - 1]);
  }
  return to_affine(sum);
}

}  // namespace cairn::crypto::bn254
