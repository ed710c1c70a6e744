#pragma once
// Methods about accounts at a block.

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Slots by account, as eth_getStorageValues is asked for them, in the order of the request.
struct SlotRequest {
  std::vector<std::pair<Address, std::vector<Hash256>>> accounts;
};
Read<SlotRequest> read_slot_request(JsonValue value);
template <>
struct Parameter<SlotRequest> {
  static constexpr std::string_view kKind = "slots by account";
  static Read<SlotRequest> read(JsonValue value) { return read_slot_request(value); }
};

Answer eth_get_balance(Context& context, const Address& address,
                       const std::optional<BlockId>& block);
Answer eth_get_code(Context& context, const Address& address, const std::optional<BlockId>& block);
Answer eth_get_storage_at(Context& context, const Address& address, const std::string& slot,
                          const std::optional<BlockId>& block);
Answer eth_get_transaction_count(Context& context, const Address& address,
                                 const std::optional<BlockId>& block);

Answer eth_get_storage_values(Context& context, const SlotRequest& request,
                              const std::optional<BlockId>& block);

}  // namespace cairn::api
