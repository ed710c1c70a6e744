#pragma once
// How a dev chain is run, as its command line says.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "node/fork.hpp"
#include "txpool/txpool.hpp"

namespace cairn::node {

struct DevOptions {
  bool strict_timestamps = false;       // timestamps grow from block to block
  bool gas_cap_per_transaction = true;  // EIP-7825
  bool limit_block_gas = true;
  // The gas limit moves towards this from block to block, as far as the rules allow; none: it is
  // the settings'.
  std::optional<std::uint64_t> gas_target{};
  bool keeps_console = false;                      // HeadChanged::console
  std::optional<std::uint64_t> code_size_limit{};  // bytes, instead of EIP-170's
  txpool::Order order = txpool::Order::fees;
  txpool::Limits pool = txpool::Limits::dev();
  Hash256 instance_id{};  // of a new chain: random, from outside; intervals are drawn from it
  // Where given they hold until the next start or until a call turns them, over what the chain's
  // log says (chain::Covered).
  std::optional<bool> automine{};
  std::optional<std::uint64_t> mining_interval{};  // milliseconds
  std::optional<bool> impersonate_all{};
  std::optional<std::uint64_t> gas_limit{};         // of a new chain's genesis, too
  std::optional<U256> first_base_fee{};             // of a new chain's block 1, wei
  bool clock_from_genesis = false;                  // a new chain's goes on from its timestamp
  std::optional<std::uint64_t> max_transactions{};  // of a block
  std::optional<std::uint64_t> memory_limit{};      // bytes of an EVM frame's memory
  // The blobs of older blocks are given up (EIP-4844: networks keep them for so long).
  std::uint64_t blob_retention_epochs = 4'096;
  // Of a fork: what its source is asked through; null for a chain of its own.
  std::shared_ptr<const UpstreamSource> fork_source{};
  ForkRequest refork{};  // what a fork that is begun later gets, its URL and block apart
  // Called once, by the writer, when the disk or stored data failed: from then on nothing
  // can be written, and what is acknowledged is safe where it is.
  std::function<void(const Error&)> on_fault{};
};

// Of a chain whose blocks are made elsewhere: none are made here, and what the next one would be is
// as geth, by its defaults, would make it.
DevOptions network_options();

}  // namespace cairn::node
