#pragma once
// Whether the blobs beside a transaction are those that it names (EIP-4844, EIP-7594).

#include "txpool/refusal.hpp"
#include "types/transaction.hpp"

namespace cairn::crypto {
class KzgSetup;
}

namespace cairn::txpool {

// Without a set-up all but the proofs is checked. Either proof format is
// taken at every fork: wallets still send the old one after Osaka.
Admitted<void> validate_sidecar(const types::Transaction& transaction,
                                const crypto::KzgSetup* setup);

}  // namespace cairn::txpool
