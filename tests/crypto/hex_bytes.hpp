#pragma once
// Test vectors are written in hexadecimal.

#include <stdexcept>
#include <string_view>

#include "base/bytes.hpp"
#include "base/hex.hpp"

namespace cairn::crypto {

inline Bytes hex_bytes(std::string_view text) {
  auto bytes = base::from_hex(text);
  if (!bytes) {
    throw std::invalid_argument("not hexadecimal");
  }
  return *std::move(bytes);
}

template <std::size_t N>
FixedBytes<N> hex_fixed(std::string_view text) {
  const auto bytes = base::fixed_from_hex<N>(text);
  if (!bytes) {
    throw std::invalid_argument("not hexadecimal of this size");
  }
  return *bytes;
}

}  // namespace cairn::crypto
