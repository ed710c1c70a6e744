#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace cairn::crypto {
namespace {

constexpr std::size_t kRate = 136;  // bytes absorbed a permutation, for 256-bit output

constexpr std::uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
using Lanes = std::array<std::uint64_t, 25>;  // lane (x, y) of the specification is number x + 5 y

template <std::size_t kRow>
[[gnu::always_inline]] inline void chi(Lanes& out, std::uint64_t b0, std::uint64_t b1,
                                       std::uint64_t b2, std::uint64_t b3, std::uint64_t b4) {
  out[kRow] = b0 ^ (~b1 & b2);
  out[kRow + 1] = b1 ^ (~b2 & b3);
  out[kRow + 2] = b2 ^ (~b3 & b4);
  out[kRow + 3] = b3 ^ (~b4 & b0);
  out[kRow + 4] = b4 ^ (~b0 & b1);
}

// One round from `a` into `e`: theta, rho and pi by fixed places and rotations, chi, iota.
[[gnu::always_inline]] inline void round(Lanes& e, const Lanes& a, std::uint64_t constant) {
  const std::uint64_t c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
  const std::uint64_t c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
  const std::uint64_t c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
  const std::uint64_t c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
  const std::uint64_t c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
  const std::uint64_t d0 = c4 ^ std::rotl(c1, 1);
  const std::uint64_t d1 = c0 ^ std::rotl(c2, 1);
  const std::uint64_t d2 = c1 ^ std::rotl(c3, 1);
  const std::uint64_t d3 = c2 ^ std::rotl(c4, 1);
  const std::uint64_t d4 = c3 ^ std::rotl(c0, 1);
  chi<0>(e, a[0] ^ d0, std::rotl(a[6] ^ d1, 44), std::rotl(a[12] ^ d2, 43),
         std::rotl(a[18] ^ d3, 21), std::rotl(a[24] ^ d4, 14));
  chi<5>(e, std::rotl(a[3] ^ d3, 28), std::rotl(a[9] ^ d4, 20), std::rotl(a[10] ^ d0, 3),
         std::rotl(a[16] ^ d1, 45), std::rotl(a[22] ^ d2, 61));
  chi<10>(e, std::rotl(a[1] ^ d1, 1), std::rotl(a[7] ^ d2, 6), std::rotl(a[13] ^ d3, 25),
          std::rotl(a[19] ^ d4, 8), std::rotl(a[20] ^ d0, 18));
  chi<15>(e, std::rotl(a[4] ^ d4, 27), std::rotl(a[5] ^ d0, 36), std::rotl(a[11] ^ d1, 10),
          std::rotl(a[17] ^ d2, 15), std::rotl(a[23] ^ d3, 56));
  chi<20>(e, std::rotl(a[2] ^ d2, 62), std::rotl(a[8] ^ d3, 55), std::rotl(a[14] ^ d4, 39),
          std::rotl(a[15] ^ d0, 41), std::rotl(a[21] ^ d1, 2));
  e[0] ^= constant;
}

[[gnu::always_inline]] inline void permute_lanes(Lanes& state) {
  Lanes a = state;
  Lanes e;
  for (std::size_t i = 0; i < 24; i += 2) {
    round(e, a, kRoundConstants[i]);
    round(a, e, kRoundConstants[i + 1]);
  }
  state = a;
}

void permute_plain(Lanes& state) { permute_lanes(state); }

// The same code with the processor's and-not and three-operand rotations.
[[gnu::target("bmi,bmi2")]] void permute_bmi(Lanes& state) { permute_lanes(state); }

void permute(Lanes& state) {
  if (__builtin_cpu_supports("bmi2") != 0) {
    permute_bmi(state);
  } else {
    permute_plain(state);
  }
}

void absorb(Lanes& state, const std::uint8_t* block) {
  for (std::size_t i = 0; i < kRate / 8; ++i) {
    std::uint64_t lane = 0;
    std::memcpy(&lane, block + 8 * i, 8);
    state[i] ^= lane;
  }
  permute(state);
}

}  // namespace

Hash256 keccak256(BytesView data) {
  Lanes state{};
  while (data.size() >= kRate) {
    absorb(state, data.data());
    data = data.subspan(kRate);
  }
  std::uint8_t last[kRate] = {};
  std::ranges::copy(data, last);
  last[data.size()] = 0x01;
  last[kRate - 1] |= 0x80;
  absorb(state, last);
  Hash256 out;
  std::memcpy(out.data(), state.data(), out.size());
  return out;
}

}  // namespace cairn::crypto
