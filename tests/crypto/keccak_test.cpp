#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

// The naive twin: the specification's steps one after the other.
constexpr std::size_t kRate = 136;

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

Hash256 keccak256_plainly(BytesView data) {
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

TEST(Keccak256, AgreesWithThePlainSpecificationForEveryLength) {
  Bytes data;
  for (std::size_t size = 0; size < 5 * kRate; ++size) {
    ASSERT_EQ(keccak256(data), keccak256_plainly(data)) << size;
    data.push_back(keccak256_plainly(data)[0]);
  }
}

TEST(Keccak256, MeetsKnownAnswers) {
  EXPECT_EQ(keccak256({}), kEmptyCodeHash);
  EXPECT_EQ(keccak256(base::bytes_of("abc")),
            "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"_hash);
  // The root of an empty trie: the hash of RLP's empty string.
  EXPECT_EQ(keccak256(Bytes{0x80}),
            "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash);
}

}  // namespace
}  // namespace cairn::crypto
