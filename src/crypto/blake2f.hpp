#pragma once
// The compression function F of BLAKE2b (RFC 7693) as the precompile of EIP-152 has it.
// Pure; any thread.

#include <optional>

#include "base/bytes.hpp"

namespace cairn::crypto {

// 213 bytes: rounds (4, big-endian), h (64), m (128), t (16), final flag (1); words little-endian.
// The new h; nothing when the length is another or the flag is neither 0 nor 1.
std::optional<FixedBytes<64>> blake2f(BytesView input);

}  // namespace cairn::crypto
