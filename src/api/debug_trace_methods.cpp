#include "api/debug_trace_methods.hpp"

#include "api/call_methods.hpp"
#include "api/json_writer.hpp"
#include "api/trace_run.hpp"
#include "base/hex.hpp"
#include "node/changed_state.hpp"

namespace cairn::api {
namespace {

using node::BlockReplay;

CallTimer::Running start(const Context& context, const TraceConfig& config) {
  return context.call_timer->start(config.timeout.value_or(kTraceTimeout));
}

RpcResult<void> run_next(const Context& context, BlockReplay& replay, const TraceConfig& config,
                         trace::TransactionTracer& tracer, AnswerWriter& out) {
  tracer.write_to(out);
  auto running = start(context, config);
  const AnswerWriter::Timed timed(out, running);
  CAIRN_CHECK(as_rpc(replay.run_next(&tracer, running.stop())));
  return check_trace(running, tracer.is_truncated());
}

// A tracer in JavaScript that fails takes those of the other transactions not with it, as in geth.
RpcResult<void> trace_all(const Context& context, BlockReplay& replay, const TraceConfig& config,
                          AnswerWriter& out) {
  out.begin_array();
  while (!replay.is_done()) {
    out.begin_object().field("txHash", replay.block().transaction_hashes[replay.next_index()]);
    CAIRN_TRY(const auto tracer, config.make());
    const bool may_fail = tracer->may_fail();
    if (!may_fail) {
      out.key("result");
    }
    CAIRN_CHECK(run_next(context, replay, config, *tracer, out));
    const auto failed = tracer->error();
    if (may_fail) {
      out.key(failed ? "error" : "result");
    }
    if (failed) {
      out.string(*failed);
    } else {
      tracer->write(out);
    }
    out.end_object();
    CAIRN_CHECK(check_kept(out));
  }
  out.end_array();
  return {};
}

RpcResult<void> trace_block_of(const Context& context, const BlockId& id, std::string_view shown,
                               const std::optional<TraceConfig>& config, AnswerWriter& out) {
  if (id.is_pending()) {
    return rpc_fail(RpcCode::server, "tracing on top of pending is not supported");
  }
  CAIRN_TRY(const auto place, find_block(context, id));
  if (!place) {
    return rpc_fail(RpcCode::server, fmt::format("block {} not found", shown));
  }
  CAIRN_TRY(const auto replay, open_replay(context, place->chain, place->number));
  return trace_all(context, *replay, config.value_or(TraceConfig{}), out);
}

// A block of this chain, or one that could be: its senders are recovered.
RpcResult<std::shared_ptr<const chain::SealedBlock>> sealed(const chain::ChainView& chain,
                                                            BytesView rlp) {
  auto decoded = types::decode_block(rlp);
  if (!decoded) {
    return rpc_fail(RpcCode::server,
                    fmt::format("could not decode block: {}", decoded.error().message));
  }
  auto out = std::make_shared<chain::SealedBlock>();
  out->hash = types::header_hash(decoded->header);
  if (const auto known = chain.number_of(out->hash)) {
    return chain.block_at(*known);
  }
  const types::Header& header = decoded->header;
  const types::Fork fork = chain.config().fork_of(header);
  for (const types::Transaction& transaction : decoded->transactions) {
    auto sender = execution::sender_of(transaction, fork, chain.chain_id());
    if (!sender) {
      return std::unexpected(rpc_error(sender.error()));
    }
    out->senders.push_back(*sender);
    out->transaction_hashes.push_back(types::transaction_hash(transaction));
  }
  out->block = *std::move(decoded);
  return std::shared_ptr<const chain::SealedBlock>(std::move(out));
}

// One call after the other, each on the state that the one before it left.
class CallRun {
 public:
  CallRun(const Context& context, node::CallSite site)
      : context_(context), site_(std::move(site)) {}

  RpcResult<void> trace(const TransactionObject& transaction, const TraceConfig& config,
                        AnswerWriter& out) {
    CAIRN_TRY(const auto tracer, config.make());
    tracer->write_to(out);
    node::CallOptions options;
    options.gas_cap = context_.limits.call_gas;
    options.state_overrides = config.state_overrides.value_or(node::StateOverrides{});
    options.block_overrides = config.block_overrides.value_or(node::BlockOverrides{});
    CAIRN_CHECK(check_block_overrides(options.block_overrides));
    node::CallSite site = site_;
    override_fork(context_, options.block_overrides, site);
    CAIRN_TRY(
        options.precompile_moves,
        as_rpc(node::precompile_moves(options.state_overrides, site.environment.context.fork)));
    options.transaction_tracer = tracer.get();
    options.keeps_changes = true;
    auto running = start(context_, config);
    const AnswerWriter::Timed timed(out, running);
    options.stop = running.stop();
    auto outcome = node::execute_call(site, transaction.call, options);
    if (!outcome) {
      return rpc_fail(RpcCode::server, fmt::format("tracing failed: {}", outcome.error().message));
    }
    CAIRN_CHECK(check_trace(running, *tracer));
    site_.state =
        std::make_shared<node::ChangedState>(std::move(site_.state), std::move(outcome->changes));
    tracer->write(out);
    return {};
  }

