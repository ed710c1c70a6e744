#pragma once
// Points of y^2 = x^3 + b over Fp (G1, b = 3) and over Fp2 (the twist with G2, b = 3 / xi).
// Plain values; any thread.

#include <optional>

#include "crypto/bn254_field.hpp"

namespace cairn::crypto::bn254 {

// Infinity is (0, 0), which is on neither curve.
template <class Field>
struct Affine {
  Field x;
  Field y;

  bool operator==(const Affine&) const = default;
  bool is_infinity() const { return x.is_zero() && y.is_zero(); }
};

// (x / z^2, y / z^3); infinity has z = 0.
template <class Field>
struct Jacobian {
  Field x;
  Field y;
  Field z;

  static Jacobian infinity() { return {Field::one(), Field::one(), {}}; }
  static Jacobian from(const Affine<Field>& point) {
    return point.is_infinity() ? infinity() : Jacobian{point.x, point.y, Field::one()};
  }
  bool is_infinity() const { return z.is_zero(); }
};

using G1 = Affine<Fp>;
using G2 = Affine<Fp2>;

inline constexpr U256 kGroupOrder{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d,
                                  0x30644e72e131a029};
// b of the twist: times xi it is 3.
inline constexpr Fp2 kTwistB{
    Fp::from(U256{0x3267e6dc24a138e5, 0xb5b4c5e559dbefa3, 0x81be18991be06ac3, 0x2b149d40ceb8aaae}),
    Fp::from(U256{0xe4a2bd0685c315d2, 0xa74fa084e52d1852, 0xcd2cafadeed8fdf4, 0x9713b03af0fed4})};
static_assert(times_xi(kTwistB) == Fp2{Fp::from(3), {}});
// The parameter x of the BN family: p and the order are polynomials in it.
inline constexpr std::uint64_t kCurveParameter = 0x44e992b44a6909f1;

template <class Field>
Jacobian<Field> twice(const Jacobian<Field>& p) {
  const Field a = square(p.x);
  const Field b = square(p.y);
  const Field c = square(b);
  const Field d = twice(square(p.x + b) - a - c);
  const Field e = twice(a) + a;
  const Field x = square(e) - twice(d);
  return {x, e * (d - x) - twice(twice(twice(c))), twice(p.y * p.z)};
}

template <class Field>
Jacobian<Field> operator+(const Jacobian<Field>& p, const Jacobian<Field>& q) {
  if (p.is_infinity()) {
    return q;
  }
  if (q.is_infinity()) {
    return p;
  }
  const Field p_zz = square(p.z);
  const Field q_zz = square(q.z);
  const Field u1 = p.x * q_zz;
  const Field s1 = p.y * q_zz * q.z;
  const Field h = q.x * p_zz - u1;
  const Field r = q.y * p_zz * p.z - s1;
  if (h.is_zero()) {
    return r.is_zero() ? twice(p) : Jacobian<Field>::infinity();
  }
  const Field hh = square(h);
  const Field hhh = hh * h;
  const Field v = u1 * hh;
  const Field x = square(r) - hhh - twice(v);
  return {x, r * (v - x) - s1 * hhh, p.z * q.z * h};
}

template <class Field>
Jacobian<Field> operator+(const Jacobian<Field>& p, const Affine<Field>& q) {
  if (p.is_infinity() || q.is_infinity()) {
    return q.is_infinity() ? p : Jacobian<Field>::from(q);
  }
  const Field p_zz = square(p.z);
  const Field h = q.x * p_zz - p.x;
  const Field r = q.y * p_zz * p.z - p.y;
  if (h.is_zero()) {
    return r.is_zero() ? twice(p) : Jacobian<Field>::infinity();
  }
  const Field hh = square(h);
  const Field hhh = hh * h;
  const Field v = p.x * hh;
  const Field x = square(r) - hhh - twice(v);
  return {x, r * (v - x) - p.y * hhh, p.z * h};
}

template <class Field>
Jacobian<Field> operator-(const Jacobian<Field>& p) {
  return {p.x, -p.y, p.z};
}

// Equal as points.
template <class Field>
bool same_point(const Jacobian<Field>& p, const Jacobian<Field>& q) {
  if (p.is_infinity() || q.is_infinity()) {
    return p.is_infinity() && q.is_infinity();
  }
  const Field p_zz = square(p.z);
  const Field q_zz = square(q.z);
  return p.x * q_zz == q.x * p_zz && p.y * q_zz * q.z == q.y * p_zz * p.z;
}

template <class Field>
Affine<Field> to_affine(const Jacobian<Field>& p) {
  if (p.is_infinity()) {
    return {};
  }
  const Field z_inverse = inverse(p.z);
  const Field zz_inverse = square(z_inverse);
  return {p.x * zz_inverse, p.y * zz_inverse * z_inverse};
}

bool is_on_curve(const G1& point);  // infinity is
bool is_on_curve(const G2& point);  // infinity is

// Whether a point of the twist has the order of the group. Infinity does.
bool is_in_group(const G2& point);

// The p-power Frobenius map, carried over to the twist.
G2 frobenius(const G2& point);

G1 add(const G1& p, const G1& q);
G1 multiply(const G1& p, const U256& scalar);  // a scalar of any size

}  // namespace cairn::crypto::bn254
