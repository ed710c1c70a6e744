#pragma once
// Keccak-256 as Ethereum uses it (the padding before FIPS 202). Pure; any thread.

#include "base/bytes.hpp"

namespace cairn::crypto {

Hash256 keccak256(BytesView data);

// keccak256 of nothing: the code hash of an account without code.
inline constexpr Hash256 kEmptyCodeHash =
    "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"_hash;

}  // namespace cairn::crypto
