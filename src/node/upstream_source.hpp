#pragma once
// What a fork's source has said, kept in a store, and what it has not said yet, asked of it.
//
// Column `upstream` (numbers are 8 bytes, big-endian; an entry is never changed):
//
//   h, number                  -> hash (32) || header (RLP)
//   a, number, address         -> account (state_keys.hpp), empty: there is none
//   s, number, address, slot   -> value without leading zeros
//   c, code hash               -> code
//   r, keccak256(method || params)  -> the result, as JSON text
//   w                          -> number of the block that is held whole, under its questions in r
//   n                          -> there where the other node takes no block hashes (EIP-1898)

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chain/fork_source.hpp"
#include "node/upstream.hpp"
#include "node/whole_block.hpp"
#include "store/store.hpp"

namespace cairn::node {

using Slot = std::pair<Address, U256>;

class UpstreamSource final : public chain::ForkSource {
 public:
  // `cache` keeps what is said. Asks nothing yet.
  static Result<std::shared_ptr<UpstreamSource>> make(const UpstreamOptions& options,
                                                      std::shared_ptr<store::Store> cache);

  // The state is that of the block, whichever number it has: another node that changes its chain
  // has none of it. Where it takes no block hashes the number alone counts.
  std::shared_ptr<const state::StateView> state_at(std::uint64_t number) const override;
  chain::SealedHeader header_at(std::uint64_t number) const override;
  std::vector<chain::FoundLog> logs(const chain::LogFilter& filter, std::uint64_t first,
                                    std::uint64_t last) const override;

  // As the other node has it, for what only passes through. Null is not kept, and a result that
  // does not belong to the chain up to the fork counts as null.
  using Belongs = std::function<bool(std::string_view json)>;
  UpstreamAnswer pass(const std::string& method, const std::string& params,
                      const Belongs& belongs = {}) const;
  // The newest block's number, asked anew; and a block that may not be there (nothing), whatever
  // was kept of it.
  Result<std::uint64_t> newest_block() const;
  Result<std::uint64_t> chain_id() const;
  Result<std::optional<chain::SealedHeader>> ask_header(std::uint64_t number) const;
  // The fork's block. From now on nothing is taken from the other node unless it has this block as
  // it answers: one that reorganised below has other blocks before it, too.
  void stand_on(const chain::SealedHeader& block) const;
  // Keeps a header that was asked for, and finds out how its block can be named.
  Result<void> begin_at(const chain::SealedHeader& block) const;
  // Keeps all that the other node says about a block, so that questions about it need nobody any
  // more. Does without where it says too little, or something else.
  void hold(const chain::SealedHeader& block) const;
  // The block of `hold`, if it is this one.
  std::shared_ptr<const WholeBlock> held(std::uint64_t number) const;

  // What is missing of these, in one question.
  Result<void> fetch(std::uint64_t number, std::span<const Address> accounts,
                     std::span<const Slot> slots) const;
  // The slot is about to be overwritten: where it cannot be had it counts as zero from now on.
  void fetch_or_zero(std::uint64_t number, const Slot& slot, std::span<const Slot> with_it) const;

  std::string url() const;
  // Asks another address from now on, if that has this block.
  Result<void> move(const UpstreamOptions& options, const chain::SealedHeader& block) const;
  std::uint64_t retry_backoff_ms() const;
  // Whoever waits gets an error at once.
  void stop() const;

 private:
  class State;
  struct Impl;
  explicit UpstreamSource(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with the states
};

// Null on a chain of its own.
std::shared_ptr<const UpstreamSource> upstream_of(const chain::ChainView& chain);

// What the block after the head will ask the source for whatever is in it, a run of blocks ahead:
// the slot of EIP-2935 where it writes its parent's hash.
void reach_ahead(const chain::ChainView& head);

}  // namespace cairn::node
