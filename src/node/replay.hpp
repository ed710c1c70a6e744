#pragma once
// Runs a mined transaction again, on the state that it found. Pure; any thread.

#include "chain/chain_view.hpp"
#include "execution/transaction_processor.hpp"

namespace cairn::node {

// `environment` is that of the transaction's block. The transactions before it in the block are run
// first. Conflict when the outcome cannot be had again (a rule has been switched since).
Result<execution::TransactionOutcome> replay_transaction(
    const chain::ChainView& chain, const chain::TransactionPlace& place,
    const execution::BlockEnvironment& environment, evm::Tracer* tracer = nullptr);

}  // namespace cairn::node
