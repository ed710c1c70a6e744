#pragma once
// Methods that answer an account as a whole, and code by its hash.

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Nonce, balance, storage root and code hash of the state that eth_getBalance tells of; those of an
// empty account where there is none. A fork refuses, but for blocks before it.
Answer eth_get_account(Context& context, const Address& address,
                       const std::optional<BlockId>& block);
// Balance, nonce and code.
Answer eth_get_account_info(Context& context, const Address& address,
                            const std::optional<BlockId>& block);

// Code is the same at every block: `block` is read alone. No bytes for a hash that none has.
Answer debug_code_by_hash(Context& context, const Hash256& hash,
                          const std::optional<BlockId>& block);

}  // namespace cairn::api
