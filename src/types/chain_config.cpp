#include "types/chain_config.hpp"

#include <algorithm>

namespace cairn::types {
namespace {

constexpr std::size_t index_of(Fork fork) { return static_cast<std::size_t>(fork); }

}  // namespace

Fork ChainConfig::fork_at(std::uint64_t number, std::uint64_t timestamp, bool merged) const {
  const auto reached = [&](Fork fork, std::uint64_t position) {
    const auto& begin = activation[index_of(fork)];
    return begin && position >= *begin;
  };
  const bool paris = activation[index_of(Fork::paris)]
                         ? reached(Fork::paris, number)
                         : terminal_total_difficulty.has_value() && merged;
  if (!paris) {
    for (std::size_t i = index_of(Fork::london); i > 0; --i) {
      if (reached(static_cast<Fork>(i), number)) {
        return static_cast<Fork>(i);
      }
    }
    return Fork::frontier;
  }
  for (std::size_t i = index_of(kLatestFork); i > index_of(Fork::paris); --i) {
    if (reached(static_cast<Fork>(i), timestamp)) {
      return static_cast<Fork>(i);
    }
  }
  return Fork::paris;
}

BlobParams ChainConfig::blob_params_at(std::uint64_t timestamp) const {
  const auto later =
      std::ranges::upper_bound(blob_schedule, timestamp, {}, &BlobParamsChange::time);
  return later == blob_schedule.begin() ? BlobParams{} : std::prev(later)->params;
}

ChainConfig config_at(Fork fork, std::uint64_t chain_id) {
  ChainConfig config;
  config.chain_id = chain_id;
  std::fill_n(config.activation.begin() + 1, index_of(fork), 0);
  if (fork >= Fork::paris) {
    config.terminal_total_difficulty = U256{};
    config.merged_from_genesis = true;
  }
  if (fork >= Fork::cancun) {
    config.blob_schedule = {{0, fork >= Fork::prague ? kPragueBlobParams : kCancunBlobParams}};
  }
  return config;
}

}  // namespace cairn::types
