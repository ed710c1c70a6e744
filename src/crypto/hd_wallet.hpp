#pragma once
// Keys from a phrase: BIP-39 (mnemonic to seed), BIP-32 (derivation), BIP-44 (paths).
// Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::crypto {

// The 64-byte seed of an English mnemonic: 12, 15, 18, 21 or 24 words of the BIP-39 list, separated
// by white space, the last of which holds a checksum; otherwise invalid_argument, naming the word.
Result<Bytes> seed_of_mnemonic(std::string_view mnemonic, std::string_view passphrase = {});

// The words of fresh entropy: 16, 20, 24, 28 or 32 bytes give 12 to 24 words.
Result<std::string> mnemonic_of_entropy(BytesView entropy);

inline constexpr std::uint32_t kHardened = 0x8000'0000;

// "m/44'/60'/0'/0/7"; an apostrophe or h marks a hardened step.
Result<std::vector<std::uint32_t>> parse_derivation_path(std::string_view path);

// The private key at `path` below the master key of `seed` (16 to 64 bytes).
Result<SecretKey> derive(BytesView seed, std::string_view path);

// m/44'/60'/0'/0/index, where wallets and development chains look for account number `index`.
Result<SecretKey> derive_account(BytesView seed, std::uint32_t index);

}  // namespace cairn::crypto
