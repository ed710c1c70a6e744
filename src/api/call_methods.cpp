#include "api/call_methods.hpp"

#include <fmt/format.h>

#include "api/fee_methods.hpp"
#include "api/halt_reason.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "node/access_list.hpp"
#include "nodelog/node_log.hpp"

namespace cairn::api {
namespace {

// Where a call runs that names this block.
RpcResult<node::CallSite> site_at(const Context& context, const BlockId& block) {
  if (block.is_pending()) {
    return as_rpc(context.node.pending_call_site());
  }
  CAIRN_TRY(const auto place, require_block(context, block));
  return as_rpc(context.node.call_site(place.number));
}

RpcResult<void> check_chain_id(const Context& context, const TransactionObject& transaction) {
  const std::uint64_t have = context.node.head()->chain_id();
  if (transaction.chain_id && *transaction.chain_id != have) {
    return rpc_fail(RpcCode::server, fmt::format("chainId does not match node's (have={}, want={})",
                                                 *transaction.chain_id, have));
  }
  return {};
}

// What a call pretends.
RpcResult<node::CallOptions> options_of(
    const Context& context, const std::optional<node::StateOverrides>& state_overrides,
    const std::optional<node::BlockOverrides>& block_overrides) {
  node::CallOptions options;
  options.gas_cap = context.limits.call_gas;
  options.state_overrides = state_overrides.value_or(node::StateOverrides{});
  options.block_overrides = block_overrides.value_or(node::BlockOverrides{});
  CAIRN_CHECK(check_block_overrides(options.block_overrides));
  return options;
}

// What follows from overrides where the call runs.
RpcResult<void> follow_overrides(const Context& context, node::CallOptions& options,
                                 node::CallSite& site) {
  override_fork(context, options.block_overrides, site);
  CAIRN_TRY(options.precompile_moves,
            as_rpc(node::precompile_moves(options.state_overrides, site.environment.context.fork)));
  return {};
}

struct Failure {
  evm::Status status;
  BytesView output;
};

RpcError explain(const Context& context, const node::CallSite& site,
                 const node::CallRequest& request, const node::CallOptions& options,
                 const Failure& failure) {
  if (failure.status == evm::Status::stopped) {
    return {RpcCode::server,
            fmt::format("execution aborted (timeout = {:.3g}s)",
                        static_cast<double>(context.call_timer->limit().count()) / 1000)};
  }
  return explain_failure(site, request, options, failure.status, failure.output);
}

// On a network the list is one for a transaction that its sender can pay for: fees that are missing
// are those of eth_fillTransaction. A dev chain's users ask for senders that have nothing, too.
RpcResult<void> offer_fees(const Context& context, const node::CallSite& site,
                           node::CallRequest& call) {
  const evm::BlockContext& block = site.environment.context;
  if (call.gas_price) {
    return call.gas_price->is_zero() && block.fork >= types::Fork::london
               ? rpc_fail(RpcCode::server, "gasPrice must be non-zero after london fork")
               : RpcResult<void>{};
  }
  if (block.fork < types::Fork::london) {
    call.gas_price = suggested_tip(context);
    return {};
  }
  if (call.max_fee_per_gas == U256{} && call.max_priority_fee_per_gas) {
    return rpc_fail(RpcCode::server, "maxFeePerGas must be non-zero");
  }
  const U256 tip = call.max_priority_fee_per_gas.value_or(suggested_tip(context));
  const U256 cap = call.max_fee_per_gas.value_or(block.base_fee + block.base_fee + tip);
  if (cap < tip) {
    return rpc_fail(RpcCode::server, fmt::format("maxFeePerGas ({}) < maxPriorityFeePerGas ({})",
                                                 base::to_quantity(cap), base::to_quantity(tip)));
  }
  call.max_priority_fee_per_gas = tip;
  call.max_fee_per_gas = cap;
  return {};
}

bool keeps_console(const Context& context) { return context.log && context.log->keeps_console(); }

// For the node's log; `Outcome` is a CallOutcome or an Estimate.
template <class Outcome>
void tell(const Context& context, std::string_view method, const node::CallSite& site,
          const node::CallRequest& request, const node::CallOptions& options,
          const Outcome& outcome) {
  const bool failed = outcome.status != evm::Status::success;
  if (context.log && context.log->wants_call(failed, outcome.console)) {
    context.log->tell_call({.rpc_method = std::string(method),
                            .site = site,
                            .request = request,
                            .options = options,
                            .status = outcome.status,
                            .output = outcome.output,
                            .gas_used = outcome.gas_used,
                            .console = outcome.console});
  }
}

}  // namespace

RpcResult<void> check_block_overrides(const node::BlockOverrides& overrides) {
  for (const auto& [name, given] : {std::pair{"beaconRoot", overrides.beacon_root.has_value()},
                                    {"withdrawals", overrides.withdrawals.has_value()}}) {
    if (given) {
      return rpc_fail(
          RpcCode::server,
          fmt::format("block override \"{}\" is not supported for this RPC method", name));
    }
  }
  return {};
}

void override_fork(const Context& context, const node::BlockOverrides& overrides,
                   node::CallSite& site) {
  evm::BlockContext& block = site.environment.context;
  if (!overrides.number && !overrides.time) {
    return;
  }
  const types::ChainConfig config = context.node.head()->config();
  const std::uint64_t number = overrides.number.value_or(block.number);
  const bool merged = block.fork >= types::Fork::paris;
  block.fork = config.fork_at(number, overrides.time.value_or(block.timestamp), merged);
  // As geth has it, forks by time need London, the merge does not.
  const auto& london = config.activation[static_cast<std::size_t>(types::Fork::london)];
  if (merged && (!london || number < *london)) {
    block.fork = types::Fork::paris;
  }
}

Answer eth_call(Context& context, const TransactionObject& transaction,
                const std::optional<BlockId>& block,
                const std::optional<node::StateOverrides>& state_overrides,
                const std::optional<node::BlockOverrides>& block_overrides) {
  CAIRN_CHECK(check_chain_id(context, transaction));
  CAIRN_TRY(auto site, site_at(context, block.value_or(BlockId{})));
  CAIRN_TRY(auto options, options_of(context, state_overrides, block_overrides));
  CAIRN_CHECK(follow_overrides(context, options, site));
  const auto running = context.call_timer->start();
  options.stop = running.stop();
  options.keeps_console = keeps_console(context);
  CAIRN_TRY(const auto outcome, as_rpc(node::execute_call(site, transaction.call, options)));
  tell(context, "eth_call", site, transaction.call, options, outcome);
  if (outcome.status != evm::Status::success) {
    return std::unexpected(
        explain(context, site, transaction.call, options, {outcome.status, outcome.output}));
  }
  return to_json(outcome.output);
}

Answer eth_estimate_gas(Context& context, const TransactionObject& transaction,
                        const std::optional<BlockId>& block,
                        const std::optional<node::StateOverrides>& state_overrides,
                        const std::optional<node::BlockOverrides>& block_overrides) {
  CAIRN_CHECK(check_chain_id(context, transaction));
  CAIRN_TRY(auto options, options_of(context, state_overrides, block_overrides));
  CAIRN_TRY(const std::uint64_t gas, estimate(context, transaction.call, block.value_or(BlockId{}),
                                              std::move(options), "eth_estimateGas"));
  return to_json(gas);
}

Answer eth_create_access_list(Context& context, const TransactionObject& transaction,
                              const std::optional<BlockId>& block,
                              const std::optional<node::StateOverrides>& state_overrides) {
  CAIRN_CHECK(check_chain_id(context, transaction));
  CAIRN_TRY(auto site, site_at(context, block.value_or(BlockId{})));
  CAIRN_TRY(auto options, options_of(context, state_overrides, std::nullopt));
  CAIRN_CHECK(follow_overrides(context, options, site));
  const auto running = context.call_timer->start();
  options.stop = running.stop();
  node::CallRequest call = transaction.call;
  if (!context.with_cheats) {
    CAIRN_CHECK(offer_fees(context, site, call));
  }
  CAIRN_TRY(const auto found, as_rpc(node::create_access_list(site, call, options)));
  if (found.status == evm::Status::stopped) {
    return std::unexpected(explain(context, site, call, options, {found.status, found.output}));
  }
  JsonWriter out;
  out.begin_object();
  write_access_list(out, found.list);
  if (found.status != evm::Status::success) {
    // As geth: what the revert says is eth_call's to tell.
    call.access_list = found.list;
    out.field("error", explain_failure(site, call, options, found.status, {}).message);
  }
  out.field("gasUsed", found.gas_used).end_object();
  return std::move(out).take();
}

RpcResult<std::uint64_t> estimate(const Context& context, const node::CallRequest& request,
                                  const BlockId& block, node::CallOptions options,
                                  std::string_view asked_by) {
  options.gas_cap = context.limits.call_gas;
  CAIRN_TRY(auto site, site_at(context, block));
  CAIRN_CHECK(follow_overrides(context, options, site));
  const auto running = context.call_timer->start();
  options.stop = running.stop();
  options.keeps_console = keeps_console(context);
  CAIRN_TRY(const auto found, as_rpc(node::estimate_gas(site, request, options)));
  if (!asked_by.empty() || found.status != evm::Status::success) {
    tell(context, asked_by.empty() ? "eth_estimateGas" : asked_by, site, request, options, found);
  }
  if (found.status == evm::Status::out_of_gas) {
    return rpc_fail(RpcCode::server, fmt::format("gas required exceeds allowance ({})", found.gas));
  }
  if (found.status != evm::Status::success) {
    return std::unexpected(explain(context, site, request, options, {found.status, found.output}));
  }
  return found.gas;
}

}  // namespace cairn::api
