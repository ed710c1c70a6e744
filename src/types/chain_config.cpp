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
  // As Besu has it, without either the first fork by time brings the merge.
  const bool paris = terminal_total_difficulty
                         ? merged
                         : reached(Fork::paris, number) || reached(Fork::shanghai, timestamp);
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

Fork ChainConfig::fork_of(const Header& header) const {
  return fork_at(header.number, header.timestamp,
                 merged_from_genesis || header.difficulty.is_zero());
}

std::uint64_t ChainConfig::bomb_delay_at(std::uint64_t number) const {
  const auto reached = [number](const std::optional<std::uint64_t>& begin) {
    return begin && number >= *begin;
  };
  if (reached(gray_glacier_block)) {
    return 11'400'000;
  }
  if (reached(arrow_glacier_block)) {
    return 10'700'000;
  }
  if (reached(activation[index_of(Fork::london)])) {
    return 9'700'000;
  }
  if (reached(muir_glacier_block)) {
    return 9'000'000;
  }
  if (reached(activation[index_of(Fork::constantinople)])) {
    return 5'000'000;
  }
  return reached(activation[index_of(Fork::byzantium)]) ? 3'000'000 : 0;
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
  if (fork >= Fork::berlin) {
    config.muir_glacier_block = 0;
  }
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
