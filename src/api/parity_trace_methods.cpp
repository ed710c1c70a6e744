#include "api/parity_trace_methods.hpp"

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "api/trace_run.hpp"
#include "node/changed_state.hpp"
#include "trace/opcode_gas_tracer.hpp"

namespace cairn::api {

using node::BlockReplay;
using trace::ParityFrame;
using trace::ParityTracer;

RpcResult<BlockPlace> traceable_block(const Context& context, const BlockId& id) {
  if (id.is_pending()) {
    return rpc_fail(RpcCode::server, "tracing on top of pending is not supported");
  }
  auto found = require_block(context, id);
  if (!found) {
    found.error().code = RpcCode::invalid_params;  // Besu's and Parity's, where geth's is -32000
  }
  return found;
}

RpcResult<void> run_next(const Context& context, BlockReplay& replay,
                         trace::TransactionTracer& tracer) {
  const auto running = context.call_timer->start(kTraceTimeout);
  CAIRN_CHECK(as_rpc(replay.run_next(&tracer, running.stop())));
  return check_trace(running, tracer.is_truncated());
}

namespace {

// A mined transaction, run again; null where the chain has none of this hash.
RpcResult<std::unique_ptr<ParityTracer>> run_mined(const Context& context, const Hash256& hash,
                                                   const trace::ParityOptions& options) {
  auto tracer = std::make_unique<ParityTracer>(options);
  CAIRN_TRY(const auto outcome, trace_mined(context, hash, *tracer));
  return outcome ? std::move(tracer) : nullptr;
}

void write_opcode_gas(JsonWriter& out, const Hash256& hash, trace::OpcodeGasTracer& tracer) {
  out.begin_object().field("transactionHash", hash).key("opcodeGas");
  tracer.write(out);
  out.end_object();
}

// Calls one after the other, each on what the one before left.
RpcResult<void> trace_calls(const Context& context, node::CallSite site,
                            std::span<const TracedCall> calls, AnswerWriter& out) {
  for (const TracedCall& call : calls) {
    ParityTracer tracer(call.kinds.options);
    node::CallOptions options;
    options.gas_cap = context.limits.call_gas;
    options.transaction_tracer = &tracer;
    options.keeps_changes = true;
    const auto running = context.call_timer->start(kTraceTimeout);
    options.stop = running.stop();
    CAIRN_TRY(auto outcome, as_rpc(node::execute_call(site, call.transaction.call, options)));
    CAIRN_CHECK(check_trace(running, tracer.is_truncated()));
    site.state =
        std::make_shared<node::ChangedState>(std::move(site.state), std::move(outcome.changes));
    tracer.write(out);
    CAIRN_CHECK(check_kept(out));
  }
  return {};
}

RpcResult<node::CallSite> site_of(const Context& context, const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto place, traceable_block(context, block.value_or(BlockId{})));
  return as_rpc(context.node.call_site(place.number));
}

// A number as text ("0x1") or as a JSON number.
Read<std::uint64_t> read_count(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return number;
  }
  return read_quantity64(value);
}

}  // namespace

Read<TraceKinds> read_trace_kinds(JsonValue value) {
  CAIRN_TRY(const auto names, read_list<std::string_view>(value, "kinds", read_text));
  TraceKinds out{.options = {.trace = false, .state_diff = false, .vm_trace = false}};
  for (const std::string_view name : names) {
    if (name == "trace") {
      out.options.trace = true;
    } else if (name == "stateDiff") {
      out.options.state_diff = true;
    } else if (name == "vmTrace") {
      out.options.vm_trace = true;
    } else {
      return bad("want trace, stateDiff or vmTrace");
    }
  }
  return out;
}

Read<TraceAddress> read_trace_address(JsonValue value) {
  CAIRN_TRY(auto steps, read_list<std::uint64_t>(value, "address", read_count));
  return TraceAddress{std::move(steps)};
}

Read<std::vector<TracedCall>> read_traced_calls(JsonValue value) {
  return read_list<TracedCall>(value, "calls", [](JsonValue item) -> Read<TracedCall> {
    simdjson::dom::array pair;
    if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) {
      return bad("want [transaction, kinds]");
    }
    CAIRN_TRY(auto transaction, read_transaction_object(pair.at(0).value()));
    CAIRN_TRY(const auto kinds, read_trace_kinds(pair.at(1).value()));
    return TracedCall{std::move(transaction), kinds};
  });
}

RpcResult<void> trace_transaction(Context& context, AnswerWriter& out, const Hash256& hash) {
  CAIRN_TRY(const auto tracer, run_mined(context, hash, {}));
  if (tracer == nullptr) {
    out.null();
    return {};
  }
  out.begin_array();
  for (const ParityFrame& line : tracer->frames()) {
    write_parity_frame(out, line, tracer->place());
  }
  out.end_array();
  return {};
}

Answer trace_get(Context& context, const Hash256& hash, const TraceAddress& address) {
  CAIRN_TRY(const auto tracer, run_mined(context, hash, {}));
  if (tracer == nullptr) {
    return "null";
  }
  for (const ParityFrame& line : tracer->frames()) {
    if (line.address == address.steps) {
      JsonWriter out;
      write_parity_frame(out, line, tracer->place());
      return std::move(out).take();
    }
  }
  return "null";
}

