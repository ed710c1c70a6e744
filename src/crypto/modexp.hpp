#pragma once
// Modular exponentiation of numbers of any size (EIP-198), by GMP. Pure; any thread.

#include "base/bytes.hpp"

namespace cairn::crypto {

// base^exponent mod modulus; all big-endian, empty stands for 0. The answer has the modulus's
// length. 0^0 is 1; a modulus of 0 gives zeros. Time and memory are the caller's to bound (gas).
Bytes modexp(BytesView base, BytesView exponent, BytesView modulus);

}  // namespace cairn::crypto
