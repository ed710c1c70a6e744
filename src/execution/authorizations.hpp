#pragma once
// EIP-7702: accounts that let other code run in their place.

#include <span>

#include "state/overlay.hpp"
#include "types/transaction.hpp"

namespace cairn::execution {

// Sets or clears the delegation of each authority whose tuple is valid and skips the others; warms
// the authorities. Returns the gas that accounts which are there already give back.
std::uint64_t apply_authorizations(state::Overlay& overlay,
                                   std::span<const types::Authorization> authorizations,
                                   std::uint64_t chain_id);

// Whether code is a delegation: such an account may still send transactions (EIP-3607 with 7702).
bool is_delegation(BytesView code);

}  // namespace cairn::execution
