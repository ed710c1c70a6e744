#pragma once
// Phrases for the accounts of a dev chain that nobody wrote down before.

#include <cstdint>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"

namespace cairn::cli {

// 12, 15, 18, 21 or 24 words; else invalid argument.
Result<std::string> random_mnemonic(std::uint64_t words, base::Random& random);

// The 12 words that anvil's --mnemonic-seed-unsafe makes of a seed: a ChaCha12 key stream
// (draft-irtf-cfrg-chacha, with 12 rounds and a 64-bit counter) whose key a PCG32 generator fills,
// one byte of entropy from each of its words. Everybody can make them too.
Result<std::string> seeded_mnemonic(std::uint64_t seed);

}  // namespace cairn::cli
