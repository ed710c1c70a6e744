#pragma once
// What a header must be, judged by its parent alone (Yellow Paper 4.4.4; EIP-1559, 3675, 4844,
// 4895, 4788, 7685, 7691, 7918). Proof of work is not verified. Pure; any thread.

#include <span>
#include <vector>

#include "execution/refusal.hpp"
#include "types/chain_config.hpp"
#include "types/header.hpp"

namespace cairn::execution {

inline constexpr std::uint64_t kMinGasLimit = 5'000;
inline constexpr std::uint64_t kGasLimitBoundDivisor = 1'024;
inline constexpr std::size_t kMaxExtraData = 32;  // bytes

// `fork` and `parent_fork` are the rules of each block.
Judged<void> validate_header(const types::Header& header, const types::Header& parent,
                             const types::ChainConfig& config, types::Fork fork,
                             types::Fork parent_fork);

// The difficulty of a block before the merge (EIP-2, EIP-100), with a bomb that is `bomb_delay`
// blocks late (ChainConfig::bomb_delay_at).
U256 next_difficulty(const types::Header& parent, std::uint64_t timestamp, types::Fork fork,
                     std::uint64_t bomb_delay);

// A block before this one, as ommers are judged by: up to seven generations.
struct Ancestor {
  types::Header header;
  Hash256 hash;
  std::vector<Hash256> ommers;  // hashes
};

// `ancestors`: the parent first, then its parent, and so on. At most two ommers, each a valid
// header, a child of an ancestor (not of the parent) within six generations, and not seen before.
Judged<void> validate_ommers(const types::Header& header, std::span<const types::Header> ommers,
                             std::span<const Ancestor> ancestors, const types::ChainConfig& config);

}  // namespace cairn::execution
