#include "api/call_methods.hpp"

#include <fmt/format.h>

#include "api/error_names.hpp"
#include "api/fee_defaults.hpp"
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
  RpcError error = explain_failure(site, request, options, failure.status, failure.output);
  // Tools show the message alone; clients of networks know it in geth's words.
  return context.with_cheats ? with_error_name(context, std::move(error), failure.output) : error;
}

RpcError logged(RpcError error) {
  error.is_logged = true;
  return error;
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
    return std::unexpected(logged(
        explain(context, site, transaction.call, options, {outcome.status, outcome.output})));
  }
  return to_json(outcome.output);
}

Answer eth_estimate_gas(Context& context, const TransactionObject& transaction,
                        const std::optional<BlockId>& block,
                        const std::optional<node::StateOverrides>& state_overrides,
                        const std::optional<node::BlockOverrides>& block_overrides) {
  CAIRN_CHECK(check_chain_id(context, transaction));
  CAIRN_TRY(auto options, options_of(context, state_overrides, block_overrides));
  // A dev chain's user moves the clock and fills the pool for the transaction that comes next.
  const BlockId usual{context.with_cheats ? BlockTag::pending : BlockTag::latest};
  CAIRN_TRY(const std::uint64_t gas, estimate(context, transaction.call, block.value_or(usual),
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
  // On a network the list is one for a transaction that its sender can pay for. A dev chain's users
  // ask for senders that have nothing, too.
  if (!context.with_cheats) {
    CAIRN_TRY(call, with_fees(context, site.environment.context, call, FeeRules::network));
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

namespace {

struct Estimated {
  node::CallSite site;
  node::CallOptions options;
  node::Estimate found;
};

RpcResult<Estimated> run_estimate(const Context& context, const node::CallRequest& request,
                                  const BlockId& block, node::CallOptions options) {
  options.gas_cap = context.limits.call_gas;
  CAIRN_TRY(auto site, site_at(context, block));
  CAIRN_CHECK(follow_overrides(context, options, site));
  options.keeps_console = keeps_console(context);
  CAIRN_TRY(auto found, as_rpc(node::estimate_gas(site, request, options)));
  return Estimated{std::move(site), std::move(options), std::move(found)};
}

RpcResult<std::uint64_t> gas_of(const Context& context, const node::CallRequest& request,
                                const Estimated& estimated) {
  const node::Estimate& found = estimated.found;
  if (found.status == evm::Status::out_of_gas) {
    return rpc_fail(RpcCode::server, fmt::format("gas required exceeds allowance ({})", found.gas));
  }
  if (found.status != evm::Status::success) {
    return std::unexpected(
        explain(context, estimated.site, request, estimated.options, {found.status, found.output}));
  }
  return found.gas;
}

}  // namespace

RpcResult<std::uint64_t> estimate(const Context& context, const node::CallRequest& request,
                                  const BlockId& block, node::CallOptions options,
                                  std::string_view asked_by) {
  const auto running = context.call_timer->start();
  options.stop = running.stop();
  CAIRN_TRY(const auto done, run_estimate(context, request, block, std::move(options)));
  if (!asked_by.empty() || done.found.status != evm::Status::success) {
    tell(context, asked_by.empty() ? "eth_estimateGas" : asked_by, done.site, request, done.options,
         done.found);
  }
  auto gas = gas_of(context, request, done);
  return gas ? std::move(gas) : std::unexpected(logged(std::move(gas).error()));
}

RpcResult<std::uint64_t> gas_to_send(const Context& context, const node::CallRequest& request,
                                     const U256& max_fee) {
  const BlockId pending{BlockTag::pending};
  if (!context.with_cheats) {
    return estimate(context, request, pending, {});
  }
  const auto running = context.call_timer->start();
  node::CallOptions options;
  options.stop = running.stop();
  CAIRN_TRY(auto done, run_estimate(context, request, pending, options));
  if (done.found.status != evm::Status::success && done.found.status != evm::Status::stopped) {
    node::CallRequest paying = request;
    (paying.gas_price ? paying.gas_price : paying.max_fee_per_gas) = max_fee;
    CAIRN_TRY(done, run_estimate(context, paying, pending, options));
    return done.found.gas;
  }
  return gas_of(context, request, done);
}

}  // namespace cairn::api
