#pragma once
// The English word list of BIP-39: 2,048 words in alphabetical order. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::crypto {

// The place of a word in the list, 0 to 2047: eleven bits of entropy. Nothing for other words.
std::optional<std::uint32_t> bip39_index(std::string_view word);
std::string_view bip39_word(std::uint32_t index);  // below 2048

}  // namespace cairn::crypto
