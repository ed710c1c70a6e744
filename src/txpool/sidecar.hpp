#pragma once
// Whether the blobs beside a transaction are those that it names (EIP-4844, EIP-7594). Pure.

#include "txpool/refusal.hpp"
#include "types/transaction.hpp"

namespace cairn::txpool {

// Either proof format is taken at every fork: wallets still send the old one after Osaka.
Admitted<void> validate_sidecar(const types::Transaction& transaction);

}  // namespace cairn::txpool
