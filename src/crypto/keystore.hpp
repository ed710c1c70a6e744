#pragma once
// Private keys in files under a password: the Web3 Secret Storage Definition, version 3
// ("keystore V3", what geth and most wallets write). Pure; any thread. Slow by design: about a
// second and 256 MiB at the usual cost.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/scrypt.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::crypto {

// aes-128-ctr under scrypt or pbkdf2 (hmac-sha256). Errors name the field that is missing, of the
// wrong form or beyond a bound (512 MiB of memory, 2^24 steps of scrypt, 10^7 rounds of pbkdf2);
// a wrong password is an invalid_argument. An `address` that is there must be the key's.
Result<SecretKey> decrypt_keystore(std::string_view json, std::string_view password);

// Fresh random bytes for each file, from the caller.
struct KeystoreRandomness {
  FixedBytes<32> salt;
  FixedBytes<16> iv;
  FixedBytes<16> id;  // becomes a version 4 UUID
};

// Under scrypt; the cost is bounded as above.
Result<std::string> encrypt_keystore(const SecretKey& key, std::string_view password,
                                     const KeystoreRandomness& randomness,
                                     const ScryptCost& cost = {});

}  // namespace cairn::crypto
