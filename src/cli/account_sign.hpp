#pragma once
// What `cairn account sign` signs: a message, typed data or a transaction.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::cli {

// 65 bytes as hex; the message is text, or bytes where it begins with 0x.
Result<std::string> sign_message(std::string_view message, const crypto::SecretKey& key);
Result<std::string> sign_typed_data(std::string_view json, const crypto::SecretKey& key);
// The raw transaction as hex. The object is that of eth_sendTransaction, complete: chainId, nonce,
// gas and fees cannot be looked up here.
Result<std::string> sign_transaction(std::string_view json, const crypto::SecretKey& key);

}  // namespace cairn::cli
