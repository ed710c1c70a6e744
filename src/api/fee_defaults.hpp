#pragma once
// Fees that a transaction object leaves out, by the rules of geth's setFeeDefaults: the same for a
// transaction that is made of it and for a call that asks what one would do.

#include "api/context.hpp"
#include "api/errors.hpp"
#include "evm/message.hpp"
#include "node/call.hpp"

namespace cairn::api {

// What a dev chain's users may do that a network's node refuses, as Hardhat lets them: a price of
// zero, and a fee cap below the usual tip, which lowers the tip.
enum class FeeRules : std::uint8_t { network, dev };

// With all fees that its type has at this block: a gas price, or both caps.
RpcResult<node::CallRequest> with_fees(const Context& context, const evm::BlockContext& block,
                                       node::CallRequest call, FeeRules rules);

}  // namespace cairn::api
