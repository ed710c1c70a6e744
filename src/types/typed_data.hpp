#pragma once
// What wallets sign beside transactions: messages (EIP-191, version 0x45) and typed data (EIP-712).
// Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::types {

// keccak256("\x19Ethereum Signed Message:\n" || size in decimal || message)
Hash256 message_hash(BytesView message);

struct TypedDataHash {
  Hash256 domain_separator;
  std::optional<Hash256> message;  // nothing where the domain itself is what is signed
  Hash256 digest;                  // keccak256(0x1901 || domain separator || message)
};

// Of {types, primaryType, domain, message}. Without `types.EIP712Domain` the domain's own fields
// make it up, in the EIP's order. Numbers are JSON numbers, decimal or 0x texts, and fit their
// type; every member must be there, but a struct that is null or absent counts as zero, which is
// how data that refers to itself ends. What the types do not name is not signed. Errors name the
// value by its path; text beyond 2 MiB, nesting beyond 64 and 2^20 encoded words are refused.
Result<TypedDataHash> hash_typed_data(std::string_view json);

// 65 bytes: r, s, and 27 or 28 (Yellow Paper appendix F).
Bytes signature_bytes(const crypto::RecoverableSignature& signature);
// Also with 0 or 1 as the last byte. Refuses another size or last byte.
Result<crypto::RecoverableSignature> parse_signature(BytesView bytes);

}  // namespace cairn::types
