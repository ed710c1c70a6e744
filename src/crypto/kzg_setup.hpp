#pragma once
// KZG proofs that need the whole trusted set-up: blobs (EIP-4844) and their cells (EIP-7594).

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "crypto/kzg.hpp"

namespace cairn::crypto {

inline constexpr std::size_t kBlobSize = 131'072;     // 4,096 field elements of 32 bytes
inline constexpr std::size_t kCellSize = 2'048;       // 64 field elements
inline constexpr std::size_t kCellsPerExtBlob = 128;  // of a blob and its extension

struct Evaluation {
  Hash256 value;
  KzgProof proof;
};

struct CellsAndProofs {
  std::vector<Bytes> cells;
  std::vector<KzgProof> proofs;
};

// The set-up of Ethereum's ceremony, embedded in the program. Making the object is free; the first
// use, or load(), takes about two seconds and leaves about 3 MB in memory. Any thread.
//
// A blob, cell, commitment or proof that has the wrong size or does not decode is an
// invalid_argument; false is said of well-formed proofs that do not hold.
class KzgSetup {
 public:
  KzgSetup();
  ~KzgSetup();
  KzgSetup(const KzgSetup&) = delete;
  KzgSetup& operator=(const KzgSetup&) = delete;

  void load() const;

  Result<KzgCommitment> commit(BytesView blob) const;
  Result<KzgProof> prove_blob(BytesView blob, const KzgCommitment& commitment) const;

  // The blob's polynomial at z, with the proof that verify_kzg_proof accepts.
  Result<Evaluation> prove_at(BytesView blob, const Hash256& z) const;

  // One commitment and one proof a blob.
  Result<bool> verify_blobs(std::span<const Bytes> blobs,
                            std::span<const KzgCommitment> commitments,
                            std::span<const KzgProof> proofs) const;

  Result<CellsAndProofs> prove_cells(BytesView blob) const;

  // Cell i is number `indices[i]` of the blob behind `commitments[i]`.
  Result<bool> verify_cells(std::span<const KzgCommitment> commitments,
                            std::span<const std::uint64_t> indices, std::span<const Bytes> cells,
                            std::span<const KzgProof> proofs) const;

  // A sidecar of version 1 (EIP-7594): 128 cell proofs a blob. The cells are computed.
  Result<bool> verify_blobs_by_cells(std::span<const Bytes> blobs,
                                     std::span<const KzgCommitment> commitments,
                                     std::span<const KzgProof> proofs) const;

 private:
  struct Loaded;
  const Loaded& loaded() const;

  mutable std::once_flag once_;
  mutable std::unique_ptr<const Loaded> loaded_;
};

}  // namespace cairn::crypto
