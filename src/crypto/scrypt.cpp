#include "crypto/scrypt.hpp"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <span>
#include <stdexcept>
#include <vector>

namespace cairn::crypto {
namespace {

static_assert(std::endian::native == std::endian::little, "scrypt's words are little-endian");

using Block = std::array<std::uint32_t, 16>;  // 64 bytes

Bytes pbkdf2_once(std::string_view password, BytesView salt, std::size_t size) {
  Bytes out(size);
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), 1, EVP_sha256(), static_cast<int>(size),
                        out.data()) != 1) {
    throw std::runtime_error("OpenSSL failed to compute PBKDF2");
  }
  return out;
}

[[gnu::always_inline]] inline void quarter(Block& x, std::size_t a, std::size_t b, std::size_t c,
                                           std::size_t d) {
  x[b] ^= std::rotl(x[a] + x[d], 7);
  x[c] ^= std::rotl(x[b] + x[a], 9);
  x[d] ^= std::rotl(x[c] + x[b], 13);
  x[a] ^= std::rotl(x[d] + x[c], 18);
}

// The Salsa20/8 core, section 3.
void salsa(Block& block) {
  Block x = block;
  for (int i = 0; i < 4; ++i) {
    quarter(x, 0, 4, 8, 12);
    quarter(x, 5, 9, 13, 1);
    quarter(x, 10, 14, 2, 6);
    quarter(x, 15, 3, 7, 11);
    quarter(x, 0, 1, 2, 3);
    quarter(x, 5, 6, 7, 4);
    quarter(x, 10, 11, 8, 9);
    quarter(x, 15, 12, 13, 14);
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i] += x[i];
  }
}

// scryptBlockMix, section 4: even results go to the first half of `out`, odd ones to the second.
void mix_blocks(std::span<Block> out, std::span<const Block> in) {
  const std::size_t half = in.size() / 2;
  Block x = in.back();
  for (std::size_t i = 0; i < in.size(); ++i) {
    for (std::size_t word = 0; word < x.size(); ++word) {
      x[word] ^= in[i][word];
    }
    salsa(x);
    out[i / 2 + (i % 2) * half] = x;
  }
}

// scryptROMix, section 5; `table` holds n times as many blocks as `blocks`.
void mix_memory(std::span<Block> blocks, std::uint64_t n, std::vector<Block>& table) {
  const std::size_t width = blocks.size();
  std::vector<Block> mixed(width);
  for (std::uint64_t i = 0; i < n; ++i) {
    std::ranges::copy(blocks, table.begin() + static_cast<std::ptrdiff_t>(i * width));
    mix_blocks(mixed, blocks);
    std::ranges::copy(mixed, blocks.begin());
  }
  for (std::uint64_t i = 0; i < n; ++i) {
    const Block& last = blocks.back();
    const std::uint64_t j = (last[0] | (std::uint64_t{last[1]} << 32)) & (n - 1);
    for (std::size_t block = 0; block < width; ++block) {
      for (std::size_t word = 0; word < 16; ++word) {
        blocks[block][word] ^= table[j * width + block][word];
      }
    }
    mix_blocks(mixed, blocks);
    std::ranges::copy(mixed, blocks.begin());
  }
}

}  // namespace

Bytes scrypt(std::string_view password, BytesView salt, const ScryptCost& cost, std::size_t size) {
  const std::size_t width = 2 * cost.r;  // blocks that are mixed together
  Bytes bytes = pbkdf2_once(password, salt, cost.p * width * sizeof(Block));
  std::vector<Block> table(cost.n * width);
  std::vector<Block> blocks(width);
  for (std::size_t at = 0; at < bytes.size(); at += width * sizeof(Block)) {
    std::memcpy(blocks.data(), bytes.data() + at, width * sizeof(Block));
    mix_memory(blocks, cost.n, table);
    std::memcpy(bytes.data() + at, blocks.data(), width * sizeof(Block));
  }
  return pbkdf2_once(password, bytes, size);
}

}  // namespace cairn::crypto
