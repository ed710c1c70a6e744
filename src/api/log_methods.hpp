#pragma once
// eth_getLogs and its filter object.

#include "api/block_id.hpp"
#include "api/method.hpp"
#include "chain/log_query.hpp"

namespace cairn::api {

// The range as asked for; by default the latest block alone.
struct LogFilterObject {
  std::optional<Hash256> block_hash;
  std::optional<BlockId> from;
  std::optional<BlockId> to;
  chain::LogFilter filter;
};

Read<LogFilterObject> read_log_filter(JsonValue value, bool loosely = false);
// No filter has a block's hash and a range, or logs of blocks that are not there yet.
RpcResult<void> check_bounds(const LogFilterObject& filter);
// Where bounds are loose: with the head for pending.
LogFilterObject loosened(LogFilterObject filter, const Limits& limits);
// A bound that stays as the chain grows: nothing where it is a tag other than earliest.
std::optional<std::uint64_t> fixed_number(const std::optional<BlockId>& bound);

template <>
struct Parameter<LogFilterObject> {
  static constexpr std::string_view kKind = "log filter";
  static Read<LogFilterObject> read(JsonValue value) { return read_log_filter(value); }
  static Read<LogFilterObject> read_loosely(JsonValue value) {
    return read_log_filter(value, true);
  }
};

Answer eth_get_logs(Context& context, const LogFilterObject& filter);

}  // namespace cairn::api
