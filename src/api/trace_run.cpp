#include "api/trace_run.hpp"

#include <fmt/format.h>

namespace cairn::api {
namespace {

RpcResult<void> check_size(bool is_truncated) {
  return is_truncated ? RpcResult<void>(rpc_fail(
                            RpcCode::server,
                            fmt::format("the trace is larger than {} MiB: ask for less of it",
                                        trace::kMostTraceBytes >> 20)))
                      : RpcResult<void>{};
}

}  // namespace

RpcResult<std::unique_ptr<node::BlockReplay>> open_replay(
    const Context& context, std::shared_ptr<const chain::ChainView> chain, std::uint64_t number) {
  CAIRN_TRY(auto site, as_rpc(context.node.call_site(number)));
  auto block = chain->block_at(number);
  return as_rpc(
      node::BlockReplay::open(std::move(chain), std::move(block), std::move(site.environment)));
}

RpcResult<void> check_trace(const CallTimer::Running& running, bool is_truncated) {
  if (running.stop()->load()) {
    return rpc_fail(RpcCode::server, "execution timeout");
  }
  return check_size(is_truncated);
}

RpcResult<void> check_kept(const AnswerWriter& out) {
  return check_size(out.kept() > trace::kMostTraceBytes);
}

RpcResult<void> check_trace(const CallTimer::Running& running,
                            const trace::TransactionTracer& tracer) {
  CAIRN_CHECK(check_trace(running, tracer.is_truncated()));
  if (const auto failed = tracer.error()) {
    return rpc_fail(RpcCode::server, *failed);
  }
  return {};
}

RpcResult<std::optional<execution::TransactionOutcome>> trace_mined(
    const Context& context, const Hash256& hash, trace::TransactionTracer& tracer,
    std::chrono::milliseconds timeout, AnswerWriter* out) {
  const auto chain = context.node.head();
  const auto place = chain->place_of(hash);
  if (!place) {
    return std::nullopt;
  }
  CAIRN_TRY(const auto replay, open_replay(context, chain, place->number));
  {
    const auto running = context.call_timer->start(timeout);
    CAIRN_CHECK(as_rpc(replay->skip_to(place->index, running.stop())));
    CAIRN_CHECK(check_trace(running, false));
  }
  auto running = context.call_timer->start(timeout);
  std::optional<AnswerWriter::Timed> timed;
  if (out != nullptr) {
    timed.emplace(*out, running);
  }
  CAIRN_TRY(auto outcome, as_rpc(replay->run_next(&tracer, running.stop())));
  CAIRN_CHECK(check_trace(running, tracer));
  return std::optional(std::move(outcome));
}

}  // namespace cairn::api
