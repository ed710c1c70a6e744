#pragma once
// Otterscan's ots_ methods (its docs/custom-jsonrpc.md, API level 8) and the erigon_ one beside
// them; its pages are in otterscan_search.hpp.

#include "api/block_id.hpp"
#include "api/fee_methods.hpp"
#include "api/method.hpp"

namespace cairn::api {

// A block whose state is asked: named as everywhere, or by a JSON number.
struct StateBlock {
  BlockId id;
};
Read<StateBlock> read_state_block(JsonValue value);
template <>
struct Parameter<StateBlock> {
  static constexpr std::string_view kKind = "block number, as a JSON number too, tag or hash";
  static Read<StateBlock> read(JsonValue value) { return read_state_block(value); }
};

Answer ots_get_api_level(Context& context);
// The wei that moved inside a transaction: transfers, self-destructions, creations.
Answer ots_get_internal_operations(Context& context, const Hash256& hash);
Answer ots_trace_transaction(Context& context, const Hash256& hash);
// What a transaction reverted with; empty data for one that did not.
Answer ots_get_transaction_error(Context& context, const Hash256& hash);
Answer ots_has_code(Context& context, const Address& address,
                    const std::optional<StateBlock>& block);
Answer ots_get_block_details(Context& context, const HeightOrTag& block);
Answer ots_get_block_details_by_hash(Context& context, const Hash256& hash);
// The hash of an account's transaction of this nonce, or null.
Answer ots_get_transaction_by_sender_and_nonce(Context& context, const Address& sender,
                                               const Count& nonce);
// Who made a contract, with which transaction; null for what is none or came with genesis.
Answer ots_get_contract_creator(Context& context, const Address& address);

Answer erigon_get_header_by_number(Context& context, const HeightOrTag& block);

}  // namespace cairn::api
