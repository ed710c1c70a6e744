#pragma once
// What a transaction must be to enter the pool, whatever else is in it. Pure.

#include "txpool/txpool.hpp"

namespace cairn::txpool {

// The sender's account as the pool judges it.
struct SenderState {
  std::uint64_t nonce = 0;
  U256 balance;
  bool delegated = false;  // EIP-7702
};
// Refused when the sender is a contract (EIP-3607); an impersonated one may be.
Admitted<SenderState> sender_state(const Ground& ground, const Entry& entry);

// Gas, blob gas and value at the caps; the largest number when it does not fit.
U256 max_cost_of(const types::Transaction& transaction);

Admitted<void> validate_entry(const Entry& entry, const Ground& ground, const Limits& limits);

inline bool has_blobs(const types::Transaction& transaction) {
  return transaction.type == types::TransactionType::blob;
}

struct Fees {
  U256 cap;
  U256 tip;
  U256 blob_cap;
};
// The least with which another takes the nonce of `old`.
Fees least_replacement(const types::Transaction& old, const Limits& limits);
// Whether `fresh` pays enough more than `old` to take its nonce.
bool pays_for_replacement(const types::Transaction& old, const types::Transaction& fresh,
                          const Limits& limits);

inline std::unexpected<Refusal> refuse(PoolRefused code, std::string message) {
  return std::unexpected(Refusal{.code = code, .rule = {}, .message = std::move(message)});
}
inline std::unexpected<Refusal> refuse(execution::Refusal refusal) {
  return std::unexpected(Refusal{
      .code = PoolRefused::invalid, .rule = refusal.code, .message = std::move(refusal.message)});
}

}  // namespace cairn::txpool
