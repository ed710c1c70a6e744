#pragma once
// Scalars as signed digits, for ladders that add less often than they double: each digit is 0 or
// odd and below 2^(kWindow - 1) in size, with at least kWindow - 1 zeros between two that are not.

#include <array>
#include <cstdint>

#include "base/u256.hpp"

namespace cairn::crypto::bn254 {

// Least significant first. `scalar` has fewer than kDigits bits.
template <unsigned kWindow, std::size_t kDigits>
constexpr std::array<std::int8_t, kDigits> signed_digits(const U256& scalar) {
  std::array<std::int8_t, kDigits> digits{};
  U256 rest = scalar;
  for (std::int8_t& digit : digits) {
    if ((rest[0] & 1) != 0) {
      const int low = static_cast<int>(rest[0] & ((1u << kWindow) - 1));
      const int value = low < (1 << (kWindow - 1)) ? low : low - (1 << kWindow);
      rest = value > 0 ? rest - static_cast<std::uint64_t>(value)
                       : rest + static_cast<std::uint64_t>(-value);
      digit = static_cast<std::int8_t>(value);
    }
    rest = rest >> 1;
  }
  return digits;
}

}  // namespace cairn::crypto::bn254
