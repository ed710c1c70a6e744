#pragma once
// What a block asks of hash functions and curves, and what that costs alone: every call of a
// precompiled contract and every KECCAK256 of a block is recorded, then only they run, in a loop.

#include <string>
#include <string_view>
#include <vector>

#include "chain/chain_view.hpp"
#include "types/block.hpp"
#include "types/fork.hpp"

namespace cairn::bench {

// All calls that one block makes of one primitive.
class PrimitiveCalls {
 public:
  // Of a primitive alone; a precompile's address is zero for KECCAK256.
  struct Call {
    Address precompile;
    Bytes input;
    std::uint64_t count = 0;
  };

  PrimitiveCalls() = default;
  PrimitiveCalls(std::string_view name, types::Fork fork, std::vector<Call> calls)
      : name_(name), fork_(fork), calls_(std::move(calls)) {}

  // As the precompile is called; "keccak" for KECCAK256; empty where there are no calls.
  std::string_view name() const { return name_; }
  // Milliseconds of processor time that all of them take, and nothing else.
  double run() const;
  // About that, from a few calls of each input.
  double estimate() const;

 private:
  std::string_view name_;
  types::Fork fork_{};
  std::vector<Call> calls_;
};

// The calls of the primitive that costs the block most. `parent` ends with the block's parent; the
// block must be valid.
PrimitiveCalls dearest_primitive(const chain::ChainView& parent, const types::Block& block);

double keccak_permutation_ns();
double bn254_pairing_ms();  // one pair, its points checked
double point_evaluation_ms();
double ecrecover_us();
double blake2_round_ns();

}  // namespace cairn::bench
