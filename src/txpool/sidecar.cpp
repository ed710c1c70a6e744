#include "txpool/sidecar.hpp"

#include <fmt/format.h>

#include "crypto/kzg.hpp"
#include "txpool/admission.hpp"

namespace cairn::txpool {
namespace {

constexpr std::size_t kBlobSize = 131'072;
constexpr std::size_t kCellsPerBlob = 128;  // EIP-7594

Admitted<void> check_counts(const types::Transaction& transaction, const types::BlobSidecar& it) {
  const std::size_t blobs = transaction.blob_hashes.size();
  const std::size_t proofs = it.version == 0 ? blobs : blobs * kCellsPerBlob;
  if (it.blobs.size() != blobs || it.commitments.size() != blobs || it.proofs.size() != proofs) {
    return refuse(
        PoolRefused::invalid_sidecar,
        fmt::format("invalid sidecar: {} blob hashes, {} blobs, {} commitments, {} "
                    "proofs (want {})",
                    blobs, it.blobs.size(), it.commitments.size(), it.proofs.size(), proofs));
  }
  for (const Bytes& blob : it.blobs) {
    if (blob.size() != kBlobSize) {
      return refuse(PoolRefused::invalid_sidecar,
                    fmt::format("invalid sidecar: a blob of {} bytes", blob.size()));
    }
  }
  return {};
}

}  // namespace

Admitted<void> validate_sidecar(const types::Transaction& transaction) {
  if (transaction.type != types::TransactionType::blob) {
    return {};
  }
  if (!transaction.sidecar) {
    return refuse(PoolRefused::invalid_sidecar, "missing sidecar in blob transaction");
  }
  const types::BlobSidecar& sidecar = *transaction.sidecar;
  CAIRN_CHECK(check_counts(transaction, sidecar));
  for (std::size_t i = 0; i < sidecar.commitments.size(); ++i) {
    if (crypto::kzg_to_versioned_hash(sidecar.commitments[i]) != transaction.blob_hashes[i]) {
      return refuse(PoolRefused::invalid_sidecar,
                    fmt::format("blob {}: the commitment does not match the versioned hash", i));
    }
  }
  return {};
}

}  // namespace cairn::txpool
