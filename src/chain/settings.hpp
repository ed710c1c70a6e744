#pragma once
// What a dev chain lets its user turn: part of the chain's log, so that it survives a restart and
// returns with a revert. Validator chains have none of it.

#include <cstdint>
#include <optional>
#include <set>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::chain {

// How blocks come without being asked for.
struct MiningMode {
  bool automine = true;        // a block as soon as a transaction can be executed
  std::uint64_t interval = 0;  // milliseconds between blocks; 0: none
  std::uint64_t spread = 0;    // milliseconds that chance adds to each at the most

  bool operator==(const MiningMode&) const = default;
};

// What flags of this start cover: a start without them takes it up again. None: no flag did, or a
// call has turned the setting since.
struct Covered {
  std::optional<MiningMode> mining;
  std::optional<bool> impersonate_all;
  std::optional<std::uint64_t> gas_limit;

  bool operator==(const Covered&) const = default;
};

struct Settings {
  std::int64_t clock_offset = 0;      // seconds added to the clock
  bool automine = true;               // a block as soon as a transaction can be executed
  std::uint64_t mining_interval = 0;  // milliseconds between blocks; 0: none
  std::uint64_t mining_spread = 0;    // milliseconds that chance adds to each at the most
  Address coinbase;
  std::uint64_t gas_limit = 60'000'000;             // of the next blocks
  std::optional<std::uint64_t> timestamp_interval;  // seconds from block to block, instead of time
  Hash256 instance_id;                              // new with each chain and reset
  U256 minimum_gas_price;                           // wei, of what the pool takes before London

  // For the next block alone.
  std::optional<std::uint64_t> next_timestamp;  // seconds
  std::optional<U256> next_base_fee;            // wei
  std::optional<Hash256> next_prev_randao;

  // What a revert leaves as it is: see standing_over().
  std::optional<std::uint64_t> chain_id;  // instead of genesis's
  std::set<Address> impersonated;         // accounts that this node sends for without a key
  bool impersonate_all = false;
  bool logging = true;  // of requests and transactions, in the node's log
  Covered covered;

  MiningMode mining() const { return {automine, mining_interval, mining_spread}; }
  void set_mining(const MiningMode& mode);
  void uncover();

  bool operator==(const Settings&) const = default;
};

// `past` with what belongs to no moment of the chain as `now` has it: chain id, impersonation,
// logging, how blocks are made. Tests impersonate once and revert often.
Settings standing_over(Settings past, const Settings& now);

// rlp([clock offset (two's complement in 64 bits), automine, interval, coinbase, gas limit,
// [timestamp interval], instance id, [next timestamp], [next base fee], [next prevRandao],
// minimum gas price, [chain id], [impersonated address, ...], impersonate all, logging, [covered
// automine, covered interval, covered spread], [covered impersonate all], [covered gas limit],
// spread]); an option is an empty list or a list of one. A list that ends after prevRandao, logging
// or the covered gas limit, and covered mining without a spread, are of an older program: the rest
// has its defaults.
Bytes encode_settings(const Settings& settings);
Result<Settings> decode_settings(BytesView rlp);

}  // namespace cairn::chain
