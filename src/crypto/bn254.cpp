#include "crypto/bn254.hpp"

#include <vector>

#include "crypto/bn254_pairing.hpp"

namespace cairn::crypto {
namespace {

using bn254::Fp;
using bn254::G1;
using bn254::G2;

constexpr std::size_t kPairSize = 192;

template <std::size_t N>
FixedBytes<N> filled_up(BytesView input) {
  FixedBytes<N> out;
  const BytesView used = input.first(std::min(N, input.size()));
  std::copy(used.begin(), used.end(), out.data());
  return out;
}

std::optional<Fp> decode_fp(const std::uint8_t* bytes) {
  const U256 value = base::load_be(bytes);
  if (value >= bn254::kPrime) {
    return std::nullopt;
  }
  return Fp::from(value);
}

std::optional<G1> decode_g1(const std::uint8_t* bytes) {
  const auto x = decode_fp(bytes);
  const auto y = decode_fp(bytes + 32);
  if (!x || !y) {
    return std::nullopt;
  }
  const G1 point{*x, *y};
  return is_on_curve(point) ? std::optional(point) : std::nullopt;
}

std::optional<G2> decode_g2(const std::uint8_t* bytes) {
  const auto x_imaginary = decode_fp(bytes);
  const auto x_real = decode_fp(bytes + 32);
  const auto y_imaginary = decode_fp(bytes + 64);
  const auto y_real = decode_fp(bytes + 96);
  if (!x_imaginary || !x_real || !y_imaginary || !y_real) {
    return std::nullopt;
  }
  const G2 point{{*x_real, *x_imaginary}, {*y_real, *y_imaginary}};
  return is_on_curve(point) && is_in_group(point) ? std::optional(point) : std::nullopt;
}

FixedBytes<64> encode(const G1& point) {
  FixedBytes<64> out;
  base::store_be(out.data(), point.x.value());
  base::store_be(out.data() + 32, point.y.value());
  return out;
}

}  // namespace

std::optional<FixedBytes<64>> bn254_add(BytesView input) {
  const auto bytes = filled_up<128>(input);
  const auto p = decode_g1(bytes.data());
  const auto q = decode_g1(bytes.data() + 64);
  if (!p || !q) {
    return std::nullopt;
  }
  return encode(add(*p, *q));
}

std::optional<FixedBytes<64>> bn254_multiply(BytesView input) {
  const auto bytes = filled_up<96>(input);
  const auto p = decode_g1(bytes.data());
  if (!p) {
    return std::nullopt;
  }
  return encode(multiply(*p, base::load_be(bytes.data() + 64)));
}

std::optional<bool> bn254_pairing_check(BytesView input) {
  if (input.size() % kPairSize != 0) {
    return std::nullopt;
  }
  std::vector<bn254::Pair> pairs;
  pairs.reserve(input.size() / kPairSize);
  for (std::size_t at = 0; at < input.size(); at += kPairSize) {
    const auto p = decode_g1(input.data() + at);
    const auto q = p ? decode_g2(input.data() + at + 64) : std::nullopt;
    if (!q) {
      return std::nullopt;
    }
    pairs.push_back({*p, *q});
  }
  return bn254::pairing_product(pairs) == bn254::Fp12::one();
}

}  // namespace cairn::crypto
