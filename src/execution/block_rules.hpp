#pragma once
// What ties a header to its block's body and to what execution gave.

#include "execution/block_processor.hpp"

namespace cairn::execution {

inline constexpr std::size_t kMaxBlockSize = 8'388'608;  // EIP-7934: bytes of RLP, from Osaka on

// The block's size of `encoded_size` bytes, the header's commitments to ommers and withdrawals.
Judged<void> validate_body(const types::Block& block, std::size_t encoded_size, types::Fork fork);

Hash256 transactions_root(std::span<const types::Transaction> transactions);
Hash256 receipts_root(std::span<const types::Receipt> receipts);
Hash256 ommers_hash(std::span<const types::Header> ommers);
Hash256 withdrawals_root(std::span<const types::Withdrawal> withdrawals);

// The header with what stands in it only after execution: gas, bloom, roots of transactions and
// receipts, blob gas, requests. The state root is not known here.
types::Header with_outcome(types::Header header, std::span<const types::Transaction> transactions,
                           const BlockOutcome& outcome);

// The header against the transactions and what they gave: gas, bloom, receipts, requests, state
// root. The transactions' root is compared only here, so that an invalid transaction is what such a
// block is refused for.
Judged<void> validate_outcome(const types::Block& block, const BlockOutcome& outcome,
                              const Hash256& state_root, types::Fork fork);

}  // namespace cairn::execution
