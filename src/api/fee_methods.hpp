#pragma once
// Methods about what a transaction costs.

#include <vector>

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

struct Percentiles {
  std::vector<double> values;  // as asked for
};
Read<Percentiles> read_percentiles(JsonValue value);
template <>
struct Parameter<Percentiles> {
  static constexpr std::string_view kKind = "list of percentiles";
  static Read<Percentiles> read(JsonValue value) { return read_percentiles(value); }
};

// A count that some clients send as a JSON number.
struct Count {
  std::uint64_t value = 0;
};
Read<Count> read_count(JsonValue value);
template <>
struct Parameter<Count> {
  static constexpr std::string_view kKind = "quantity or number";
  static Read<Count> read(JsonValue value) { return read_count(value); }
};

// go-ethereum, common/math, HexOrDecimal64.
struct BlockCount {
  std::uint64_t value = 0;
};
Read<BlockCount> read_block_count(JsonValue value);
template <>
struct Parameter<BlockCount> {
  static constexpr std::string_view kKind = "quantity, number or decimal text";
  static Read<BlockCount> read(JsonValue value) { return read_block_count(value); }
};

Answer eth_gas_price(Context& context);
Answer eth_max_priority_fee_per_gas(Context& context);
Answer eth_base_fee(Context& context);
Answer eth_blob_base_fee(Context& context);
Answer eth_fee_history(Context& context, const BlockCount& blocks, const BlockNumber& newest,
                       const std::optional<Percentiles>& asked);

// The tip (wei) that a transaction does well to offer now.
U256 suggested_tip(const Context& context);

}  // namespace cairn::api
