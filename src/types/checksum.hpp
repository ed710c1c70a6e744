#pragma once
// Addresses as people read them (EIP-55).

#include <string>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {

// "0x" + 40 digits; a letter is upper case where the text's own hash has a digit of 8 or more.
inline std::string checksummed(const Address& address) {
  std::string text = base::to_hex_unprefixed(address);
  const Hash256 hash = crypto::keccak256(base::bytes_of(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
    if (text[i] >= 'a' && digit >= 8) {
      text[i] = static_cast<char>(text[i] - 'a' + 'A');
    }
  }
  return "0x" + text;
}

}  // namespace cairn::types
