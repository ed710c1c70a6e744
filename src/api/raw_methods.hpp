#pragma once
// Blocks and transactions as their bytes, and what is known to be missing (debug_ namespace).

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer debug_get_raw_header(Context& context, const BlockId& block);
Answer debug_get_raw_block(Context& context, const BlockId& block);
Answer debug_get_raw_receipts(Context& context, const BlockId& block);
// Of a block or of the pool (there a blob transaction with its sidecar); "0x": not known.
Answer debug_get_raw_transaction(Context& context, const Hash256& hash);
// Of a block's transaction (there without its sidecar); "0x": there is none, as in geth.
Answer eth_get_raw_transaction_by_block_hash_and_index(Context& context, const Hash256& hash,
                                                       const std::uint64_t& index);
Answer eth_get_raw_transaction_by_block_number_and_index(Context& context, const BlockNumber& block,
                                                         const std::uint64_t& index);
// Those that an import refused, newest first (chain/bad_blocks.hpp).
Answer debug_get_bad_blocks(Context& context);
// EIP-7928 begins with Amsterdam: no block has an access list before it.
Answer debug_get_raw_block_access_list(Context& context, const BlockId& block);
Answer block_access_list(Context& context, const BlockId& block);

}  // namespace cairn::api
