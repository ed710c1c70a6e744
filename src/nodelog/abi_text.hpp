#pragma once
// ABI values in words for people: `5`, `0x5fbd..`, `"text"`, `[1, 2]`, `(1, true)`. Strings are
// made printable (base/printable.hpp), and what is long is cut, so that the text is bounded
// whatever the values are. Pure; any thread.

#include <span>
#include <string>

#include "codec/abi.hpp"
#include "nodelog/signatures.hpp"

namespace cairn::nodelog {

// The value must be one of its type (as codec::decode_abi answers).
std::string abi_text(const codec::AbiType& type, const codec::AbiValue& value);

// Bytes as hexadecimal digits, of many the first.
std::string bytes_text(BytesView bytes, std::size_t most = 64);

// "ERC20InsufficientBalance(sender: 0x.., balance: 0, needed: 5)" of call data or a revert's data
// with this signature's selector in front. Data that does not decode is shown as it is.
std::string described(const Signature& signature, BytesView data);

}  // namespace cairn::nodelog
