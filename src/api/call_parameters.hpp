#pragma once
// The parameters of calls and sends: transaction objects and overrides (execution-apis,
// GenericTransaction, StateOverrides, BlockOverrides).

#include <vector>

#include "api/blob_arguments.hpp"
#include "api/parameters.hpp"
#include "node/call.hpp"

namespace cairn::api {

// `input` is preferred, `data` accepted; both only when they are equal.
struct TransactionObject {
  node::CallRequest call;
  std::optional<std::uint64_t> chain_id;
  std::optional<BlobArguments> blobs;
};

// How its quantities and data are written: as execution-apis has it, or as a dev chain's users do:
// numbers as JSON numbers or with leading zeros, no data as empty text.
enum class QuantityForm : std::uint8_t { strict, loose };
Read<TransactionObject> read_transaction_object(JsonValue value,
                                                QuantityForm form = QuantityForm::strict);
// The members accessList and authorizationList of a transaction.
Read<std::optional<types::AccessList>> read_access_list(const simdjson::dom::object& from);
Read<std::optional<std::vector<types::Authorization>>> read_authorizations(
    const simdjson::dom::object& from);
// The member withdrawals of block overrides and payload attributes.
Read<std::optional<std::vector<types::Withdrawal>>> read_withdrawals(
    const simdjson::dom::object& from);
Read<node::StateOverrides> read_state_overrides(JsonValue value);
Read<node::BlockOverrides> read_block_overrides(JsonValue value);

template <>
struct Parameter<TransactionObject> {
  static constexpr std::string_view kKind = "transaction object";
  static Read<TransactionObject> read(JsonValue value) { return read_transaction_object(value); }
  static Read<TransactionObject> read_loosely(JsonValue value) {
    return read_transaction_object(value, QuantityForm::loose);
  }
};
template <>
struct Parameter<node::StateOverrides> {
  static constexpr std::string_view kKind = "state overrides";
  static Read<node::StateOverrides> read(JsonValue value) { return read_state_overrides(value); }
};
template <>
struct Parameter<node::BlockOverrides> {
  static constexpr std::string_view kKind = "block overrides";
  static Read<node::BlockOverrides> read(JsonValue value) { return read_block_overrides(value); }
};

}  // namespace cairn::api
