#pragma once
// eth_config: the fork rules of now, of the next fork and of the last one (EIP-7910).

#include <cstdint>
#include <vector>

#include "api/method.hpp"
#include "types/chain_config.hpp"
#include "types/header.hpp"

namespace cairn::api {

// EIP-6122: CRC-32 over the genesis hash and every fork passed up to `number` and `timestamp`.
std::uint32_t fork_id(const types::ChainConfig& config, const Hash256& genesis,
                      std::uint64_t genesis_time, std::uint64_t number, std::uint64_t timestamp);

Answer eth_config(Context& context);

}  // namespace cairn::api
