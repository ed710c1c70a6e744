#include "crypto/bn254_pairing.hpp"

#include <vector>

#include "crypto/bn254_digits.hpp"

namespace cairn::crypto::bn254 {
namespace {

constexpr Fp2 kThriceTwistB = twice(kTwistB) + kTwistB;

constexpr auto kLoop = signed_digits<2, 66>(U256{kCurveParameter} * 6 + 2);
static_assert(kLoop.back() == 1);

// A line before the G1 point is put in: constant * y_P + (slope * x_P + rest v) w.
struct OpenLine {
  Fp2 constant;
  Fp2 slope;
  Fp2 rest;
};

// One pair's walk: T runs through multiples of Q in homogeneous coordinates (X/Z, Y/Z).
class Walk {
 public:
  explicit Walk(const Pair& pair)
      : p_(pair.p), q_(pair.q), x_(pair.q.x), y_(pair.q.y), z_(Fp2::one()) {}

  // T becomes 2 T; the tangent, scaled by a factor that the final exponentiation removes
  // (Costello, Lange, Naehrig: "Faster pairing computations on curves with high-degree twists").
  Line twice() {
    const Fp2 xy = x_ * y_;
    const Fp2 b = square(y_);
    const Fp2 e = square(z_) * kThriceTwistB;
    const Fp2 f = bn254::twice(e) + e;
    const Fp2 h = bn254::twice(y_ * z_);
    const Fp2 xx = square(x_);
    const Fp2 ee = square(e);
    const Fp2 ee_4 = bn254::twice(bn254::twice(ee));
    x_ = bn254::twice(xy * (b - f));
    y_ = square(b + f) - (bn254::twice(ee_4) + ee_4);
    z_ = bn254::twice(bn254::twice(b * h));
    return at_p({h, -(bn254::twice(xx) + xx), b - e});
  }

  // T becomes T + R; the line through both.
  Line add(const G2& r) {
    const Fp2 theta = y_ - r.y * z_;
    const Fp2 lambda = x_ - r.x * z_;
    const Fp2 d = square(lambda);
    const Fp2 e = d * lambda;
    const Fp2 f = z_ * square(theta);
    const Fp2 g = x_ * d;
    const Fp2 h = e + f - bn254::twice(g);
    x_ = lambda * h;
    y_ = theta * (g - h) - e * y_;
    z_ = z_ * e;
    return at_p({lambda, -theta, theta * r.x - lambda * r.y});
  }

  const G2& q() const { return q_; }
  G2 minus_q() const { return {q_.x, -q_.y}; }

 private:
  Line at_p(const OpenLine& line) const {
    return {line.constant * p_.y, line.slope * p_.x, line.rest};
  }

  G1 p_;
  G2 q_;
  Fp2 x_;
  Fp2 y_;
  Fp2 z_;
};

Fp12 miller_loop(std::vector<Walk>& walks) {
  Fp12 f = Fp12::one();
  for (std::size_t i = kLoop.size() - 1; i > 0; --i) {
    f = square(f);
    for (Walk& walk : walks) {
      f = f * walk.twice();
      const std::int8_t digit = kLoop[i - 1];
      if (digit != 0) {
        f = f * walk.add(digit > 0 ? walk.q() : walk.minus_q());
      }
    }
  }
  for (Walk& walk : walks) {
    const G2 once = frobenius(walk.q());
    const G2 squared = frobenius(once);
    f = f * walk.add(once);
    f = f * walk.add({squared.x, -squared.y});
  }
  return f;
}

constexpr auto kParameterDigits = signed_digits<4, 63>(kCurveParameter);
static_assert(kParameterDigits.back() == 1);

// In the cyclotomic subgroup, where the conjugate is the inverse.
Fp12 power_of_curve_parameter(const Fp12& a) {
  std::array<Fp12, 4> odd_powers{a};
  const Fp12 squared = cyclotomic_square(a);
  for (std::size_t i = 1; i < odd_powers.size(); ++i) {
    odd_powers[i] = odd_powers[i - 1] * squared;
  }
  Fp12 result = a;
  for (std::size_t i = kParameterDigits.size() - 1; i > 0; --i) {
    result = cyclotomic_square(result);
    if (const std::int8_t digit = kParameterDigits[i - 1]; digit > 0) {
      result = result * odd_powers[static_cast<std::size_t>(digit / 2)];
    } else if (digit < 0) {
      result = result * conjugate(odd_powers[static_cast<std::size_t>(-digit / 2)]);
    }
  }
  return result;
}

// To the power (p^12 - 1) / order: the easy part by Frobenius maps, the hard part by Scott et al.,
// "On the final exponentiation for calculating pairings on ordinary elliptic curves", section 5.
Fp12 final_exponentiation(const Fp12& a) {
  const Fp12 half = conjugate(a) * inverse(a);
  const Fp12 f = frobenius_squared(half) * half;

  const Fp12 f_x = power_of_curve_parameter(f);
  const Fp12 f_xx = power_of_curve_parameter(f_x);
  const Fp12 f_xxx = power_of_curve_parameter(f_xx);
  const Fp12 f_p2 = frobenius_squared(f);
  const Fp12 y0 = frobenius(f) * f_p2 * frobenius(f_p2);
  const Fp12 y1 = conjugate(f);
  const Fp12 y2 = frobenius_squared(f_xx);
  const Fp12 y3 = conjugate(frobenius(f_x));
  const Fp12 y4 = conjugate(f_x * frobenius(f_xx));
  const Fp12 y5 = conjugate(f_xx);
  const Fp12 y6 = conjugate(f_xxx * frobenius(f_xxx));

  // y0 y1^2 y2^6 y3^12 y4^18 y5^30 y6^36.
  const Fp12 t0 = cyclotomic_square(y6) * y4 * y5;
  const Fp12 t1 = cyclotomic_square(cyclotomic_square(y3 * y5 * t0) * (t0 * y2));
  return cyclotomic_square(t1 * y1) * (t1 * y0);
}

}  // namespace

Fp12 pairing_product(std::span<const Pair> pairs) {
  std::vector<Walk> walks;
  walks.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    if (!pair.p.is_infinity() && !pair.q.is_infinity()) {
      walks.emplace_back(pair);
    }
  }
  return walks.empty() ? Fp12::one() : final_exponentiation(miller_loop(walks));
}

}  // namespace cairn::crypto::bn254
