#pragma once
// Methods that run code and change nothing.

#include "api/block_id.hpp"
#include "api/call_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer eth_call(Context& context, const TransactionObject& transaction,
                const std::optional<BlockId>& block,
                const std::optional<node::StateOverrides>& state_overrides,
                const std::optional<node::BlockOverrides>& block_overrides);
Answer eth_estimate_gas(Context& context, const TransactionObject& transaction,
                        const std::optional<BlockId>& block,
                        const std::optional<node::StateOverrides>& state_overrides,
                        const std::optional<node::BlockOverrides>& block_overrides);

// A call that fails has a list too; `error` says how it failed.
Answer eth_create_access_list(Context& context, const TransactionObject& transaction,
                              const std::optional<BlockId>& block,
                              const std::optional<node::StateOverrides>& state_overrides);

// Refuses what only simulated blocks have.
RpcResult<void> check_block_overrides(const node::BlockOverrides& overrides);
// The rules of the block that the overrides make of the site's.
void override_fork(const Context& context, const node::BlockOverrides& overrides,
                   node::CallSite& site);

// A gas limit with which this succeeds at `block` (node::estimate_gas); an error where none does.
// The node's log tells of an estimate that fails, and of what contracts said in one that the method
// `asked_by` was for: with none a transaction follows, which says it again.
RpcResult<std::uint64_t> estimate(const Context& context, const node::CallRequest& request,
                                  const BlockId& block, node::CallOptions options,
                                  std::string_view asked_by = {});
// For a transaction that is sent: on a dev chain one that fails with every limit is mined as well,
// with the highest that its sender can pay at `max_fee`.
RpcResult<std::uint64_t> gas_to_send(const Context& context, const node::CallRequest& request,
                                     const U256& max_fee);

}  // namespace cairn::api
