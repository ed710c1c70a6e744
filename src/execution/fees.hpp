#pragma once
// What gas and blob gas cost in the next block (EIP-1559, EIP-4844, EIP-7691, EIP-7918). Pure.

#include "types/chain_config.hpp"
#include "types/header.hpp"

namespace cairn::execution {

inline constexpr std::uint64_t kInitialBaseFee = 1'000'000'000;  // EIP-1559, wei
inline constexpr std::uint64_t kElasticityMultiplier = 2;        // gas limit over gas target
inline constexpr std::uint64_t kGasPerBlob = 131'072;            // EIP-4844

// The base fee of the block after `parent`. A parent before London has none: the first London block
// starts at kInitialBaseFee.
U256 next_base_fee(const types::Header& parent, bool parent_is_london);

// The excess blob gas of the block after `parent`; `params` and `fork` are those of the new block.
// A parent before Cancun counts as one without blobs.
std::uint64_t next_excess_blob_gas(const types::Header& parent, const types::BlobParams& params,
                                   types::Fork fork);

// Wei a unit of blob gas. A price that does not fit is the largest number: nobody can pay it.
U256 blob_base_fee(std::uint64_t excess_blob_gas, const types::BlobParams& params);

}  // namespace cairn::execution
