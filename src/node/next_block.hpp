#pragma once
// What a dev chain's next block begins with, before any transaction. Pure.

#include "chain/chain_view.hpp"
#include "node/dev_options.hpp"

namespace cairn::node {

// max(now + offset, parent), or what the settings say; growing where timestamps are strict. Invalid
// argument where that leaves 64 bits: no block can be made.
Result<std::uint64_t> next_timestamp(const chain::ChainView& head, const DevOptions& options,
                                     std::uint64_t unix_seconds);
// For what is no block yet: the last second that there is, where no block can be made.
std::uint64_t next_timestamp_or_last(const chain::ChainView& head, const DevOptions& options,
                                     std::uint64_t unix_seconds);

std::unexpected<Error> beyond_time();  // as next_timestamp()

// The limit of a block on one with this limit (London's first block: on its elasticity times as
// much), as near to the target as one step may bring it.
std::uint64_t gas_limit_towards(std::uint64_t target, std::uint64_t parent);

// Roots, gas used and bloom are still open. prevRandao is keccak256(parent hash, number as 32
// bytes): the same history gives the same blocks.
types::Header next_header(const chain::ChainView& head, const DevOptions& options,
                          std::uint64_t timestamp);

// With what the command line lifts: EIP-7825's cap, the code size limit.
execution::BlockEnvironment lifted(execution::BlockEnvironment environment,
                                   const DevOptions& options);
execution::BlockEnvironment environment_for(const chain::ChainView& head,
                                            const types::Header& header, const DevOptions& options);

// The settings after this block: what was for the next block alone is used up, and time goes on
// from a timestamp that was set, or `ordered` for it.
chain::Settings settings_after(const chain::Settings& settings,
                               const std::optional<std::uint64_t>& ordered, std::uint64_t timestamp,
                               std::uint64_t unix_seconds);

}  // namespace cairn::node