 private:
  const Context& context_;
  node::CallSite site_;
};

// With an index: on the state before that transaction of the block; else after the block. The index
// behind the last one is known `with_end` alone, but for a block of none.
RpcResult<node::CallSite> site_of(const Context& context, const BlockId& id,
                                  std::optional<std::uint64_t> index, bool with_end) {
  if (id.is_pending()) {
    return rpc_fail(RpcCode::server, "tracing on top of pending is not supported");
  }
  CAIRN_TRY(const auto place, require_block(context, id));
  CAIRN_TRY(auto site, as_rpc(context.node.call_site(place.number)));
  if (index) {
    const auto block = place.block();
    const std::size_t count = block->block.transactions.size();
    if (*index > count || (*index == count && count != 0 && !with_end)) {
      return rpc_fail(RpcCode::server, fmt::format("transaction index {} out of range for block {}",
                                                   *index, base::to_hex(block->hash)));
    }
    CAIRN_TRY(const auto replay, open_replay(context, place.chain, place.number));
    const auto running = context.call_timer->start(kTraceTimeout);
    CAIRN_CHECK(as_rpc(replay->skip_to(*index, running.stop())));
    if (running.stop()->load()) {
      return rpc_fail(RpcCode::server, "execution timeout");
    }
    site.state = replay->state_so_far();
  }
  return site;
}

}  // namespace

RpcResult<void> debug_trace_transaction(Context& context, AnswerWriter& out, const Hash256& hash,
                                        const std::optional<TraceConfig>& config) {
  const TraceConfig wanted = config.value_or(TraceConfig{});
  CAIRN_TRY(const auto tracer, wanted.make());
  tracer->write_to(out);
  CAIRN_TRY(const auto outcome,
            trace_mined(context, hash, *tracer, wanted.timeout.value_or(kTraceTimeout), &out));
  if (!outcome) {
    return rpc_fail(RpcCode::server, "transaction not found");
  }
  tracer->write(out);
  return {};
}

RpcResult<void> debug_trace_block_by_number(Context& context, AnswerWriter& out,
                                            const PaddedBlockNumber& block,
                                            const std::optional<TraceConfig>& config) {
  const auto* number = std::get_if<std::uint64_t>(&block.id.what);
  return trace_block_of(context, block.id, number ? fmt::format("#{}", *number) : "", config, out);
}

RpcResult<void> debug_trace_block_by_hash(Context& context, AnswerWriter& out, const Hash256& hash,
                                          const std::optional<TraceConfig>& config) {
  return trace_block_of(context, {hash}, base::to_hex(hash), config, out);
}

RpcResult<void> debug_trace_block(Context& context, AnswerWriter& out, const Bytes& block,
                                  const std::optional<TraceConfig>& config) {
  const auto chain = context.node.head();
  CAIRN_TRY(const auto here, sealed(*chain, block));
  const types::Header& header = here->block.header;
  auto environment = execution::environment_of(
      header, chain->config(), chain->config().fork_of(header), chain->block_hashes());
  environment.code_cache = chain->code_cache();
  environment.context.chain_id = chain->chain_id();
  if (chain->number_of(here->hash)) {
    CAIRN_TRY(auto site, as_rpc(context.node.call_site(header.number)));
    environment = std::move(site.environment);
  }
  CAIRN_TRY(const auto replay, as_rpc(BlockReplay::open(chain, here, std::move(environment))));
  return trace_all(context, *replay, config.value_or(TraceConfig{}), out);
}

RpcResult<void> debug_trace_call(Context& context, AnswerWriter& out,
                                 const TransactionObject& transaction,
                                 const std::optional<BlockId>& block,
                                 const std::optional<TraceConfig>& config) {
  const TraceConfig wanted = config.value_or(TraceConfig{});
  CAIRN_TRY(auto site,
            site_of(context, block.value_or(BlockId{}), wanted.transaction_index, false));
  CAIRN_CHECK(CallRun(context, std::move(site)).trace(transaction, wanted, out));
  return {};
}

RpcResult<void> debug_trace_call_many(Context& context, AnswerWriter& out,
                                      const std::vector<CallBundle>& bundles,
                                      const std::optional<CallContext>& place,
                                      const std::optional<TraceConfig>& config) {
  const CallContext where = place.value_or(CallContext{});
  TraceConfig wanted = config.value_or(TraceConfig{});
  CAIRN_TRY(auto site, site_of(context, where.block, where.transaction_index, true));
  CallRun run(context, std::move(site));
  out.begin_array();
  for (const CallBundle& bundle : bundles) {
    wanted.block_overrides = bundle.block_overrides;
    out.begin_array();
    for (const TransactionObject& transaction : bundle.transactions) {
      CAIRN_CHECK(run.trace(transaction, wanted, out));
      wanted.state_overrides.reset();  // they stand now
    }
    out.end_array();
  }
  out.end_array();
  return {};
}

}  // namespace cairn::api
