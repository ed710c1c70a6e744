#pragma once
// Requests of the execution layer (EIP-7685): deposits that logs announce (EIP-6110), and what the
// system contracts of EIP-7002 and EIP-7251 return.

#include <span>
#include <vector>

#include "execution/refusal.hpp"
#include "types/receipt.hpp"

namespace cairn::execution {

inline constexpr std::uint8_t kDepositRequest = 0;
inline constexpr std::uint8_t kWithdrawalRequest = 1;
inline constexpr std::uint8_t kConsolidationRequest = 2;

// The deposits in the receipts' logs, 192 bytes each, in order. Refused when a deposit event of the
// contract is not laid out as EIP-6110 demands.
Judged<Bytes> deposits_of(std::span<const types::Receipt> receipts,
                          const Address& deposit_contract);

// The header's requests hash: sha256 over the sha256 of each request.
Hash256 requests_hash(std::span<const Bytes> requests);

}  // namespace cairn::execution
