#pragma once
// What the precompiled contracts cost. Every function answers in gas; kNever is more than anyone
// has.

#include <cstdint>

#include "base/bytes.hpp"
#include "types/fork.hpp"

namespace cairn::evm {

using types::Fork;

inline constexpr std::int64_t kNever = INT64_MAX;
inline constexpr std::size_t kBlake2fInput = 213;  // EIP-152; other lengths fail

std::int64_t linear_gas(std::int64_t base, std::int64_t per_word, BytesView input);
// EIP-198, EIP-2565 (Berlin), EIP-7883 (Osaka).
std::int64_t modexp_gas(BytesView input, Fork fork);
std::int64_t bn254_add_gas(Fork fork);                       // EIP-196, EIP-1108 (Istanbul)
std::int64_t bn254_multiply_gas(Fork fork);                  // likewise
std::int64_t bn254_pairing_gas(BytesView input, Fork fork);  // EIP-197, EIP-1108
std::int64_t blake2f_gas(BytesView input);                   // EIP-152: one a round
std::int64_t bls12_g1_msm_gas(BytesView input);              // EIP-2537, for all below
std::int64_t bls12_g2_msm_gas(BytesView input);
std::int64_t bls12_pairing_gas(BytesView input);

// The three lengths at the head of MODEXP's input, saturated at 64 bits.
struct ModexpLengths {
  std::uint64_t base = 0;
  std::uint64_t exponent = 0;
  std::uint64_t modulus = 0;
};
ModexpLengths modexp_lengths(BytesView input);

}  // namespace cairn::evm
