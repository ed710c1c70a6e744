#pragma once
// Parity's trace_ methods: what transactions did, as flat lists of calls, state diffs and
// instructions.

#include <vector>

#include "api/block_id.hpp"
#include "api/call_parameters.hpp"
#include "api/method.hpp"
#include "api/trace_run.hpp"
#include "trace/parity_tracer.hpp"

namespace cairn::api {

// ["trace", "stateDiff", "vmTrace"]: which answers are wanted.
struct TraceKinds {
  trace::ParityOptions options;
};

struct TracedCall {
  TransactionObject transaction;
  TraceKinds kinds;
};

// Which call among its parent's, from the outermost on: ["0x0", "0x2"].
struct TraceAddress {
  std::vector<std::uint64_t> steps;
};

Read<TraceKinds> read_trace_kinds(JsonValue value);
Read<TraceAddress> read_trace_address(JsonValue value);
Read<std::vector<TracedCall>> read_traced_calls(JsonValue value);

template <>
struct Parameter<TraceKinds> : ReadBy<read_trace_kinds> {
  static constexpr std::string_view kKind = "list of trace, stateDiff, vmTrace";
};
template <>
struct Parameter<TraceAddress> : ReadBy<read_trace_address> {
  static constexpr std::string_view kKind = "list of quantities";
};
template <>
struct Parameter<std::vector<TracedCall>> : ReadBy<read_traced_calls> {
  static constexpr std::string_view kKind = "list of [transaction object, kinds]";
};

// A block of the chain; the one that would be built now cannot be traced.
RpcResult<BlockPlace> traceable_block(const Context& context, const BlockId& id);
// A block's next transaction, seen by the tracer.
RpcResult<void> run_next(const Context& context, node::BlockReplay& replay,
                         trace::TransactionTracer& tracer);

RpcResult<void> trace_transaction(Context& context, AnswerWriter& out, const Hash256& hash);
Answer trace_get(Context& context, const Hash256& hash, const TraceAddress& address);
RpcResult<void> trace_replay_transaction(Context& context, AnswerWriter& out, const Hash256& hash,
                                         const TraceKinds& kinds);
RpcResult<void> trace_replay_block_transactions(Context& context, AnswerWriter& out,
                                                const BlockId& block, const TraceKinds& kinds);
// reth's two beside Parity's nine.
Answer trace_transaction_opcode_gas(Context& context, const Hash256& hash);
RpcResult<void> trace_block_opcode_gas(Context& context, AnswerWriter& out, const BlockId& block);
RpcResult<void> trace_call(Context& context, AnswerWriter& out,
                           const TransactionObject& transaction, const TraceKinds& kinds,
                           const std::optional<BlockId>& block);
RpcResult<void> trace_call_many(Context& context, AnswerWriter& out,
                                const std::vector<TracedCall>& calls,
                                const std::optional<BlockId>& block);
RpcResult<void> trace_raw_transaction(Context& context, AnswerWriter& out, const Bytes& transaction,
                                      const TraceKinds& kinds);

}  // namespace cairn::api
