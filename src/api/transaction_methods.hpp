#pragma once
// Methods about transactions that are in a block or wait for one.

#include "api/block_id.hpp"
#include "api/fee_methods.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer eth_get_transaction_by_hash(Context& context, const Hash256& hash);
Answer eth_get_transaction_by_block_hash_and_index(Context& context, const Hash256& hash,
                                                   const std::uint64_t& index);
Answer eth_get_transaction_by_block_number_and_index(Context& context, const BlockNumber& block,
                                                     const std::uint64_t& index);
// Mined, or waiting; null: neither.
Answer eth_get_transaction_by_sender_and_nonce(Context& context, const Address& sender,
                                               const Count& nonce);
Answer eth_get_transaction_receipt(Context& context, const Hash256& hash);

// The receipt's JSON text; "null" where the chain has no such transaction.
std::string receipt_text(const chain::ChainView& chain, const Hash256& hash);

}  // namespace cairn::api
