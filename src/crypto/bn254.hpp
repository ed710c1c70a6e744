#pragma once
// The curve alt_bn128 (BN254) for the precompiles of EIP-196 and EIP-197. Pure; any thread.
//
// A G1 point is 64 bytes: x, y, big-endian; a G2 point 128 bytes: x, y, each the imaginary part
// before the real one. All zeros is the point at infinity. Nothing (the precompile fails) when a
// coordinate is not below the prime, a point is not on its curve, or a G2 point not in its group.

#include <optional>

#include "base/bytes.hpp"

namespace cairn::crypto {

// Two G1 points. Input is cut, or filled up with zeros, to 128 bytes.
std::optional<FixedBytes<64>> bn254_add(BytesView input);

// A G1 point and a 32-byte scalar of any value. Cut, or filled up with zeros, to 96 bytes.
std::optional<FixedBytes<64>> bn254_multiply(BytesView input);

// Any number of 192-byte pairs (G1, G2): whether the product of their pairings is one.
// Nothing also when the length is not a multiple of 192.
std::optional<bool> bn254_pairing_check(BytesView input);

}  // namespace cairn::crypto
