#pragma once
// KZG commitments to blobs: the point evaluation of EIP-4844. Pure; any thread.
// Blob and cell proofs, which need the whole trusted set-up, are in kzg_setup.hpp.

#include <optional>

#include "base/bytes.hpp"

namespace cairn::crypto {

using KzgCommitment = FixedBytes<48>;  // a G1 point of BLS12-381, compressed
using KzgProof = FixedBytes<48>;       // likewise

// sha256 of the commitment, the first byte replaced by the version 0x01.
Hash256 kzg_to_versioned_hash(const KzgCommitment& commitment);

// Whether the polynomial behind `commitment` is y at z. False also when z or y is not below the
// order of the scalar field or a point does not decode into its group. Infinity is a valid point.
bool verify_kzg_proof(const KzgCommitment& commitment, const Hash256& z, const Hash256& y,
                      const KzgProof& proof);

// The precompile 0x0a. 192 bytes: versioned hash, z, y, commitment, proof. On success the number
// of a blob's field elements and the field's order, 32 bytes each; otherwise nothing.
std::optional<FixedBytes<64>> kzg_point_evaluation(BytesView input);

}  // namespace cairn::crypto
