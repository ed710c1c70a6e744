#pragma once
// eth_simulateV1.

#include "api/block_id.hpp"
#include "api/call_parameters.hpp"
#include "api/method.hpp"
#include "node/simulate.hpp"

namespace cairn::api {

struct SimulateObject {
  node::SimulateRequest request;
  std::vector<std::uint64_t> chain_ids;  // that calls name
  bool full_transactions = false;
};
Read<SimulateObject> read_simulate_object(JsonValue value);
template <>
struct Parameter<SimulateObject> {
  static constexpr std::string_view kKind = "blocks to simulate";
  static Read<SimulateObject> read(JsonValue value) { return read_simulate_object(value); }
};

Answer eth_simulate_v1(Context& context, const SimulateObject& object,
                       const std::optional<BlockId>& block);

}  // namespace cairn::api
