#include "crypto/keccak.hpp"

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
constexpr int kRotations[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
constexpr int kLanes[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                            15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

void permute(std::uint64_t* a) {
  for (const std::uint64_t constant : kRoundConstants) {
    std::uint64_t c[5];
    for (int x = 0; x < 5; ++x) {
      c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (int x = 0; x < 5; ++x) {
      const std::uint64_t d = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) {
        a[x + y] ^= d;
      }
    }
    std::uint64_t moved = a[1];
    for (int i = 0; i < 24; ++i) {
      const std::uint64_t next = a[kLanes[i]];
      a[kLanes[i]] = std::rotl(moved, kRotations[i]);
      moved = next;
    }
    for (int y = 0; y < 25; y += 5) {
      std::uint64_t row[5];
      std::copy(a + y, a + y + 5, row);
      for (int x = 0; x < 5; ++x) {
        a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
      }
    }
    a[0] ^= constant;
  }
}

void absorb(std::uint64_t* state, const std::uint8_t* block) {
  for (std::size_t i = 0; i < kRate / 8; ++i) {
    std::uint64_t lane = 0;
    std::memcpy(&lane, block + 8 * i, 8);
    state[i] ^= lane;
  }
  permute(state);
}

}  // namespace

Hash256 keccak256(BytesView data) {
  std::uint64_t state[25] = {};
  while (data.size() >= kRate) {
    absorb(state, data.data());
    data = data.subspan(kRate);
  }
  std::uint8_t last[kRate] = {};
  std::copy(data.begin(), data.end(), last);
  last[data.size()] = 0x01;
  last[kRate - 1] |= 0x80;
  absorb(state, last);
  Hash256 out;
  std::memcpy(out.data(), state, out.size());
  return out;
}

}  // namespace cairn::crypto
