#include "api/fee_defaults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/fee_methods.hpp"
#include "base/hex.hpp"

namespace cairn::api {
namespace {

RpcResult<void> check_caps(const U256& cap, const U256& tip) {
  if (cap < tip) {
    return rpc_fail(RpcCode::server, fmt::format("maxFeePerGas ({}) < maxPriorityFeePerGas ({})",
                                                 base::to_quantity(cap), base::to_quantity(tip)));
  }
  return {};
}

RpcResult<void> check_price(const evm::BlockContext& block, const node::CallRequest& call,
                            FeeRules rules) {
  if (rules == FeeRules::dev) {
    return {};
  }
  if (call.authorizations) {
    return rpc_fail(RpcCode::server, "both gasPrice and authorizationList specified");
  }
  if (call.gas_price->is_zero() && block.fork >= types::Fork::london) {
    return rpc_fail(RpcCode::server, "gasPrice must be non-zero after london fork");
  }
  return {};
}

}  // namespace

RpcResult<node::CallRequest> with_fees(const Context& context, const evm::BlockContext& block,
                                       node::CallRequest call, FeeRules rules) {
  if (call.gas_price) {
    CAIRN_CHECK(check_price(block, call, rules));
    return call;
  }
  if (call.max_fee_per_gas && call.max_priority_fee_per_gas) {
    if (call.max_fee_per_gas->is_zero() && rules == FeeRules::network) {
      return rpc_fail(RpcCode::server, "maxFeePerGas must be non-zero");
    }
    CAIRN_CHECK(check_caps(*call.max_fee_per_gas, *call.max_priority_fee_per_gas));
    return call;
  }
  if (block.fork < types::Fork::london) {
    if (call.max_fee_per_gas || call.max_priority_fee_per_gas) {
      return rpc_fail(
          RpcCode::server,
          "maxFeePerGas and maxPriorityFeePerGas are not valid before London is active");
    }
    call.gas_price = suggested_tip(context);
    return call;
  }
  if (!call.max_priority_fee_per_gas) {
    const U256 tip = suggested_tip(context);
    const bool lowers = rules == FeeRules::dev && call.max_fee_per_gas;
    call.max_priority_fee_per_gas = lowers ? std::min(tip, *call.max_fee_per_gas) : tip;
  }
  if (!call.max_fee_per_gas) {  // the next blocks take it, too
    call.max_fee_per_gas = block.base_fee + block.base_fee + *call.max_priority_fee_per_gas;
  }
  CAIRN_CHECK(check_caps(*call.max_fee_per_gas, *call.max_priority_fee_per_gas));
  return call;
}

}  // namespace cairn::api
