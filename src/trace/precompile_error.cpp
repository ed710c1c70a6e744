#include "trace/precompile_error.hpp"

#include <algorithm>
#include <array>

#include "base/u256.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254_curve.hpp"
#include "crypto/digest.hpp"
#include "evm/precompile_gas.hpp"

namespace cairn::trace {
namespace {

using crypto::bn254::Fp;

constexpr std::string_view kWrongLength = "invalid input length";
constexpr std::string_view kNotBelowPrime = "invalid fp.Element encoding";

constexpr std::size_t kPointEvaluationInput = 192;  // EIP-4844
// EIP-196, EIP-197: of alt_bn128.
constexpr std::size_t kBn254G1 = 64;
constexpr std::size_t kBn254G2 = 128;
constexpr std::size_t kBn254Pair = kBn254G1 + kBn254G2;
// EIP-2537: of BLS12-381.
constexpr std::size_t kElement = 64;
constexpr std::size_t kElementPadding = 16;
constexpr std::size_t kG1 = 2 * kElement;
constexpr std::size_t kG2 = 4 * kElement;
constexpr std::size_t kScalar = 32;
constexpr std::array<std::uint8_t, 48> kBlsPrime = {
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};
constexpr U256 kBlsGroupOrder{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                              0x73eda753299d7d48};

// The functions below answer an empty text where nothing is wrong.

std::string_view bn254_point_error(BytesView point) {
  std::array<Fp, 4> coordinates;
  for (std::size_t i = 0; i < point.size() / 32; ++i) {
    const U256 value = base::load_be(point.data() + 32 * i);
    if (value >= crypto::bn254::kPrime) {
      return kNotBelowPrime;
    }
    coordinates[i] = Fp::from(value);
  }
  const auto& [a, b, c, d] = coordinates;
  const crypto::bn254::G1 g1{a, b};
  const crypto::bn254::G2 g2{{b, a}, {d, c}};
  const bool is_g1 = point.size() == kBn254G1;
  if (is_g1 ? !is_on_curve(g1) : !is_on_curve(g2)) {
    return "point is not on curve";
  }
  return is_g1 || is_in_group(g2) ? "" : "point is not in correct subgroup";
}

std::string_view first_of(std::string_view error, std::string_view next) {
  return error.empty() ? next : error;
}

Bytes filled_up(BytesView input, std::size_t size) {
  Bytes out = base::to_bytes(input.first(std::min(size, input.size())));
  out.resize(size);
  return out;
}

std::string_view bn254_pairing_error(BytesView input) {
  if (input.size() % kBn254Pair != 0) {
    return "bad elliptic curve pairing size";
  }
  std::string_view error;
  for (; error.empty() && !input.empty(); input = input.subspan(kBn254Pair)) {
    error = first_of(bn254_point_error(input.first(kBn254G1)),
                     bn254_point_error(input.subspan(kBn254G1, kBn254G2)));
  }
  return error;
}

std::string_view element_error(BytesView element) {
  const BytesView padding = element.first(kElementPadding);
  if (std::ranges::any_of(padding, [](std::uint8_t byte) { return byte != 0; })) {
    return "invalid field element top bytes";
  }
  return std::ranges::lexicographical_compare(element.subspan(kElementPadding), kBlsPrime)
             ? ""
             : kNotBelowPrime;
}

std::string_view elements_error(BytesView elements) {
  std::string_view error;
  for (; error.empty() && !elements.empty(); elements = elements.subspan(kElement)) {
    error = element_error(elements.first(kElement));
  }
  return error;
}

// The point with something behind it, as operations take it.
Bytes with(BytesView point, std::size_t size, std::uint8_t last) {
  Bytes out = base::to_bytes(point);
  out.resize(point.size() + size);
  out.back() = last;
  return out;
}

// Addition asks only for points of the curve.
std::string_view point_error(BytesView point) {
  if (const std::string_view error = elements_error(point); !error.empty()) {
    return error;
  }
  const Bytes and_infinity = with(point, point.size(), 0);
  const bool is_on_curve = point.size() == kG1 ? crypto::bls12_g1_add(and_infinity).has_value()
                                               : crypto::bls12_g2_add(and_infinity).has_value();
  return is_on_curve ? "" : "invalid point: not on curve";
}

// Multiplication asks for elements of the group too.
std::string_view group_error(BytesView point) {
  const Bytes times_one = with(point, kScalar, 1);
  if (point.size() == kG1) {
    return crypto::bls12_g1_msm(times_one) ? "" : "g1 point is not on correct subgroup";
  }
  return crypto::bls12_g2_msm(times_one) ? "" : "g2 point is not on correct subgroup";
}

std::string_view bls_add_error(BytesView input, std::size_t point) {
  if (input.size() != 2 * point) {
    return kWrongLength;
  }
  return first_of(point_error(input.first(point)), point_error(input.subspan(point)));
}

// Of a list whose items are judged one by one.
template <class ItemError>
std::string_view list_error(BytesView input, std::size_t item, const ItemError& item_error) {
  if (input.empty() || input.size() % item != 0) {
    return kWrongLength;
  }
  std::string_view error;
  for (; error.empty() && !input.empty(); input = input.subspan(item)) {
    error = item_error(input.first(item));
  }
  return error;
}

std::string_view bls_msm_error(BytesView input, std::size_t point) {
  return list_error(input, point + kScalar, [point](BytesView item) {
    return first_of(point_error(item.first(point)), group_error(item.first(point)));
  });
}

std::string_view bls_pairing_error(BytesView input) {
  return list_error(input, kG1 + kG2, [](BytesView item) {
    const BytesView g1 = item.first(kG1);
    const BytesView g2 = item.subspan(kG1);
    return first_of(first_of(point_error(g1), point_error(g2)),
                    first_of(group_error(g1), group_error(g2)));
  });
}

std::string_view bls_map_error(BytesView input, std::size_t size) {
  return input.size() != size ? kWrongLength : elements_error(input);
}

// EIP-4844: the commitment's hash with its version in front, the point, the value, the commitment,
// the proof.
std::string_view point_evaluation_error(BytesView input) {
  constexpr std::size_t kCommitment = 96;
  constexpr std::size_t kCommitmentSize = 48;
  if (input.size() != kPointEvaluationInput) {
    return kWrongLength;
  }
  Hash256 hash = crypto::sha256(input.subspan(kCommitment, kCommitmentSize));
  hash[0] = 1;
  if (!base::equal(hash, input.first(Hash256::size()))) {
    return "mismatched versioned hash";
  }
  if (base::load_be(input.data() + 32) >= kBlsGroupOrder ||
      base::load_be(input.data() + 64) >= kBlsGroupOrder) {
    return "error verifying kzg proof: scalar is not canonical when interpreted as a big integer "
           "in big-endian";
  }
  return "error verifying kzg proof: can't verify opening proof";
}

}  // namespace

std::string_view precompile_error(const Address& address, BytesView input) {
  switch (address[18] * 256u + address[19]) {
    case 0x05:
      return "one or more of base/exponent/modulus length exceeded 1024 bytes";
    case 0x06: {
      const Bytes points = filled_up(input, 2 * kBn254G1);
      return first_of(bn254_point_error(BytesView(points).first(kBn254G1)),
                      bn254_point_error(BytesView(points).subspan(kBn254G1)));
    }
    case 0x07:
      return bn254_point_error(filled_up(input, kBn254G1));
    case 0x08:
      return bn254_pairing_error(input);
    case 0x09:
      return input.size() != evm::kBlake2fInput ? kWrongLength : "invalid final flag";
    case 0x0a:
      return point_evaluation_error(input);
    case 0x0b:
      return bls_add_error(input, kG1);
    case 0x0c:
      return bls_msm_error(input, kG1);
    case 0x0d:
      return bls_add_error(input, kG2);
    case 0x0e:
      return bls_msm_error(input, kG2);
    case 0x0f:
      return bls_pairing_error(input);
    case 0x10:
      return bls_map_error(input, kElement);
    default:
      return bls_map_error(input, 2 * kElement);
  }
}

}  // namespace cairn::trace
