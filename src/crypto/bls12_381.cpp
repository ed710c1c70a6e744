#include "crypto/bls12_381.hpp"

#include <blst.h>

#include <vector>

namespace cairn::crypto {
namespace {

constexpr std::size_t kFpSize = 64;
constexpr std::size_t kPadding = 16;  // zeros before the 48 bytes of an element
constexpr std::size_t kScalarSize = 32;

std::optional<blst_fp> decode_fp(const std::uint8_t* bytes) {
  if (std::any_of(bytes, bytes + kPadding, [](std::uint8_t byte) { return byte != 0; })) {
    return std::nullopt;
  }
  blst_fp element;
  blst_fp_from_bendian(&element, bytes + kPadding);
  // blst reduces silently; only an element below the prime comes back as it was.
  std::uint8_t back[48];
  blst_bendian_from_fp(back, &element);
  if (!std::equal(back, back + sizeof back, bytes + kPadding)) {
    return std::nullopt;
  }
  return element;
}

void encode_fp(std::uint8_t* target, const blst_fp& element) {
  blst_bendian_from_fp(target + kPadding, &element);
}

std::optional<blst_fp2> decode_fp2(const std::uint8_t* bytes) {
  const auto real = decode_fp(bytes);
  const auto imaginary = decode_fp(bytes + kFpSize);
  if (!real || !imaginary) {
    return std::nullopt;
  }
  return blst_fp2{{*real, *imaginary}};
}

void encode_fp2(std::uint8_t* target, const blst_fp2& element) {
  encode_fp(target, element.fp[0]);
  encode_fp(target + kFpSize, element.fp[1]);
}

// blst has each function twice, by name; these give one name to what is done in both groups.
struct OverG1 {
  using Affine = blst_p1_affine;
  using Point = blst_p1;
  using Encoding = Bls12G1;
  static constexpr auto decode_coordinate = decode_fp;
  static constexpr auto encode_coordinate = encode_fp;
  static constexpr auto is_on_curve = blst_p1_affine_on_curve;
  static constexpr auto is_in_group = blst_p1_affine_in_g1;
  static constexpr auto is_infinity = blst_p1_affine_is_inf;
  static constexpr auto from_affine = blst_p1_from_affine;
  static constexpr auto to_affine = blst_p1_to_affine;
  static constexpr auto add = blst_p1_add_or_double_affine;
  static constexpr auto multiply_many = blst_p1s_mult_pippenger;
  static constexpr auto scratch_size = blst_p1s_mult_pippenger_scratch_sizeof;
};

struct OverG2 {
  using Affine = blst_p2_affine;
  using Point = blst_p2;
  using Encoding = Bls12G2;
  static constexpr auto decode_coordinate = decode_fp2;
  static constexpr auto encode_coordinate = encode_fp2;
  static constexpr auto is_on_curve = blst_p2_affine_on_curve;
  static constexpr auto is_in_group = blst_p2_affine_in_g2;
  static constexpr auto is_infinity = blst_p2_affine_is_inf;
  static constexpr auto from_affine = blst_p2_from_affine;
  static constexpr auto to_affine = blst_p2_to_affine;
  static constexpr auto add = blst_p2_add_or_double_affine;
  static constexpr auto multiply_many = blst_p2s_mult_pippenger;
  static constexpr auto scratch_size = blst_p2s_mult_pippenger_scratch_sizeof;
};

template <class Group>
constexpr std::size_t kPointSize = Group::Encoding::size();

// A point of the curve; blst's affine infinity is (0, 0), as EIP-2537's.
template <class Group>
std::optional<typename Group::Affine> decode_point(const std::uint8_t* bytes) {
  const auto x = Group::decode_coordinate(bytes);
  const auto y = Group::decode_coordinate(bytes + kPointSize<Group> / 2);
  if (!x || !y) {
    return std::nullopt;
  }
  const typename Group::Affine point{*x, *y};
  if (!Group::is_infinity(&point) && !Group::is_on_curve(&point)) {
    return std::nullopt;
  }
  return point;
}

template <class Group>
std::optional<typename Group::Affine> decode_group_element(const std::uint8_t* bytes) {
  const auto point = decode_point<Group>(bytes);
  if (!point || (!Group::is_infinity(&*point) && !Group::is_in_group(&*point))) {
    return std::nullopt;
  }
  return point;
}

template <class Group>
typename Group::Encoding encode_point(const typename Group::Point& point) {
  typename Group::Affine affine;
  Group::to_affine(&affine, &point);
  typename Group::Encoding out;
  if (!Group::is_infinity(&affine)) {
    Group::encode_coordinate(out.data(), affine.x);
    Group::encode_coordinate(out.data() + kPointSize<Group> / 2, affine.y);
  }
  return out;
}

template <class Group>
std::optional<typename Group::Encoding> add(BytesView input) {
  if (input.size() != 2 * kPointSize<Group>) {
    return std::nullopt;
  }
  const auto a = decode_point<Group>(input.data());
  const auto b = decode_point<Group>(input.data() + kPointSize<Group>);
  if (!a || !b) {
    return std::nullopt;
  }
  typename Group::Point sum;
  Group::from_affine(&sum, &*a);
  Group::add(&sum, &sum, &*b);
  return encode_point<Group>(sum);
}

template <class Group>
std::optional<typename Group::Encoding> multiply_many(BytesView input) {
  constexpr std::size_t kEntrySize = kPointSize<Group> + kScalarSize;
  if (input.empty() || input.size() % kEntrySize != 0) {
    return std::nullopt;
  }
  std::vector<typename Group::Affine> points;
  std::vector<blst_scalar> scalars;
  points.reserve(input.size() / kEntrySize);
  scalars.reserve(input.size() / kEntrySize);
  for (std::size_t at = 0; at < input.size(); at += kEntrySize) {
    const auto point = decode_group_element<Group>(input.data() + at);
    if (!point) {
      return std::nullopt;
    }
    blst_scalar scalar;  // modulo the order; the many-point code wants neither zero nor infinity
    const bool is_zero =
        !blst_scalar_from_be_bytes(&scalar, input.data() + at + kPointSize<Group>, kScalarSize);
    if (!is_zero && !Group::is_infinity(&*point)) {
      points.push_back(*point);
      scalars.push_back(scalar);
    }
  }
  if (points.empty()) {
    return typename Group::Encoding{};
  }
  // A null pointer after the first says that the rest follows it in memory.
  const typename Group::Affine* const point_list[] = {points.data(), nullptr};
  const byte* const scalar_list[] = {scalars[0].b, nullptr};
  std::vector<limb_t> scratch(Group::scratch_size(points.size()) / sizeof(limb_t));
  typename Group::Point sum;
  Group::multiply_many(&sum, point_list, points.size(), scalar_list, 255, scratch.data());
  return encode_point<Group>(sum);
}

}  // namespace

std::optional<Bls12G1> bls12_g1_add(BytesView input) { return add<OverG1>(input); }
std::optional<Bls12G2> bls12_g2_add(BytesView input) { return add<OverG2>(input); }
std::optional<Bls12G1> bls12_g1_msm(BytesView input) { return multiply_many<OverG1>(input); }
std::optional<Bls12G2> bls12_g2_msm(BytesView input) { return multiply_many<OverG2>(input); }

std::optional<bool> bls12_pairing_check(BytesView input) {
  constexpr std::size_t kPairSize = kPointSize<OverG1> + kPointSize<OverG2>;
  if (input.empty() || input.size() % kPairSize != 0) {
    return std::nullopt;
  }
  std::vector<blst_p1_affine> ps;
  std::vector<blst_p2_affine> qs;
  for (std::size_t at = 0; at < input.size(); at += kPairSize) {
    const auto p = decode_group_element<OverG1>(input.data() + at);
    const auto q =
        p ? decode_group_element<OverG2>(input.data() + at + kPointSize<OverG1>) : std::nullopt;
    if (!q) {
      return std::nullopt;
    }
    // The pairing with infinity is one.
    if (!blst_p1_affine_is_inf(&*p) && !blst_p2_affine_is_inf(&*q)) {
      ps.push_back(*p);
      qs.push_back(*q);
    }
  }
  if (ps.empty()) {
    return true;
  }
  const blst_p1_affine* const p_list[] = {ps.data(), nullptr};
  const blst_p2_affine* const q_list[] = {qs.data(), nullptr};
  blst_fp12 product;
  blst_miller_loop_n(&product, q_list, p_list, ps.size());
  return blst_fp12_finalverify(&product, blst_fp12_one());
}

std::optional<Bls12G1> bls12_map_fp_to_g1(BytesView input) {
  const auto element = input.size() == kFpSize ? decode_fp(input.data()) : std::nullopt;
  if (!element) {
    return std::nullopt;
  }
  blst_p1 point;
  blst_map_to_g1(&point, &*element, nullptr);
  return encode_point<OverG1>(point);
}

std::optional<Bls12G2> bls12_map_fp2_to_g2(BytesView input) {
  const auto element = input.size() == 2 * kFpSize ? decode_fp2(input.data()) : std::nullopt;
  if (!element) {
    return std::nullopt;
  }
  blst_p2 point;
  blst_map_to_g2(&point, &*element, nullptr);
  return encode_point<OverG2>(point);
}

}  // namespace cairn::crypto
