#pragma once
// The operations of EIP-2537 over BLS12-381, by blst. Pure; any thread.
//
// A field element is 64 bytes, big-endian, the first 16 zero; an Fp2 element is its real part, then
// its imaginary one; a point is x, y, all zeros for infinity; a scalar is 32 bytes of any value.
// Nothing (the precompile fails) on a wrong length, a coordinate not below the prime, a point that
// is not on its curve or, in the multiplications and the pairing, not in its group.

#include <optional>

#include "base/bytes.hpp"

namespace cairn::crypto {

using Bls12G1 = FixedBytes<128>;
using Bls12G2 = FixedBytes<256>;

std::optional<Bls12G1> bls12_g1_add(BytesView input);         // two points; no group check
std::optional<Bls12G2> bls12_g2_add(BytesView input);         // two points; no group check
std::optional<Bls12G1> bls12_g1_msm(BytesView input);         // (point, scalar) x k, k >= 1
std::optional<Bls12G2> bls12_g2_msm(BytesView input);         // (point, scalar) x k, k >= 1
std::optional<bool> bls12_pairing_check(BytesView input);     // (G1, G2) x k, k >= 1
std::optional<Bls12G1> bls12_map_fp_to_g1(BytesView input);   // one element of Fp
std::optional<Bls12G2> bls12_map_fp2_to_g2(BytesView input);  // one element of Fp2

}  // namespace cairn::crypto
