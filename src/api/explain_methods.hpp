#pragma once
// cairn_explainTransaction: where a transaction is, why, and what unblocks it.

#include "api/method.hpp"

namespace cairn::api {

// An object with `hash`, `state`, `sentence`, `unblock` (null: nothing to do), and by state:
//
//   unknown
//   queued    from, nonce, accountNonce, missingNonces (the first 16), missingCount, fundsMissing
//   pending   from, nonce, accountNonce, position (from 1, or null), maxFeePerGas, baseFeePerGas,
//             inNextBlock
//   mined     from, nonce, blockNumber, blockHash, transactionIndex, success, gasUsed, gasLimit,
//             reason and revertData (of one that failed)
//   replaced  replacedBy, reason
//   dropped   reason, code
Answer cairn_explain_transaction(Context& context, const Hash256& hash);

}  // namespace cairn::api
