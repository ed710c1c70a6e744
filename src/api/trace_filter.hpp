#pragma once
// trace_block and trace_filter: the calls of blocks as Parity's flat lists. The table of
// appearances (chain/appearances.hpp) says which transactions have to be run again for a filter by
// addresses.

#include <vector>

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Blocks and addresses; what is left out does not count.
struct TraceFilter {
  // How the two lists go together where both are given: as in Parity, Besu and reth both have to
  // fit, unless `mode` says that one of them is enough.
  enum class Mode : std::uint8_t { intersection, unite };

  static constexpr std::size_t kMostAddresses = 1'000;  // in each list

  std::optional<BlockNumber> from_block;
  std::optional<BlockNumber> to_block;
  std::vector<Address> from;  // empty: any
  std::vector<Address> to;
  Mode mode = Mode::intersection;
  std::uint64_t after = 0;  // traces left out at the beginning
  std::optional<std::uint64_t> count;
};

Read<TraceFilter> read_trace_filter(JsonValue value);

template <>
struct Parameter<TraceFilter> : ReadBy<read_trace_filter> {
  static constexpr std::string_view kKind = "trace filter";
};

RpcResult<void> trace_block(Context& context, AnswerWriter& out, const BlockId& block);
RpcResult<void> trace_filter(Context& context, AnswerWriter& out, const TraceFilter& filter);

}  // namespace cairn::api