RpcResult<void> trace_replay_transaction(Context& context, AnswerWriter& out, const Hash256& hash,
                                         const TraceKinds& kinds) {
  CAIRN_TRY(const auto tracer, run_mined(context, hash, kinds.options));
  if (tracer == nullptr) {
    return rpc_fail(RpcCode::server, "transaction not found");
  }
  tracer->write(out);
  return {};
}

RpcResult<void> trace_replay_block_transactions(Context& context, AnswerWriter& out,
                                                const BlockId& block, const TraceKinds& kinds) {
  CAIRN_TRY(const auto place, traceable_block(context, block));
  if (place.number == 0) {
    out.begin_array().end_array();
    return {};
  }
  CAIRN_TRY(const auto replay, open_replay(context, place.chain, place.number));
  out.begin_array();
  while (!replay->is_done()) {
    const Hash256& hash = replay->block().transaction_hashes[replay->next_index()];
    ParityTracer tracer(kinds.options);
    CAIRN_CHECK(run_next(context, *replay, tracer));
    out.begin_object();
    tracer.write_members(out);
    out.field("transactionHash", hash).end_object();
    CAIRN_CHECK(check_kept(out));
  }
  out.end_array();
  return {};
}

Answer trace_transaction_opcode_gas(Context& context, const Hash256& hash) {
  trace::OpcodeGasTracer tracer;
  CAIRN_TRY(const auto outcome, trace_mined(context, hash, tracer));
  if (!outcome) {
    return "null";
  }
  JsonWriter out;
  write_opcode_gas(out, hash, tracer);
  return std::move(out).take();
}

RpcResult<void> trace_block_opcode_gas(Context& context, AnswerWriter& out, const BlockId& block) {
  CAIRN_TRY(const auto place, traceable_block(context, block));
  const auto sealed = place.chain->block_at(place.number);
  out.begin_object().field("blockHash", sealed->hash).key("blockNumber").decimal(place.number);
  out.key("transactions").begin_array();
  if (place.number != 0) {
    CAIRN_TRY(const auto replay, open_replay(context, place.chain, place.number));
    while (!replay->is_done()) {
      const Hash256& hash = sealed->transaction_hashes[replay->next_index()];
      trace::OpcodeGasTracer tracer;
      CAIRN_CHECK(run_next(context, *replay, tracer));
      write_opcode_gas(out, hash, tracer);
    }
  }
  out.end_array().end_object();
  return {};
}

RpcResult<void> trace_call(Context& context, AnswerWriter& out,
                           const TransactionObject& transaction, const TraceKinds& kinds,
                           const std::optional<BlockId>& block) {
  CAIRN_TRY(auto site, site_of(context, block));
  const TracedCall call{transaction, kinds};
  return trace_calls(context, std::move(site), {&call, 1}, out);
}

RpcResult<void> trace_call_many(Context& context, AnswerWriter& out,
                                const std::vector<TracedCall>& calls,
                                const std::optional<BlockId>& block) {
  CAIRN_TRY(auto site, site_of(context, block));
  out.begin_array();
  CAIRN_CHECK(trace_calls(context, std::move(site), calls, out));
  out.end_array();
  return {};
}

RpcResult<void> trace_raw_transaction(Context& context, AnswerWriter& out, const Bytes& transaction,
                                      const TraceKinds& kinds) {
  const auto decoded = types::decode_transaction(transaction);
  if (!decoded) {
    return rpc_fail(RpcCode::invalid_params, decoded.error().message);
  }
  CAIRN_TRY(auto site, site_of(context, std::nullopt));
  CAIRN_TRY(const Address sender,
            as_rpc(execution::sender_of(*decoded, site.environment.context.fork,
                                        site.environment.context.chain_id)));
  TracedCall call{.transaction = {}, .kinds = kinds};
  node::CallRequest& request = call.transaction.call;
  request.from = sender;
  request.to = decoded->to;
  request.gas = decoded->gas_limit;
  request.nonce = decoded->nonce;
  request.value = decoded->value;
  request.data = decoded->data;
  if (decoded->type == types::TransactionType::legacy ||
      decoded->type == types::TransactionType::access_list) {
    request.gas_price = decoded->max_fee_per_gas;
  } else {
    request.max_fee_per_gas = decoded->max_fee_per_gas;
    request.max_priority_fee_per_gas = decoded->max_priority_fee_per_gas;
  }
  if (decoded->type != types::TransactionType::legacy) {
    request.access_list = decoded->access_list;
  }
  if (decoded->type == types::TransactionType::blob) {
    request.blob_hashes = decoded->blob_hashes;
    request.max_fee_per_blob_gas = decoded->max_fee_per_blob_gas;
  }
  if (decoded->type == types::TransactionType::set_code) {
    request.authorizations = decoded->authorizations;
  }
  return trace_calls(context, std::move(site), {&call, 1}, out);
}

}  // namespace cairn::api
