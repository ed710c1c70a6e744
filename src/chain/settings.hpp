#pragma once
// What a dev chain lets its user turn: part of the chain's log, so that it survives a restart and
// returns with a revert. Validator chains have none of it.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::chain {

struct Settings {
  std::int64_t clock_offset = 0;      // seconds added to the clock
  bool automine = true;               // a block as soon as a transaction can be executed
  std::uint64_t mining_interval = 0;  // milliseconds between blocks; 0: none
  Address coinbase;
  std::uint64_t gas_limit = 60'000'000;             // of the next blocks
  std::optional<std::uint64_t> timestamp_interval;  // seconds from block to block, instead of time
  Hash256 instance_id;                              // new with each chain and reset

  // For the next block alone.
  std::optional<std::uint64_t> next_timestamp;  // seconds
  std::optional<U256> next_base_fee;            // wei
  std::optional<Hash256> next_prev_randao;

  bool operator==(const Settings&) const = default;
};

// rlp([clock offset (two's complement in 64 bits), automine, interval, coinbase, gas limit,
// [timestamp interval], instance id, [next timestamp], [next base fee], [next prevRandao]]); an
// option is an empty list or a list of one.
Bytes encode_settings(const Settings& settings);
Result<Settings> decode_settings(BytesView rlp);

}  // namespace cairn::chain
