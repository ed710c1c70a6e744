#include "api/simulate_methods.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"

namespace cairn::api {
namespace {

using node::SimulateRefused;

Read<bool> read_flag(const simdjson::dom::object& from, std::string_view name) {
  CAIRN_TRY(const auto flag, read_member<bool>(from, name));
  return flag.value_or(false);
}

Read<node::SimulatedBlockRequest> read_block(JsonValue value, std::vector<std::uint64_t>& ids) {
  CAIRN_TRY(const auto from, read_object(value));
  node::SimulatedBlockRequest out;
  CAIRN_TRY(auto block, read_member<node::BlockOverrides>(from, "blockOverrides"));
  out.block = std::move(block).value_or(node::BlockOverrides{});
  CAIRN_TRY(auto state, read_member<node::StateOverrides>(from, "stateOverrides"));
  out.state = std::move(state).value_or(node::StateOverrides{});
  if (const auto calls = member_of(from, "calls")) {
    CAIRN_TRY(auto read,
              read_list<TransactionObject>(*calls, "calls", Parameter<TransactionObject>::read));
    for (TransactionObject& call : read) {
      out.calls.push_back(std::move(call.call));
      if (call.chain_id) {
        ids.push_back(*call.chain_id);
      }
    }
  }
  return out;
}

RpcCode code_of(execution::Refused rule) {
  using execution::Refused;
  switch (rule) {
    case Refused::nonce_too_low:
      return RpcCode::nonce_too_low;
    case Refused::nonce_too_high:
      return RpcCode::nonce_too_high;
    case Refused::fee_cap_below_base_fee:
      return RpcCode::base_fee_too_low;
    case Refused::intrinsic_gas_too_low:
      return RpcCode::intrinsic_gas;
    case Refused::insufficient_funds:
    case Refused::gas_price_overflow:
      return RpcCode::insufficient_funds;
    case Refused::init_code_too_large:
      return RpcCode::init_code_too_large;
    case Refused::priority_fee_above_fee_cap:
      return RpcCode::invalid_params;
    case Refused::blob_transaction_creates:
    case Refused::set_code_transaction_creates:
      return RpcCode::server;
    default:
      return RpcCode::internal;  // as geth answers what the specification gives no code
  }
}

RpcError simulate_error(const Context& context, const node::SimulateRefusal& refusal) {
  switch (refusal.code) {
    case SimulateRefused::block_number:
      return {RpcCode::block_number, refusal.message};
    case SimulateRefused::block_timestamp:
      return {RpcCode::block_timestamp, refusal.message};
    case SimulateRefused::block_gas_limit:
      return {RpcCode::block_gas_limit, refusal.message};
    case SimulateRefused::limit:
      return {RpcCode::client_limit, refusal.message};
    case SimulateRefused::state:
      return {RpcCode::server, refusal.message};
    case SimulateRefused::transaction:
      return {code_of(refusal.rule), refusal.message};
    case SimulateRefused::stopped:
      break;
  }
  return {RpcCode::timed_out,
          fmt::format("execution aborted (timeout = {:.3g}s)",
                      static_cast<double>(context.call_timer->limit().count()) / 1000)};
}

void write_call_error(JsonWriter& out, const node::SimulatedCall& call) {
  RpcError error = rpc_error(call.status, call.output);
  if (call.status != evm::Status::revert) {
    error.code = RpcCode::vm_error;
    if (call.gas_was_capped) {
      error.message += " (gas limit was capped by the RPC server's global gas cap)";
    }
  }
  out.key("error").begin_object().field("message", error.message);
  out.key("code").raw(fmt::format("{}", static_cast<int>(error.code)));
  if (!error.data.empty()) {
    out.key("data").raw(error.data);
  }
  out.end_object();
}

void write_call(JsonWriter& out, const node::SimulatedBlock& block, std::uint32_t index) {
  const node::SimulatedCall& call = block.calls[index];
  const bool reverted = call.status == evm::Status::revert;
  out.begin_object();
  out.field("returnData", reverted ? Bytes{} : call.output);
  out.key("logs").begin_array();
  const types::Header& header = block.sealed.block.header;
  for (const node::NumberedLog& log : call.logs) {
    write_log(out, {log.log, header.number, block.sealed.hash, header.timestamp,
                    block.sealed.transaction_hashes[index], index, log.number});
  }
  out.end_array();
  out.field("gasUsed", call.gas_used)
      .field("maxUsedGas", call.gas_spent_peak)
      .field("status", std::uint64_t{call.status == evm::Status::success});
  if (call.status != evm::Status::success) {
    write_call_error(out, call);
  }
  out.end_object();
}

RpcResult<node::SimulateSite> site_at(const Context& context, const std::optional<BlockId>& block,
                                      const std::atomic<bool>* stop) {
  CAIRN_TRY(const auto place, require_block(context, block));
  node::SimulateSite site;
  site.chain = place.chain;
  site.state = place.state();
  if (place.pending) {
    const auto sealed = place.pending->block();
    site.base = {sealed->hash, sealed->block.header};
    CAIRN_TRY(auto call_site, as_rpc(context.node.pending_call_site()));
    site.environment = std::move(call_site.environment);
  } else {
    site.base = *place.chain->header_at(place.number);
    CAIRN_TRY(auto call_site, as_rpc(context.node.call_site(place.number)));
    site.environment = std::move(call_site.environment);
  }
  if (place.chain->fork() == nullptr) {
    CAIRN_TRY(site.tries,
              as_rpc(place.pending ? place.pending->tries(stop)
                                   : place.chain->tries_at(
                                         place.number, chain::ChainView::Cheats::included, stop)));
  }
  return site;
}

RpcResult<void> check_chain_ids(const Context& context, const SimulateObject& object) {
  const std::uint64_t want = context.node.head()->chain_id();
  for (const std::uint64_t have : object.chain_ids) {
    if (have != want) {
      return rpc_fail(RpcCode::server, fmt::format("chainId does not match node's (have={}, "
                                                   "want={})",
                                                   have, want));
    }
  }
  return {};
}

}  // namespace

Read<SimulateObject> read_simulate_object(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  SimulateObject out;
  if (const auto blocks = member_of(from, "blockStateCalls")) {
    CAIRN_TRY(out.request.blocks, read_list<node::SimulatedBlockRequest>(
                                      *blocks, "blockStateCalls", [&](JsonValue block) {
                                        return read_block(block, out.chain_ids);
                                      }));
  }
  CAIRN_TRY(out.request.trace_transfers, read_flag(from, "traceTransfers"));
  CAIRN_TRY(out.request.validation, read_flag(from, "validation"));
  CAIRN_TRY(out.full_transactions, read_flag(from, "returnFullTransactions"));
  return out;
}

Answer eth_simulate_v1(Context& context, const SimulateObject& object,
                       const std::optional<BlockId>& block) {
  if (object.request.blocks.empty()) {
    return rpc_fail(RpcCode::invalid_params, "empty input");
  }
  CAIRN_CHECK(check_chain_ids(context, object));
  const auto running = context.call_timer->start();
  CAIRN_TRY(auto site, site_at(context, block, running.stop()));
  const auto blocks = node::simulate(std::move(site), object.request,
                                     {.gas_cap = context.limits.call_gas, .stop = running.stop()});
  if (!blocks) {
    return std::unexpected(simulate_error(context, blocks.error()));
  }
  JsonWriter out;
  out.begin_array();
  for (const node::SimulatedBlock& one : *blocks) {
    write_block(out, one.sealed, object.full_transactions, [&](JsonWriter& fields) {
      fields.key("calls").begin_array();
      for (std::uint32_t i = 0; i < one.calls.size(); ++i) {
        write_call(fields, one, i);
      }
      fields.end_array();
    });
  }
  out.end_array();
  return std::move(out).take();
}

}  // namespace cairn::api
