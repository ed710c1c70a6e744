#include "spec/network.hpp"

#include <algorithm>
#include <iterator>

#include "base/hex.hpp"

namespace cairn::spec {
namespace {

using types::Fork;

struct BlobFork {
  std::string_view name;
  types::BlobParams params;
};
// Mainnet's blob-parameter-only forks; the files give the parameters of further ones.
constexpr BlobFork kBlobForks[] = {
    {"BPO1", {10, 15, 8'346'193}},
    {"BPO2", {14, 21, 11'684'671}},
    {"BPO3", {21, 32, 20'609'697}},
    {"BPO4", {14, 21, 13'739'630}},
};

}  // namespace

std::optional<Network> network_from_name(std::string_view name) {
  for (const BlobFork& fork : kBlobForks) {
    if (fork.name == name) {
      return Network{.fork = Fork::osaka, .blob_params = fork.params};
    }
  }
  const auto fork = types::fork_from_name(name);
  if (!fork) {
    return std::nullopt;
  }
  return Network{
      .fork = *fork,
      .blob_params = *fork >= Fork::prague ? types::kPragueBlobParams : types::kCancunBlobParams};
}

Result<BlobSchedule> read_blob_schedule(const Json& config) {
  BlobSchedule schedule;
  if (!config.has("blobSchedule")) {
    return schedule;
  }
  CAIRN_TRY(const Json networks, config.at("blobSchedule"));
  CAIRN_TRY(const auto members, networks.object());
  for (const auto [name, value] : members) {
    const Json params(value, name);
    types::BlobParams& added = schedule[std::string(name)];
    CAIRN_TRY(added.target, params.u64_or("target", 0));
    CAIRN_TRY(added.max, params.u64_or("max", 0));
    CAIRN_TRY(added.base_fee_update_fraction, params.u64_or("baseFeeUpdateFraction", 0));
  }
  return schedule;
}

namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

// Rules that are a fork's but for this.
struct Variant {
  std::string_view name;
  Fork fork;
  std::optional<std::uint64_t> types::ChainConfig::* change;
};
constexpr Variant kVariants[] = {
    {"Dao", Fork::homestead, &types::ChainConfig::dao_fork_block},
    {"MuirGlacier", Fork::istanbul, &types::ChainConfig::muir_glacier_block},
    {"ArrowGlacier", Fork::london, &types::ChainConfig::arrow_glacier_block},
    {"GrayGlacier", Fork::london, &types::ChainConfig::gray_glacier_block},
};

// Where rules begin: a block up to Paris, a time after it; or a total difficulty.
struct Begin {
  std::uint64_t position = 0;
  std::optional<U256> total_difficulty{};
};

// "5", "Time15k", "DiffC0000".
std::optional<Begin> begin_from_text(std::string_view text) {
  constexpr std::string_view kTime = "Time";
  constexpr std::string_view kDifficulty = "Diff";
  if (text.starts_with(kDifficulty)) {
    const auto difficulty = base::from_hex_number(text.substr(kDifficulty.size()));
    return difficulty ? std::optional(Begin{.total_difficulty = difficulty}) : std::nullopt;
  }
  if (text.starts_with(kTime)) {
    text.remove_prefix(kTime.size());
  }
  const bool thousands = text.ends_with('k');
  if (thousands) {
    text.remove_suffix(1);
  }
  const auto number = base::from_decimal(text);
  return number ? std::optional(Begin{.position = number->saturated64() * (thousands ? 1'000 : 1)})
                : std::nullopt;
}

class ConfigBuilder {
 public:
  ConfigBuilder(const BlobSchedule& schedule, std::uint64_t chain_id) : schedule_(schedule) {
    config_.chain_id = chain_id;
  }

  // False: nobody knows that name.
  bool begin(std::string_view name, const Begin& begin) {
    const auto variant = std::ranges::find(kVariants, name, &Variant::name);
    const auto network = variant != std::end(kVariants) ? std::optional(Network{variant->fork, {}})
                                                        : network_from_name(name);
    if (!network) {
      return false;
    }
    for (auto i = static_cast<std::size_t>(last_) + 1; i <= static_cast<std::size_t>(network->fork);
         ++i) {
      begin_fork(static_cast<Fork>(i), begin);
    }
    last_ = network->fork;
    if (variant != std::end(kVariants)) {
      config_.*variant->change = begin.position;
    }
    if (network->fork >= Fork::cancun) {
      const auto given = schedule_.find(name);
      config_.blob_schedule.push_back(
          {begin.position, given != schedule_.end() ? given->second : network->blob_params});
    }
    return true;
  }

  types::ChainConfig take() {
    if (last_ == Fork::constantinople) {  // which a genesis file would have Petersburg follow
      config_.activation[static_cast<std::size_t>(Fork::petersburg)] = kNever;
    }
    return std::move(config_);
  }

 private:
  void begin_fork(Fork fork, const Begin& begin) {
    if (fork == Fork::berlin) {
      config_.muir_glacier_block = begin.position;
    }
    if (fork == Fork::paris) {
      config_.terminal_total_difficulty = begin.total_difficulty.value_or(U256{});
      config_.merged_from_genesis = config_.terminal_total_difficulty == U256{};
    }
    config_.activation[static_cast<std::size_t>(fork)] = begin.position;
  }

  const BlobSchedule& schedule_;
  types::ChainConfig config_;
  Fork last_ = Fork::frontier;
};

}  // namespace

std::optional<types::ChainConfig> chain_config_from_name(std::string_view name,
                                                         const BlobSchedule& schedule,
                                                         std::uint64_t chain_id) {
  constexpr std::string_view kTo = "To";
  constexpr std::string_view kAt = "At";
  ConfigBuilder builder(schedule, chain_id);
  const auto to = name.find(kTo);
  if (to == std::string_view::npos) {
    return builder.begin(name, {}) ? std::optional(builder.take()) : std::nullopt;
  }
  const auto at = name.rfind(kAt);
  if (at == std::string_view::npos || at < to) {
    return std::nullopt;
  }
  const auto begin = begin_from_text(name.substr(at + kAt.size()));
  const auto later = name.substr(to + kTo.size(), at - to - kTo.size());
  if (!begin || !builder.begin(name.substr(0, to), {}) || !builder.begin(later, *begin)) {
    return std::nullopt;
  }
  return builder.take();
}

}  // namespace cairn::spec
