#pragma once
// What the tracing methods share: running mined transactions again within their time.

#include <chrono>
#include <memory>

#include "api/answer_writer.hpp"
#include "api/context.hpp"
#include "api/errors.hpp"
#include "node/block_replay.hpp"

namespace cairn::api {

inline constexpr std::chrono::seconds kTraceTimeout{5};  // of one transaction, as geth's

// A block of this chain, on the state that it found.
RpcResult<std::unique_ptr<node::BlockReplay>> open_replay(
    const Context& context, std::shared_ptr<const chain::ChainView> chain, std::uint64_t number);

// geth's error where the time was over; one of our own where the answer grew beyond its bound.
RpcResult<void> check_trace(const CallTimer::Running& running, bool is_truncated);
// The same, and the tracer's own.
RpcResult<void> check_trace(const CallTimer::Running& running,
                            const trace::TransactionTracer& tracer);

// That same error where an answer that goes nowhere yet has grown beyond its bound.
RpcResult<void> check_kept(const AnswerWriter& out);

// Runs a mined transaction again under a tracer, those before it in its block without one. Nothing:
// the chain has no transaction of this hash. `out`: where the tracer writes as it goes, if it does.
RpcResult<std::optional<execution::TransactionOutcome>> trace_mined(
    const Context& context, const Hash256& hash, trace::TransactionTracer& tracer,
    std::chrono::milliseconds timeout = kTraceTimeout, AnswerWriter* out = nullptr);

}  // namespace cairn::api
