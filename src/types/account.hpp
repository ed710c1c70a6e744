#pragma once
// An account of the world state (Yellow Paper 4.1) without its storage root, which belongs to
// tries.

#include <cstdint>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {

struct Account {
  std::uint64_t nonce = 0;
  U256 balance;  // wei
  Hash256 code_hash = crypto::kEmptyCodeHash;

  bool has_code() const { return code_hash != crypto::kEmptyCodeHash; }
  // EIP-161: nonce 0, balance 0, no code.
  bool is_empty() const { return nonce == 0 && balance.is_zero() && !has_code(); }

  bool operator==(const Account&) const = default;
};

}  // namespace cairn::types
