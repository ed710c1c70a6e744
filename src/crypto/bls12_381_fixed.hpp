#pragma once
// Points of BLS12-381 that stay the same while others change, worked out once: a base that is
// multiplied again and again, and the G2 sides of a product of two pairings. Pure; any thread.

#include <blst.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace cairn::crypto {

// Multiples of a point by every value of every hexadecimal digit (92 KB): a product by a scalar is
// 64 additions and no doubling.
class FixedBase {
 public:
  explicit FixedBase(const blst_p1& point);

  // The time depends on the scalar: it must not be a secret.
  blst_p1 times(const blst_scalar& scalar) const;

 private:
  static constexpr std::size_t kDigits = 64;
  static constexpr std::size_t kValues = 15;  // zero needs no point

  std::vector<blst_p1_affine> table_;
};

// The lines of a point's Miller loop.
class PreparedG2 {
 public:
  explicit PreparedG2(const blst_p2_affine& point) { blst_precompute_lines(lines_.data(), &point); }

  static constexpr std::size_t kLines = 68;
  const blst_fp6& line(std::size_t i) const { return lines_[i]; }

 private:
  std::array<blst_fp6, kLines> lines_;
};

// Whether e(a, q) e(b, r) = 1. Both loops go together, so that f is squared once for both.
bool pairings_cancel(const blst_p1& a, const PreparedG2& q, const blst_p1& b, const PreparedG2& r);

}  // namespace cairn::crypto
