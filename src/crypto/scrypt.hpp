#pragma once
// scrypt (RFC 7914). Own code but for PBKDF2: OpenSSL refuses n >= 2^(16 r), which keystores have.
// Pure; any thread.

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace cairn::crypto {

// n is a power of two above 1; memory is 128 r (n + p) bytes, time grows with n r p.
struct ScryptCost {
  std::uint64_t n = 262'144;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

// `size` bytes. The cost must have been checked: bad_alloc when there is no memory for it.
Bytes scrypt(std::string_view password, BytesView salt, const ScryptCost& cost, std::size_t size);

}  // namespace cairn::crypto
