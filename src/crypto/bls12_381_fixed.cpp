#include "crypto/bls12_381_fixed.hpp"

namespace cairn::crypto {
namespace {

// Doublings after each addition in the curve's parameter, 0xd201000000010000, from its first bit.
constexpr std::array<int, 5> kRuns = {2, 3, 9, 32, 16};

// One pair's way through the loop. An infinite point's pairing is one: it has no lines.
class Walk {
 public:
  Walk(const blst_p1& point, const PreparedG2& prepared)
      : prepared_(prepared), is_one_(blst_p1_is_inf(&point)) {
    blst_p1_affine affine;
    blst_p1_to_affine(&affine, &point);
    blst_fp_add(&minus_twice_x_, &affine.x, &affine.x);
    blst_fp_cneg(&minus_twice_x_, &minus_twice_x_, true);
    blst_fp_add(&twice_y_, &affine.y, &affine.y);
  }

  // f times the next line at the point, which blst prepares up to the factors -2 x and 2 y.
  void multiply_next_line(blst_fp12& f) {
    if (is_one_) {
      return;
    }
    const blst_fp6& open = prepared_.line(next_++);
    blst_fp6 line;
    line.fp2[0] = open.fp2[0];
    for (std::size_t i = 0; i < 2; ++i) {
      blst_fp_mul(&line.fp2[1].fp[i], &open.fp2[1].fp[i], &minus_twice_x_);
      blst_fp_mul(&line.fp2[2].fp[i], &open.fp2[2].fp[i], &twice_y_);
    }
    blst_fp12_mul_by_xy00z0(&f, &f, &line);
  }

 private:
  const PreparedG2& prepared_;
  bool is_one_;
  std::size_t next_ = 0;
  blst_fp minus_twice_x_;
  blst_fp twice_y_;
};

}  // namespace

FixedBase::FixedBase(const blst_p1& point) {
  std::vector<blst_p1> multiples;
  multiples.reserve(kDigits * kValues);
  blst_p1 unit = point;  // 16^digit times the point
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    blst_p1 multiple = unit;
    for (std::size_t value = 1; value <= kValues; ++value) {
      multiples.push_back(multiple);
      blst_p1_add_or_double(&multiple, &multiple, &unit);
    }
    unit = multiple;
  }
  table_.resize(multiples.size());
  const std::array<const blst_p1*, 2> one_array = {multiples.data(), nullptr};
  blst_p1s_to_affine(table_.data(), one_array.data(), multiples.size());
}

blst_p1 FixedBase::times(const blst_scalar& scalar) const {
  blst_p1 sum{};  // all zeros: infinity
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const std::size_t value = (scalar.b[digit / 2] >> (digit % 2 == 0 ? 0 : 4)) & 0xf;
    if (value != 0) {
      blst_p1_add_or_double_affine(&sum, &sum, &table_[digit * kValues + value - 1]);
    }
  }
  return sum;
}

bool pairings_cancel(const blst_p1& a, const PreparedG2& q, const blst_p1& b, const PreparedG2& r) {
  std::array<Walk, 2> walks = {Walk(a, q), Walk(b, r)};
  blst_fp12 f = *blst_fp12_one();
  const auto multiply_next_lines = [&] {
    for (Walk& walk : walks) {
      walk.multiply_next_line(f);
    }
  };
  multiply_next_lines();
  for (const int doublings : kRuns) {
    multiply_next_lines();
    for (int i = 0; i < doublings; ++i) {
      blst_fp12_sqr(&f, &f);
      multiply_next_lines();
    }
  }
  blst_fp12_conjugate(&f);  // the parameter is negative
  return blst_fp12_finalverify(&f, blst_fp12_one());
}

}  // namespace cairn::crypto
