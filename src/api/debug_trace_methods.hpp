#pragma once
// geth's debug_trace*: transactions of the past, blocks and calls, seen by a tracer.

#include "api/method.hpp"
#include "api/trace_parameters.hpp"

namespace cairn::api {

RpcResult<void> debug_trace_transaction(Context& context, AnswerWriter& out, const Hash256& hash,
                                        const std::optional<TraceConfig>& config);
RpcResult<void> debug_trace_block_by_number(Context& context, AnswerWriter& out,
                                            const PaddedBlockNumber& block,
                                            const std::optional<TraceConfig>& config);
RpcResult<void> debug_trace_block_by_hash(Context& context, AnswerWriter& out, const Hash256& hash,
                                          const std::optional<TraceConfig>& config);
// The block's RLP; its parent must be a block of this chain.
RpcResult<void> debug_trace_block(Context& context, AnswerWriter& out, const Bytes& block,
                                  const std::optional<TraceConfig>& config);
RpcResult<void> debug_trace_call(Context& context, AnswerWriter& out,
                                 const TransactionObject& transaction,
                                 const std::optional<BlockId>& block,
                                 const std::optional<TraceConfig>& config);
// erigon's: a list of lists, one answer a call.
RpcResult<void> debug_trace_call_many(Context& context, AnswerWriter& out,
                                      const std::vector<CallBundle>& bundles,
                                      const std::optional<CallContext>& place,
                                      const std::optional<TraceConfig>& config);

}  // namespace cairn::api
