#pragma once
// ECDSA verification over P-256 (FIPS 186-4, secp256r1) as the precompile of EIP-7951 has it,
// by OpenSSL. Pure; any thread.

#include "base/bytes.hpp"

namespace cairn::crypto {

// 160 bytes: digest, r, s, x, y of 32 each. False also when the length is another, r or s is 0 or
// >= the order, a coordinate is >= the prime, or the point is not on the curve. A high s is good.
bool p256_verify(BytesView input);

}  // namespace cairn::crypto
