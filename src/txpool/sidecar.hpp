#pragma once
// Whether the blobs beside a transaction are those that it names (EIP-4844, EIP-7594).

#include "txpool/refusal.hpp"
#include "types/fork.hpp"
#include "types/transaction.hpp"

namespace cairn::crypto {
class KzgSetup;
}

namespace cairn::txpool {

// Versions of a sidecar (types::BlobSidecar).
inline constexpr std::uint8_t kBlobProofs = 0;  // one proof a blob
inline constexpr std::uint8_t kCellProofs = 1;  // 128 proofs a blob

// The form of proofs that goes with the blocks of a fork: cells from Osaka on.
std::uint8_t sidecar_version_at(types::Fork fork);

// Without a set-up all but the proofs is checked. Cell proofs are refused before Osaka; the proofs
// of blobs are taken at every fork, because wallets still send them (geth takes them, too).
Admitted<void> validate_sidecar(const types::Transaction& transaction, types::Fork fork,
                                const crypto::KzgSetup* setup);

// A valid sidecar in the form that goes with the fork. New cell proofs take 0.2 seconds a blob.
std::shared_ptr<const types::BlobSidecar> sidecar_for(
    std::shared_ptr<const types::BlobSidecar> sidecar, types::Fork fork,
    const crypto::KzgSetup& setup);

}  // namespace cairn::txpool
