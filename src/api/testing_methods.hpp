#pragma once
// testing_buildBlockV1 (execution-apis, testing): for makers of fixtures.

#include "api/call_parameters.hpp"
#include "api/method.hpp"
#include "node/payload.hpp"

namespace cairn::api {

Read<node::PayloadAttributes> read_payload_attributes(JsonValue value);
template <>
struct Parameter<node::PayloadAttributes> {
  static constexpr std::string_view kKind = "payload attributes";
  static Read<node::PayloadAttributes> read(JsonValue value) {
    return read_payload_attributes(value);
  }
};

struct RawTransactions {
  std::vector<Bytes> bytes;
};
Read<RawTransactions> read_raw_transactions(JsonValue value);
template <>
struct Parameter<RawTransactions> {
  static constexpr std::string_view kKind = "list of raw transactions";
  static Read<RawTransactions> read(JsonValue value) { return read_raw_transactions(value); }
};

// Null transactions: those that wait in the pool.
Answer testing_build_block_v1(Context& context, const Hash256& parent,
                              const node::PayloadAttributes& attributes,
                              const std::optional<RawTransactions>& transactions,
                              const std::optional<Bytes>& extra_data);

}  // namespace cairn::api
