#include "cli/mnemonic.hpp"

#include <array>
#include <bit>

#include "crypto/hd_wallet.hpp"

namespace cairn::cli {
namespace {

using Words = std::array<std::uint32_t, 16>;

// PCG-XSH-RR, a word a step.
std::uint32_t next_key_word(std::uint64_t& state) {
  constexpr std::uint64_t kMultiplier = 6'364'136'223'846'793'005;
  constexpr std::uint64_t kIncrement = 11'634'580'027'462'260'723U;
  state = state * kMultiplier + kIncrement;
  const auto mixed = static_cast<std::uint32_t>(((state >> 18) ^ state) >> 27);
  return std::rotr(mixed, static_cast<int>(state >> 59));
}

void quarter_round(Words& w, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  w[a] += w[b];
  w[d] = std::rotl(w[d] ^ w[a], 16);
  w[c] += w[d];
  w[b] = std::rotl(w[b] ^ w[c], 12);
  w[a] += w[b];
  w[d] = std::rotl(w[d] ^ w[a], 8);
  w[c] += w[d];
  w[b] = std::rotl(w[b] ^ w[c], 7);
}

// The first block of the key stream.
Words chacha12(std::uint64_t seed) {
  Words input{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // "expand 32-byte k"
  for (std::size_t i = 4; i < 12; ++i) {
    input[i] = next_key_word(seed);
  }
  Words w = input;
  for (int i = 0; i < 6; ++i) {
    for (std::size_t column = 0; column < 4; ++column) {
      quarter_round(w, column, column + 4, column + 8, column + 12);
    }
    for (std::size_t column = 0; column < 4; ++column) {
      quarter_round(w, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4);
    }
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] += input[i];
  }
  return w;
}

}  // namespace

Result<std::string> random_mnemonic(std::uint64_t words, base::Random& random) {
  Bytes entropy(words / 3 * 4);
  random.fill(entropy);
  return crypto::mnemonic_of_entropy(entropy);
}

Result<std::string> seeded_mnemonic(std::uint64_t seed) {
  Bytes entropy;
  for (const std::uint32_t word : chacha12(seed)) {
    entropy.push_back(static_cast<std::uint8_t>(word));
  }
  return crypto::mnemonic_of_entropy(entropy);
}

}  // namespace cairn::cli
