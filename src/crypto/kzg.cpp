#include "crypto/kzg.hpp"

#include <blst.h>

#include <array>
#include <stdexcept>

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

// A G2 point that pairings meet again and again, with the lines of its Miller loop worked out.
class PreparedG2 {
 public:
  explicit PreparedG2(const blst_p2_affine& point) { blst_precompute_lines(lines_.data(), &point); }

  // The pairing with `point` before the final exponentiation; one for infinity.
  blst_fp12 miller_loop(const blst_p1& point) const {
    if (blst_p1_is_inf(&point)) {
      return *blst_fp12_one();
    }
    blst_p1_affine affine;
    blst_p1_to_affine(&affine, &point);
    blst_fp12 result;
    blst_miller_loop_lines(&result, lines_.data(), &affine);
    return result;
  }

 private:
  std::array<blst_fp6, 68> lines_;
};

const PreparedG2& generator() {
  static const PreparedG2 prepared(*blst_p2_affine_generator());
  return prepared;
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

blst_p1 multiply(const blst_p1& point, const blst_scalar& scalar) {
  blst_p1 result;
  blst_p1_mult(&result, &point, scalar.b, kScalarBits);
  return result;
}

}  // namespace

Hash256 kzg_to_versioned_hash(const KzgCommitment& commitment) {
  Hash256 hash = sha256(commitment);
  hash[0] = kVersion;
  return hash;
}

// e(C - [y] G1, G2) = e(proof, [tau - z] G2), with the part of z moved to the left, so that both
// points of G2 are constants: e(C - [y] G1 + [z] proof, G2) = e(proof, [tau] G2).
bool verify_kzg_proof(const KzgCommitment& commitment, const Hash256& z, const Hash256& y,
                      const KzgProof& proof) {
  const auto z_scalar = decode_scalar(z);
  const auto y_scalar = decode_scalar(y);
  const auto commitment_point = decode_g1(commitment);
  const auto proof_point = decode_g1(proof);
  if (!z_scalar || !y_scalar || !commitment_point || !proof_point) {
    return false;
  }
  blst_p1 left = multiply(*blst_p1_generator(), *y_scalar);
  blst_p1_cneg(&left, true);
  blst_p1_add_or_double(&left, &left, &*commitment_point);
  const blst_p1 z_times_proof = multiply(*proof_point, *z_scalar);
  blst_p1_add_or_double(&left, &left, &z_times_proof);

  const blst_fp12 left_side = generator().miller_loop(left);
  const blst_fp12 right_side = tau_times_generator().miller_loop(*proof_point);
  return blst_fp12_finalverify(&left_side, &right_side);
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
