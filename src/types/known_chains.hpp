#pragma once
// Ethereum's own chains: their rules by chain id, for a chain that is forked from one.

#include <optional>

#include "types/chain_config.hpp"

namespace cairn::types {

// Mainnet (1), Sepolia (11155111), Holesky (17000) and Hoodi (560048).
std::optional<ChainConfig> known_chain(std::uint64_t chain_id);

}  // namespace cairn::types
