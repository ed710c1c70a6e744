#pragma once
// How Solidity names functions, errors and events on the chain.

#include <string_view>

#include "base/bytes.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {

// The first four bytes of the signature's hash: selector("transfer(address,uint256)").
inline FixedBytes<4> selector(std::string_view signature) {
  return FixedBytes<4>::from_right(
      BytesView{crypto::keccak256(base::bytes_of(signature))}.first(4));
}

}  // namespace cairn::types
