#pragma once
// Methods that send transactions, or sign them with the accounts that this node holds.

#include "api/call_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

RpcResult<node::Submission> eth_send_raw_transaction(Context& context, const Bytes& transaction);
RpcResult<node::Submission> eth_send_transaction(Context& context,
                                                 const TransactionObject& transaction);
// From any account, as if it were impersonated.
RpcResult<node::Submission> eth_send_unsigned_transaction(Context& context,
                                                          const TransactionObject& transaction);

// What eth_sendTransaction would sign.
Answer eth_fill_transaction(Context& context, const TransactionObject& transaction);
Answer eth_sign_transaction(Context& context, const TransactionObject& transaction);

// What a send answers once the node has taken the transaction: its hash.
// The hash; with Context::throw_on_failures an error as Hardhat's node answers it for a transaction
// that is in a block and failed there.
Answer sent(const Context& context, const txpool::Admitted<node::Submitted>& reply);

}  // namespace cairn::api
