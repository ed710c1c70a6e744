#include "execution/header_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "execution/fees.hpp"
#include "types/fork_fields.hpp"

namespace cairn::execution {
namespace {

using types::Fork;
using types::Header;

constexpr std::uint64_t kMaxGasLimit = 0x7fff'ffff'ffff'ffff;
constexpr std::size_t kMaxOmmers = 2;
constexpr std::uint64_t kMaxOmmerAge = 6;
constexpr std::string_view kDaoExtraData = "dao-hard-fork";  // EIP-779
constexpr std::uint64_t kDaoExtraRange = 10;                 // blocks from the fork on

Judged<void> check_presence(bool there, bool wanted, std::string_view field) {
  if (wanted && !there) {
    return refuse(Refused::missing_field, fmt::format("header is missing {}", field));
  }
  if (there && !wanted) {
    return refuse(Refused::unexpected_field, fmt::format("invalid {}: not known yet", field));
  }
  return {};
}

Judged<void> check_fields(const Header& header, Fork fork) {
  return types::until_error<Judged<void>>([&](const auto& field) {
    return check_presence((header.*field.member).has_value(), fork >= field.since, field.name);
  });
}

Judged<void> check_gas(const Header& header, const Header& parent, Fork fork, Fork parent_fork) {
  if (header.gas_limit > kMaxGasLimit) {
    return refuse(Refused::invalid_gas_limit,
                  fmt::format("invalid gasLimit: have {}, max {}", header.gas_limit, kMaxGasLimit));
  }
  if (header.gas_used > header.gas_limit) {
    return refuse(
        Refused::gas_used_above_limit,
        fmt::format("invalid gasUsed: have {}, gasLimit {}", header.gas_used, header.gas_limit));
  }
  // EIP-1559: the limit doubles with the first London block, so that its target is the old limit.
  const bool first_london = fork >= Fork::london && parent_fork < Fork::london;
  const std::uint64_t before =
      first_london ? parent.gas_limit * kElasticityMultiplier : parent.gas_limit;
  const std::uint64_t difference =
      header.gas_limit > before ? header.gas_limit - before : before - header.gas_limit;
  if (difference >= before / kGasLimitBoundDivisor || header.gas_limit < kMinGasLimit) {
    return refuse(Refused::invalid_gas_limit,
                  fmt::format("invalid gas limit: have {}, want {} +-{}", header.gas_limit, before,
                              before / kGasLimitBoundDivisor));
  }
  if (fork >= Fork::london &&
      header.base_fee_per_gas != next_base_fee(parent, parent_fork >= Fork::london)) {
    return refuse(
        Refused::invalid_base_fee,
        fmt::format("invalid baseFee: have {}, want {}", to_decimal(*header.base_fee_per_gas),
                    to_decimal(next_base_fee(parent, parent_fork >= Fork::london))));
  }
  return {};
}

Judged<void> check_blob_gas(const Header& header, const Header& parent,
                            const types::ChainConfig& config, Fork fork) {
  if (fork < Fork::cancun) {
    return {};
  }
  const types::BlobParams params = config.blob_params_at(header.timestamp);
  const std::uint64_t expected = next_excess_blob_gas(parent, params, fork);
  if (*header.excess_blob_gas != expected) {
    return refuse(
        Refused::invalid_excess_blob_gas,
        fmt::format("invalid excessBlobGas: have {}, want {}", *header.excess_blob_gas, expected));
  }
  return {};
}

Judged<void> check_seal(const Header& header, const Header& parent,
                        const types::ChainConfig& config, Fork fork) {
  if (fork < Fork::paris) {
    const U256 expected =
        next_difficulty(parent, header.timestamp, fork, config.bomb_delay_at(header.number));
    if (header.difficulty != expected) {
      return refuse(Refused::invalid_difficulty,
                    fmt::format("invalid difficulty: have {}, want {}",
                                to_decimal(header.difficulty), to_decimal(expected)));
    }
    return {};
  }
  // EIP-3675
  if (!header.difficulty.is_zero()) {
    return refuse(Refused::invalid_difficulty, "invalid difficulty: must be 0 after the merge");
  }
  if (!header.nonce.is_zero()) {
    return refuse(Refused::invalid_nonce, "invalid nonce: must be 0 after the merge");
  }
  if (header.ommers_hash != types::kEmptyOmmersHash) {
    return refuse(Refused::invalid_ommers, "invalid ommers: there are none after the merge");
  }
  return {};
}

Judged<void> check_extra_data(const Header& header, const types::ChainConfig& config) {
  if (header.extra_data.size() > kMaxExtraData) {
    return refuse(
        Refused::invalid_extra_data,
        fmt::format("extra-data too long: {} > {}", header.extra_data.size(), kMaxExtraData));
  }
  if (config.dao_fork_block && header.number >= *config.dao_fork_block &&
      header.number - *config.dao_fork_block < kDaoExtraRange &&
      !base::equal(header.extra_data, base::bytes_of(kDaoExtraData))) {
    return refuse(Refused::invalid_dao_extra_data, "bad DAO pro-fork extra-data");
  }
  return {};
}

// How many 2048ths of the parent's difficulty the time since the parent adds or takes.
std::int64_t difficulty_steps(const Header& parent, std::uint64_t seconds, Fork fork) {
  if (fork < Fork::homestead) {
    return seconds < 13 ? 1 : -1;
  }
  const bool ommers = parent.ommers_hash != types::kEmptyOmmersHash;
  const std::int64_t most = fork >= Fork::byzantium && ommers ? 2 : 1;
  const std::uint64_t periods = seconds / (fork >= Fork::byzantium ? 9 : 10);
  return std::max(most - static_cast<std::int64_t>(std::min<std::uint64_t>(periods, 1'000)),
                  std::int64_t{-99});
}

}  // namespace

Judged<void> validate_header(const Header& header, const Header& parent,
                             const types::ChainConfig& config, Fork fork, Fork parent_fork) {
  if (header.parent_hash != header_hash(parent)) {
    return refuse(Refused::unknown_parent, "unknown ancestor");
  }
  if (header.number != parent.number + 1) {
    return refuse(Refused::invalid_number, fmt::format("invalid block number: have {}, want {}",
                                                       header.number, parent.number + 1));
  }
  const bool may_share_second = config.rules().same_second;
  if (header.timestamp < parent.timestamp ||
      (header.timestamp == parent.timestamp && !may_share_second)) {
    return refuse(Refused::invalid_timestamp,
                  fmt::format("timestamp {} is not after the parent's {}", header.timestamp,
                              parent.timestamp));
  }
  CAIRN_CHECK(check_extra_data(header, config));
  CAIRN_CHECK(check_fields(header, fork));
  CAIRN_CHECK(check_gas(header, parent, fork, parent_fork));
  CAIRN_CHECK(check_blob_gas(header, parent, config, fork));
  return check_seal(header, parent, config, fork);
}

U256 next_difficulty(const Header& parent, std::uint64_t timestamp, Fork fork,
                     std::uint64_t bomb_delay) {
  constexpr std::uint64_t kMinDifficulty = 131'072;
  constexpr std::uint64_t kBombPeriod = 100'000;  // blocks

  const std::int64_t steps = difficulty_steps(parent, timestamp - parent.timestamp, fork);
  const U256 step = parent.difficulty / U256{2'048};
  const U256 change = step * U256{static_cast<std::uint64_t>(steps < 0 ? -steps : steps)};
  U256 difficulty = steps < 0 ? parent.difficulty - std::min(change, parent.difficulty)
                              : parent.difficulty + change;
  difficulty = std::max(difficulty, U256{kMinDifficulty});

  const std::uint64_t number = parent.number + 1;
  const std::uint64_t periods = (number > bomb_delay ? number - bomb_delay : 0) / kBombPeriod;
  if (periods >= 2) {
    difficulty += U256{1} << (periods - 2);
  }
  return difficulty;
}

namespace {

Judged<void> validate_ommer(const Header& ommer, const Header& header,
                            std::span<const Ancestor> ancestors, const types::ChainConfig& config) {
  const Hash256 hash = header_hash(ommer);
  for (const Ancestor& ancestor : ancestors) {
    if (ancestor.hash == hash ||
        std::ranges::find(ancestor.ommers, hash) != ancestor.ommers.end()) {
      return refuse(Refused::ommer_in_chain, "ommer is an ancestor or was included before");
    }
  }
  if (ommer.parent_hash == header.parent_hash) {
    return refuse(Refused::ommer_is_brother, "ommer is a child of the block's parent");
  }
  if (ommer.number >= header.number || header.number - ommer.number > kMaxOmmerAge) {
    return refuse(Refused::ommer_parent_unknown, "ommer is too old or too new");
  }
  const auto parent =
      std::ranges::find(ancestors, ommer.parent_hash, [](const Ancestor& a) { return a.hash; });
  if (parent == ancestors.end()) {
    return refuse(Refused::ommer_parent_unknown, "ommer's parent is not an ancestor");
  }
  const auto fork_of = [&config](const Header& block) {
    return config.fork_at(block.number, block.timestamp, false);
  };
  return validate_header(ommer, parent->header, config, fork_of(ommer), fork_of(parent->header));
}

}  // namespace

Judged<void> validate_ommers(const Header& header, std::span<const Header> ommers,
                             std::span<const Ancestor> ancestors,
                             const types::ChainConfig& config) {
  if (ommers.size() > kMaxOmmers) {
    return refuse(Refused::too_many_ommers, "more than two ommers");
  }
  if (ommers.size() == kMaxOmmers && header_hash(ommers[0]) == header_hash(ommers[1])) {
    return refuse(Refused::ommer_in_chain, "the same ommer twice");
  }
  for (const Header& ommer : ommers) {
    CAIRN_CHECK(validate_ommer(ommer, header, ancestors, config));
  }
  return {};
}

}  // namespace cairn::execution
