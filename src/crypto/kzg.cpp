#include "crypto/kzg.hpp"

#include <blst.h>

#include <stdexcept>

#include "crypto/bls12_381_fixed.hpp"
#include "crypto/digest.hpp"

namespace cairn::crypto {
namespace {

constexpr std::uint8_t kVersion = 0x01;  // VERSIONED_HASH_VERSION_KZG
constexpr std::size_t kScalarBits = 255;

// [tau] G2 of Ethereum's ceremony, compressed: the only part of the trusted set-up that the
// verification of one proof needs.
constexpr FixedBytes<96> kTauG2 = base::detail::parse_literal<96>(
    "0xb5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d"
    "2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e2"
    "3926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
    194);

// 4096 and the order of the scalar field.
constexpr FixedBytes<64> kPointEvaluationResult = base::detail::parse_literal<64>(
    "0x0000000000000000000000000000000000000000000000000000000000001000"
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001",
    130);

const PreparedG2& generator() {
  static const PreparedG2 prepared(*blst_p2_affine_generator());
  return prepared;
}

const FixedBase& generator_of_g1() {
  static const FixedBase base(*blst_p1_generator());
  return base;
}

const PreparedG2& tau_times_generator() {
  static const PreparedG2 prepared = [] {
    blst_p2_affine point;
    if (blst_p2_uncompress(&point, kTauG2.data()) != BLST_SUCCESS) {
      throw std::logic_error("[tau] G2 is not on the curve");
    }
    return PreparedG2(point);
  }();
  return prepared;
}

std::optional<blst_p1> decode_g1(const FixedBytes<48>& compressed) {
  blst_p1_affine affine;
  if (blst_p1_uncompress(&affine, compressed.data()) != BLST_SUCCESS ||
      (!blst_p1_affine_is_inf(&affine) && !blst_p1_affine_in_g1(&affine))) {
    return std::nullopt;
  }
  blst_p1 point;
  blst_p1_from_affine(&point, &affine);
  return point;
}

std::optional<blst_scalar> decode_scalar(const Hash256& big_endian) {
  blst_scalar scalar;
  blst_scalar_from_bendian(&scalar, big_endian.data());
  return blst_scalar_fr_check(&scalar) ? std::optional(scalar) : std::nullopt;
}

}  // namespace

Hash256 kzg_to_versioned_hash(const KzgCommitment& commitment) {
  Hash256 hash = sha256(commitment);
  hash[0] = kVersion;
  return hash;
}

// e(C - [y] G1, G2) = e(proof, [tau - z] G2), with the part of z moved to the left, so that both
// points of G2 are constants: e(C - [y] G1 + [z] proof, G2) e(-proof, [tau] G2) = 1.
bool verify_kzg_proof(const KzgCommitment& commitment, const Hash256& z, const Hash256& y,
                      const KzgProof& proof) {
  const auto z_scalar = decode_scalar(z);
  const auto y_scalar = decode_scalar(y);
  const auto commitment_point = decode_g1(commitment);
  const auto proof_point = decode_g1(proof);
  if (!z_scalar || !y_scalar || !commitment_point || !proof_point) {
    return false;
  }
  blst_p1 left = generator_of_g1().times(*y_scalar);
  blst_p1_cneg(&left, true);
  blst_p1_add_or_double(&left, &left, &*commitment_point);
  blst_p1 z_times_proof;
  blst_p1_mult(&z_times_proof, &*proof_point, z_scalar->b, kScalarBits);
  blst_p1_add_or_double(&left, &left, &z_times_proof);
  blst_p1 minus_proof = *proof_point;
  blst_p1_cneg(&minus_proof, true);
  return pairings_cancel(left, generator(), minus_proof, tau_times_generator());
}

std::optional<FixedBytes<64>> kzg_point_evaluation(BytesView input) {
  if (input.size() != 192) {
    return std::nullopt;
  }
  const auto versioned_hash = Hash256::from_right(input.first(32));
  const auto z = Hash256::from_right(input.subspan(32, 32));
  const auto y = Hash256::from_right(input.subspan(64, 32));
  const auto commitment = KzgCommitment::from_right(input.subspan(96, 48));
  const auto proof = KzgProof::from_right(input.subspan(144, 48));
  if (kzg_to_versioned_hash(commitment) != versioned_hash ||
      !verify_kzg_proof(commitment, z, y, proof)) {
    return std::nullopt;
  }
  return kPointEvaluationResult;
}

}  // namespace cairn::crypto
