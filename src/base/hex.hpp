#pragma once
// Hexadecimal text: lower case, with the 0x prefix unless said otherwise.

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace cairn::base {

std::string to_hex(BytesView bytes);             // "0x" + two digits a byte
std::string to_hex_unprefixed(BytesView bytes);  // two digits a byte

// Two digits a byte, prefix optional, either case. Nothing on an odd length or a foreign character.
std::optional<Bytes> from_hex(std::string_view text);

// As from_hex, and the length must be exactly N bytes.
template <std::size_t N>
std::optional<FixedBytes<N>> fixed_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != N) {
    return std::nullopt;
  }
  return FixedBytes<N>::from_right(*bytes);
}

}  // namespace cairn::base
