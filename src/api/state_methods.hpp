#pragma once
// Methods about accounts at a block.

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer eth_get_balance(Context& context, const Address& address,
                       const std::optional<BlockId>& block);
Answer eth_get_code(Context& context, const Address& address, const std::optional<BlockId>& block);
Answer eth_get_storage_at(Context& context, const Address& address, const std::string& slot,
                          const std::optional<BlockId>& block);
Answer eth_get_transaction_count(Context& context, const Address& address,
                                 const std::optional<BlockId>& block);

}  // namespace cairn::api
