#pragma once
// Methods about blocks.

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer eth_block_number(Context& context);
Answer eth_get_block_by_hash(Context& context, const Hash256& hash,
                             const std::optional<bool>& hydrated);
Answer eth_get_block_by_number(Context& context, const BlockNumber& block,
                               const std::optional<bool>& hydrated);
Answer eth_get_block_transaction_count_by_hash(Context& context, const Hash256& hash);
Answer eth_get_block_transaction_count_by_number(Context& context, const BlockNumber& block);
Answer eth_get_block_receipts(Context& context, const BlockId& block);
Answer eth_get_uncle_count_by_block_hash(Context& context, const Hash256& hash);
Answer eth_get_uncle_count_by_block_number(Context& context, const BlockNumber& block);
Answer eth_get_uncle_by_block_hash_and_index(Context& context, const Hash256& hash,
                                             const std::uint64_t& index);
Answer eth_get_uncle_by_block_number_and_index(Context& context, const BlockNumber& block,
                                               const std::uint64_t& index);

}  // namespace cairn::api
