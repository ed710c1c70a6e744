#pragma once
// A dev chain that begins on another node's block: made, or opened again.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "chain/chain.hpp"
#include "node/upstream_source.hpp"

namespace cairn::node {

struct ForkRequest {
  UpstreamOptions upstream{};
  std::optional<std::int64_t> block{};  // negative: so many before the newest; none: the newest
  std::optional<std::uint64_t> source_chain_id{};  // known without asking
  bool keep = true;                                // what the source says, beyond this run
  // What the fork has of its own
  std::optional<std::uint64_t> chain_id{};
  std::optional<types::Fork> hardfork{};     // none: the source's
  std::optional<U256> base_fee{};            // of the first own block, wei
  std::optional<std::uint64_t> timestamp{};  // of the first own block, seconds
  std::vector<Address> accounts{};           // they get `balance`
  U256 balance{};
  Hash256 instance_id{};
};

struct StartedFork {
  std::shared_ptr<const UpstreamSource> source;
  std::string warning{};  // a sentence for the log; empty: all is well
};

// Makes the chain in an empty store. Its clock stands at the block's time and goes on from there.
Result<StartedFork> begin_fork(const std::shared_ptr<store::Store>& store,
                               const ForkRequest& request, const base::Clock& clock);

// The same into a batch that makes any store that chain's. `store` is where the source will keep
// what it says.
struct PreparedFork {
  store::Batch content;
  std::shared_ptr<const UpstreamSource> source;
};
Result<PreparedFork> prepare_fork(const ForkRequest& request, const base::Clock& clock,
                                  const std::shared_ptr<store::Store>& store);

// Conflict when the request names another URL or block than the chain in the store was forked
// from, or the source has another block there now. A source that does not answer is no error.
Result<StartedFork> continue_fork(const std::shared_ptr<store::Store>& store,
                                  const ForkRequest& request);

}  // namespace cairn::node
