#include "txpool/sidecar.hpp"

#include <fmt/format.h>

#include "crypto/kzg_setup.hpp"
#include "txpool/admission.hpp"

namespace cairn::txpool {
namespace {

Admitted<void> check_counts(const types::Transaction& transaction, const types::BlobSidecar& it) {
  const std::size_t blobs = transaction.blob_hashes.size();
  const std::size_t proofs = it.version == kBlobProofs ? blobs : blobs * crypto::kCellsPerExtBlob;
  if (it.blobs.size() != blobs || it.commitments.size() != blobs || it.proofs.size() != proofs) {
    return refuse(
        PoolRefused::invalid_sidecar,
        fmt::format("invalid sidecar: {} blob hashes, {} blobs, {} commitments, {} "
                    "proofs (want {})",
                    blobs, it.blobs.size(), it.commitments.size(), it.proofs.size(), proofs));
  }
  for (const Bytes& blob : it.blobs) {
    if (blob.size() != crypto::kBlobSize) {
      return refuse(PoolRefused::invalid_sidecar,
                    fmt::format("invalid sidecar: a blob of {} bytes", blob.size()));
    }
  }
  return {};
}

Admitted<void> check_proofs(const types::BlobSidecar& it, const crypto::KzgSetup& setup) {
  const auto proven = it.version == kBlobProofs
                          ? setup.verify_blobs(it.blobs, it.commitments, it.proofs)
                          : setup.verify_blobs_by_cells(it.blobs, it.commitments, it.proofs);
  if (!proven || !*proven) {
    return refuse(PoolRefused::invalid_sidecar, proven
                                                    ? "invalid sidecar: a proof does not hold"
                                                    : "invalid sidecar: " + proven.error().message);
  }
  return {};
}

}  // namespace

std::uint8_t sidecar_version_at(types::Fork fork) {
  return fork >= types::Fork::osaka ? kCellProofs : kBlobProofs;
}

Admitted<void> validate_sidecar(const types::Transaction& transaction, types::Fork fork,
                                const crypto::KzgSetup* setup) {
  if (transaction.type != types::TransactionType::blob) {
    return {};
  }
  if (!transaction.sidecar) {
    return refuse(PoolRefused::invalid_sidecar, "missing sidecar in blob transaction");
  }
  const types::BlobSidecar& sidecar = *transaction.sidecar;
  if (sidecar.version > sidecar_version_at(fork)) {
    return refuse(PoolRefused::invalid_sidecar,
                  fmt::format("invalid sidecar: unexpected sidecar version, want: {}, got: {}",
                              sidecar_version_at(fork), sidecar.version));
  }
  CAIRN_CHECK(check_counts(transaction, sidecar));
  for (std::size_t i = 0; i < sidecar.commitments.size(); ++i) {
    if (crypto::kzg_to_versioned_hash(sidecar.commitments[i]) != transaction.blob_hashes[i]) {
      return refuse(PoolRefused::invalid_sidecar,
                    fmt::format("blob {}: the commitment does not match the versioned hash", i));
    }
  }
  return setup != nullptr ? check_proofs(sidecar, *setup) : Admitted<void>{};
}

std::shared_ptr<const types::BlobSidecar> sidecar_for(
    std::shared_ptr<const types::BlobSidecar> sidecar, types::Fork fork,
    const crypto::KzgSetup& setup) {
  if (!sidecar || sidecar->version == sidecar_version_at(fork)) {
    return sidecar;
  }
  auto out = std::make_shared<types::BlobSidecar>(*sidecar);
  out->version = kCellProofs;
  out->proofs.clear();
  for (const Bytes& blob : out->blobs) {
    const auto proven = setup.prove_cells(blob).value();  // its blob proof has held
    out->proofs.insert(out->proofs.end(), proven.proofs.begin(), proven.proofs.end());
  }
  return out;
}

}  // namespace cairn::txpool
