#pragma once
// What a block asks of hash functions and curves, and what that costs alone: every call of a
// precompiled contract and every KECCAK256 of a block is recorded, then only they run, in a loop.

#include <string>
#include <string_view>
#include <vector>

#include "chain/chain_view.hpp"
#include "types/block.hpp"
#include "types/genesis.hpp"

namespace cairn::bench {

// Of one primitive in one block.
struct PrimitiveCost {
  std::string_view name;  // as the precompile is called; "keccak" for KECCAK256
  double alone_ms = 0;    // all its calls, nothing else
};

// The primitive that costs the block most; no name where it asks for none. `parent` ends with the
// block's parent, and all code in it is the genesis's. The block must be valid.
PrimitiveCost dearest_primitive(const types::Genesis& genesis, const chain::ChainView& parent,
                                const types::Block& block);

double keccak_permutation_ns();
double bn254_pairing_ms();  // one pair, its points checked
double point_evaluation_ms();
double ecrecover_us();
double blake2_round_ns();

}  // namespace cairn::bench
