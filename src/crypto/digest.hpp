#pragma once
// SHA-256 (FIPS 180-4) and RIPEMD-160, by OpenSSL. Pure; any thread.

#include "base/bytes.hpp"

namespace cairn::crypto {

Hash256 sha256(BytesView data);
FixedBytes<20> ripemd160(BytesView data);

}  // namespace cairn::crypto
