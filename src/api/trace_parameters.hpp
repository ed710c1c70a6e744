#pragma once
// How debug_trace* methods are told what to record (geth's TraceConfig).

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/block_id.hpp"
#include "api/call_parameters.hpp"
#include "trace/tracers.hpp"

namespace cairn::api {

struct TraceConfig {
  std::optional<std::string> tracer{};  // none: the struct log
  std::optional<std::chrono::milliseconds> timeout{};
  types::Json options{};  // the tracer's own, or the struct log's
  // debug_traceCall and debug_traceCallMany
  std::optional<node::StateOverrides> state_overrides{};
  std::optional<node::BlockOverrides> block_overrides{};
  std::optional<std::uint64_t> transaction_index{};

  RpcResult<std::unique_ptr<trace::TransactionTracer>> make() const;
};

// debug_traceCallMany: calls that see each other's changes, in one block.
struct CallBundle {
  std::vector<TransactionObject> transactions;
  node::BlockOverrides block_overrides;
};

// Where they run: after the transaction of this index in the block, all of them where there is
// none.
struct CallContext {
  BlockId block;
  std::optional<std::uint64_t> transaction_index;
};

// "5s", "300ms", "1m30s", as Go reads durations.
Read<std::chrono::milliseconds> read_duration(std::string_view text);

Read<TraceConfig> read_trace_config(JsonValue value);
Read<std::vector<CallBundle>> read_call_bundles(JsonValue value);
Read<CallContext> read_call_context(JsonValue value);

template <>
struct Parameter<TraceConfig> : ReadBy<read_trace_config> {
  static constexpr std::string_view kKind = "trace options";
};
template <>
struct Parameter<std::vector<CallBundle>> : ReadBy<read_call_bundles> {
  static constexpr std::string_view kKind = "list of call bundles";
};
template <>
struct Parameter<CallContext> : ReadBy<read_call_context> {
  static constexpr std::string_view kKind = "place of calls";
};

}  // namespace cairn::api
