#include "types/chain_config_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/hex.hpp"

namespace cairn::types {
namespace {

struct ForkKey {
  Fork fork;
  std::string_view name;
};

// In the order in which they begin.
constexpr std::array<ForkKey, 15> kForkKeys = {{
    {Fork::homestead, "homesteadBlock"},
    {Fork::tangerine_whistle, "eip150Block"},
    {Fork::spurious_dragon, "eip155Block"},
    {Fork::spurious_dragon, "eip158Block"},
    {Fork::byzantium, "byzantiumBlock"},
    {Fork::constantinople, "constantinopleBlock"},
    {Fork::petersburg, "petersburgBlock"},
    {Fork::istanbul, "istanbulBlock"},
    {Fork::berlin, "berlinBlock"},
    {Fork::london, "londonBlock"},
    {Fork::paris, "mergeNetsplitBlock"},
    {Fork::shanghai, "shanghaiTime"},
    {Fork::cancun, "cancunTime"},
    {Fork::prague, "pragueTime"},
    {Fork::osaka, "osakaTime"},
}};

struct BlobFork {
  std::string_view name;
  std::string_view time_key;
  BlobParams defaults;  // all zero: mainnet has none
};

constexpr std::array<BlobFork, 8> kBlobForks = {{
    {"cancun", "cancunTime", kCancunBlobParams},
    {"prague", "pragueTime", kPragueBlobParams},
    {"osaka", "osakaTime", kPragueBlobParams},
    {"bpo1", "bpo1Time", kBpo1BlobParams},
    {"bpo2", "bpo2Time", kBpo2BlobParams},
    {"bpo3", "bpo3Time", {}},
    {"bpo4", "bpo4Time", {}},
    {"bpo5", "bpo5Time", {}},
}};
constexpr std::size_t kNamedBlobForks = 3;  // those that are forks by themselves

// Known, and without meaning here.
constexpr std::array<std::string_view, 3> kIgnoredKeys = {"ethash", "eip150Hash",
                                                          "terminalTotalDifficultyPassed"};
// Known, and a chain that has them cannot be followed.
constexpr std::array<std::string_view, 4> kUnsupportedKeys = {
    "clique", "amsterdamTime", "verkleTime", "enableVerkleAtGenesis"};

constexpr bool is_timed(Fork fork) { return fork >= Fork::shanghai; }

std::optional<std::uint64_t>& begin_of(ChainConfig& config, Fork fork) {
  return config.activation[static_cast<std::size_t>(fork)];
}

Result<> read_forks(JsonObject& object, ChainConfig& config) {
  for (const ForkKey& key : kForkKeys) {
    CAIRN_TRY(const auto begin, object.u64(key.name));
    auto& known = begin_of(config, key.fork);
    if (begin && known && *begin != *known) {
      return object.refuse(key.name, "differs from eip155Block; both are one fork here");
    }
    known = begin ? begin : known;
  }
  auto& petersburg = begin_of(config, Fork::petersburg);
  CAIRN_TRY(const auto constantinople_fix, object.u64("constantinopleFixBlock"));  // Besu's name
  petersburg = petersburg ? petersburg : constantinople_fix;
  petersburg = petersburg ? petersburg : begin_of(config, Fork::constantinople);

  CAIRN_TRY(const auto dao_fork_block, object.u64("daoForkBlock"));
  CAIRN_TRY(const auto dao_fork_support, object.boolean("daoForkSupport"));
  config.dao_fork_block = dao_fork_support.value_or(false) ? dao_fork_block : std::nullopt;
  CAIRN_TRY(config.muir_glacier_block, object.u64("muirGlacierBlock"));
  CAIRN_TRY(config.arrow_glacier_block, object.u64("arrowGlacierBlock"));
  CAIRN_TRY(config.gray_glacier_block, object.u64("grayGlacierBlock"));
  return {};
}

Result<> read_merge(JsonObject& object, ChainConfig& config, std::vector<std::string>& warnings) {
  CAIRN_TRY(config.terminal_total_difficulty, object.number("terminalTotalDifficulty"));
  config.merged_from_genesis = config.terminal_total_difficulty == U256{};
  if (begin_of(config, Fork::shanghai) && !config.terminal_total_difficulty &&
      !begin_of(config, Fork::paris)) {
    warnings.emplace_back(
        "config.terminalTotalDifficulty is missing: the merge comes with shanghaiTime.");
  }
  return {};
}

// Forks begin in their order; one that is left out begins with the next one.
Result<> check_order(const JsonObject& object, const ChainConfig& config) {
  const ForkKey* last = nullptr;
  for (const ForkKey& key : kForkKeys) {
    const auto& begin = config.activation[static_cast<std::size_t>(key.fork)];
    if (!begin) {
      continue;
    }
    const bool same_unit = last != nullptr && is_timed(last->fork) == is_timed(key.fork);
    if (same_unit && *begin < *config.activation[static_cast<std::size_t>(last->fork)]) {
      return object.refuse(key.name, fmt::format("begins before {}", last->name));
    }
    last = &key;
  }
  return {};
}

Result<> read_blob_params(JsonObject& schedule, std::string_view name, BlobParams& params,
                          std::vector<std::string>& warnings) {
  const Json* value = schedule.find(name);
  if (value == nullptr) {
    return {};
  }
  CAIRN_TRY(JsonObject object, JsonObject::open(*value, schedule.path_of(name)));
  CAIRN_TRY(const auto target, object.u64("target"));
  CAIRN_TRY(const auto max, object.u64("max"));
  CAIRN_TRY(const auto fraction, object.u64("baseFeeUpdateFraction"));
  if (!target || !max || !fraction) {
    return schedule.refuse(name, "needs target, max and baseFeeUpdateFraction");
  }
  if (*fraction == 0) {
    return object.refuse("baseFeeUpdateFraction", "is zero");
  }
  if (*target > *max) {
    return object.refuse("target", "is above max");
  }
  params = {*target, *max, *fraction};
  object.warn_of_unknown_keys(warnings);
  return {};
}

// One change a fork that has a time; of several at one time the last fork's holds.
Result<> read_blob_schedule(JsonObject& config_object, ChainConfig& config,
                            std::vector<std::string>& warnings) {
  static const Json kNone{Json::Kind::object, {}, {}};
  const Json* found = config_object.find("blobSchedule");
  CAIRN_TRY(JsonObject schedule, JsonObject::open(found != nullptr ? *found : kNone,
                                                  config_object.path_of("blobSchedule")));
  for (const BlobFork& fork : kBlobForks) {
    CAIRN_TRY(const auto time, config_object.u64(fork.time_key));
    BlobParams params = fork.defaults;
    CAIRN_CHECK(read_blob_params(schedule, fork.name, params, warnings));
    if (!time) {
      continue;
    }
    if (params == BlobParams{}) {
      return schedule.refuse(fork.name, fmt::format("is missing though {} is set", fork.time_key));
    }
    auto& changes = config.blob_schedule;
    if (!changes.empty() && *time < changes.back().time) {
      return config_object.refuse(fork.time_key, "begins before the fork in front of it");
    }
    if (!changes.empty() && *time == changes.back().time) {
      changes.pop_back();
    }
    changes.push_back({*time, params});
  }
  schedule.warn_of_unknown_keys(warnings);
  return {};
}

Result<std::optional<CairnRules>> read_cairn_rules(JsonObject& config_object,
                                                   std::vector<std::string>& warnings) {
  const Json* value = config_object.find("cairn");
  if (value == nullptr) {
    return std::nullopt;
  }
  CAIRN_TRY(JsonObject object, JsonObject::open(*value, config_object.path_of("cairn")));
  CairnRules rules;
  if (const Json* engine = object.find("engine")) {
    const bool simplex = engine->text == "simplex";
    if (engine->kind != Json::Kind::string || (!simplex && engine->text != "dev")) {
      return object.refuse("engine", R"(is neither "dev" nor "simplex")");
    }
    rules.engine = simplex ? Engine::simplex : Engine::dev;
  }
  CAIRN_TRY(const auto same_second, object.boolean("sameSecond"));
  CAIRN_TRY(const auto denominator, object.u64("baseFeeChangeDenominator"));
  CAIRN_TRY(const auto min_base_fee, object.number("minBaseFee"));
  CAIRN_TRY(const auto gasless, object.boolean("gasless"));
  if (denominator == 0u) {
    return object.refuse("baseFeeChangeDenominator", "is zero");
  }
  rules.same_second = same_second.value_or(rules.same_second);
  rules.base_fee_change_denominator = denominator.value_or(rules.base_fee_change_denominator);
  rules.min_base_fee = min_base_fee.value_or(rules.min_base_fee);
  rules.gasless = gasless.value_or(rules.gasless);
  object.warn_of_unknown_keys(warnings);
  return rules;
}

}  // namespace

Result<ChainConfig> read_chain_config(const Json& value, std::vector<std::string>& warnings) {
  CAIRN_TRY(JsonObject object, JsonObject::open(value, "config"));
  ChainConfig config;
  CAIRN_TRY(const auto chain_id, object.u64("chainId"));
  if (!chain_id) {
    return object.refuse("chainId", "is missing");
  }
  config.chain_id = *chain_id;
  CAIRN_CHECK(read_forks(object, config));
  CAIRN_CHECK(check_order(object, config));
  CAIRN_CHECK(read_merge(object, config, warnings));
  CAIRN_CHECK(read_blob_schedule(object, config, warnings));
  CAIRN_TRY(const auto deposit_contract, object.fixed<20>("depositContractAddress"));
  config.deposit_contract = deposit_contract.value_or(config.deposit_contract);
  CAIRN_TRY(config.cairn, read_cairn_rules(object, warnings));
  for (const std::string_view key : kIgnoredKeys) {
    object.find(key);
  }
  for (const std::string_view key : kUnsupportedKeys) {
    if (object.find(key) != nullptr) {
      return object.refuse(key, "is not supported");
    }
  }
  object.warn_of_unknown_keys(warnings);
  return config;
}

namespace {

using Members = std::vector<std::string>;

std::string object_of(const Members& members) {
  return fmt::format("{{{}}}", fmt::join(members, ","));
}

void add(Members& members, std::string_view key, std::string_view token) {
  members.push_back(fmt::format(R"("{}":{})", key, token));
}

void add_number(Members& members, std::string_view key, const std::optional<std::uint64_t>& value) {
  if (value) {
    add(members, key, std::to_string(*value));
  }
}

std::string blob_params_json(const BlobParams& params) {
  return fmt::format(R"({{"target":{},"max":{},"baseFeeUpdateFraction":{}}})", params.target,
                     params.max, params.base_fee_update_fraction);
}

// Every named fork that has a time bears what holds from then on, since geth asks for each, also
// where a later one begins at the same time; any other change is a BPO.
void add_blob_schedule(Members& members, const ChainConfig& config) {
  Members schedule;
  std::set<std::uint64_t> named;
  for (std::size_t i = 0; i < kNamedBlobForks; ++i) {
    const auto time = config.activation[static_cast<std::size_t>(Fork::cancun) + i];
    if (time && config.blob_params_at(*time) != BlobParams{}) {
      add(schedule, kBlobForks[i].name, blob_params_json(config.blob_params_at(*time)));
      named.insert(*time);
    }
  }
  std::size_t next_bpo = kNamedBlobForks;
  for (const BlobParamsChange& change : config.blob_schedule) {
    if (!named.contains(change.time) && next_bpo < kBlobForks.size()) {
      const BlobFork& fork = kBlobForks[next_bpo++];
      add_number(members, fork.time_key, change.time);
      add(schedule, fork.name, blob_params_json(change.params));
    }
  }
  if (!schedule.empty()) {
    add(members, "blobSchedule", object_of(schedule));
  }
}

std::string cairn_rules_json(const CairnRules& rules) {
  return fmt::format(
      R"({{"engine":"{}","sameSecond":{},"baseFeeChangeDenominator":{},"minBaseFee":"{}",)"
      R"("gasless":{}}})",
      rules.engine == Engine::simplex ? "simplex" : "dev", rules.same_second,
      rules.base_fee_change_denominator, base::to_quantity(rules.min_base_fee), rules.gasless);
}

}  // namespace

std::string chain_config_to_json(const ChainConfig& config) {
  Members members;
  add_number(members, "chainId", config.chain_id);
  for (const ForkKey& key : kForkKeys) {
    add_number(members, key.name, config.activation[static_cast<std::size_t>(key.fork)]);
  }
  if (config.dao_fork_block) {
    add_number(members, "daoForkBlock", config.dao_fork_block);
    add(members, "daoForkSupport", "true");
  }
  add_number(members, "muirGlacierBlock", config.muir_glacier_block);
  add_number(members, "arrowGlacierBlock", config.arrow_glacier_block);
  add_number(members, "grayGlacierBlock", config.gray_glacier_block);
  if (config.terminal_total_difficulty) {
    add(members, "terminalTotalDifficulty", base::to_decimal(*config.terminal_total_difficulty));
  }
  add(members, "depositContractAddress",
      fmt::format(R"("{}")", base::to_hex(config.deposit_contract)));
  add_blob_schedule(members, config);
  if (config.cairn) {
    add(members, "cairn", cairn_rules_json(*config.cairn));
  }
  return object_of(members);
}

}  // namespace cairn::types
