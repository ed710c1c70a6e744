#pragma once
// The optimal ate pairing on BN254 (Vercauteren: "Optimal pairings"). Pure; any thread.

#include <span>

#include "crypto/bn254_curve.hpp"
#include "crypto/bn254_tower.hpp"

namespace cairn::crypto::bn254 {

// Points of the groups, each on its curve and of its order.
struct Pair {
  G1 p;
  G2 q;
};

// The product of the pairings, with one final exponentiation for all. A pair with infinity is one.
Fp12 pairing_product(std::span<const Pair> pairs);

}  // namespace cairn::crypto::bn254
