#include "types/chain_config_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
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

// Reads one object, and gathers the warnings on the way.
class ConfigReader {
 public:
  explicit ConfigReader(JsonObject object) : object_(std::move(object)) {}

  Result<ParsedChainConfig> read();

 private:
  Result<> read_forks();
  Result<> check_order() const;
  Result<> read_merge();
  Result<> read_blob_schedule();
  Result<BlobParams> blob_params(JsonObject& schedule, const BlobFork& fork);
  Result<std::optional<CairnRules>> cairn_rules();

  std::optional<std::uint64_t>& begin_of(Fork fork) {
    return config_.activation[static_cast<std::size_t>(fork)];
  }
  void warn_of_unknown_keys(const JsonObject& object) {
    std::ranges::move(object.warnings_of_unknown_keys(), std::back_inserter(warnings_));
  }

  JsonObject object_;
  ChainConfig config_;
  std::vector<std::string> warnings_;
};

Result<> ConfigReader::read_forks() {
  for (const ForkKey& key : kForkKeys) {
    CAIRN_TRY(const auto begin, object_.u64(key.name));
    auto& known = begin_of(key.fork);
    if (begin && known && *begin != *known) {
      return object_.refuse(key.name, "differs from eip155Block; both are one fork here");
    }
    known = begin ? begin : known;
  }
  auto& petersburg = begin_of(Fork::petersburg);
  CAIRN_TRY(const auto constantinople_fix, object_.u64("constantinopleFixBlock"));  // Besu's name
  petersburg = petersburg ? petersburg : constantinople_fix;
  petersburg = petersburg ? petersburg : begin_of(Fork::constantinople);

  CAIRN_TRY(const auto dao_fork_block, object_.u64("daoForkBlock"));
  CAIRN_TRY(const auto dao_fork_support, object_.boolean("daoForkSupport"));
  config_.dao_fork_block = dao_fork_support.value_or(false) ? dao_fork_block : std::nullopt;
  CAIRN_TRY(config_.muir_glacier_block, object_.u64("muirGlacierBlock"));
  CAIRN_TRY(config_.arrow_glacier_block, object_.u64("arrowGlacierBlock"));
  CAIRN_TRY(config_.gray_glacier_block, object_.u64("grayGlacierBlock"));
  return {};
}

Result<> ConfigReader::read_merge() {
  CAIRN_TRY(config_.terminal_total_difficulty, object_.number("terminalTotalDifficulty"));
  config_.merged_from_genesis = config_.terminal_total_difficulty == U256{};
  if (begin_of(Fork::shanghai) && !config_.terminal_total_difficulty && !begin_of(Fork::paris)) {
    warnings_.emplace_back(
        "config.terminalTotalDifficulty is missing: the merge comes with shanghaiTime.");
  }
  return {};
}

// Forks begin in their order; one that is left out begins with the next one.
Result<> ConfigReader::check_order() const {
  const ForkKey* last = nullptr;
  for (const ForkKey& key : kForkKeys) {
    const auto& begin = config_.activation[static_cast<std::size_t>(key.fork)];
    if (!begin) {
      continue;
    }
    const bool same_unit = last != nullptr && is_timed(last->fork) == is_timed(key.fork);
    if (same_unit && *begin < *config_.activation[static_cast<std::size_t>(last->fork)]) {
      return object_.refuse(key.name, fmt::format("begins before {}", last->name));
    }
    last = &key;
  }
  return {};
}

Result<BlobParams> ConfigReader::blob_params(JsonObject& schedule, const BlobFork& fork) {
  const Json* value = schedule.find(fork.name);
  if (value == nullptr) {
    return fork.defaults;
  }
  CAIRN_TRY(JsonObject object, JsonObject::open(*value, schedule.path_of(fork.name)));
  CAIRN_TRY(const auto target, object.u64("target"));
  CAIRN_TRY(const auto max, object.u64("max"));
  CAIRN_TRY(const auto fraction, object.u64("baseFeeUpdateFraction"));
  if (!target || !max || !fraction) {
    return schedule.refuse(fork.name, "needs target, max and baseFeeUpdateFraction");
  }
  if (*fraction == 0) {
    return object.refuse("baseFeeUpdateFraction", "is zero");
  }
  if (*target > *max) {
    return object.refuse("target", "is above max");
  }
  warn_of_unknown_keys(object);
  return BlobParams{*target, *max, *fraction};
}

// One change a fork that has a time; of several at one time the last fork's holds.
Result<> ConfigReader::read_blob_schedule() {
  static const Json kNone{Json::Kind::object, {}, {}};
  const Json* found = object_.find("blobSchedule");
  CAIRN_TRY(JsonObject schedule,
            JsonObject::open(found != nullptr ? *found : kNone, object_.path_of("blobSchedule")));
  for (const BlobFork& fork : kBlobForks) {
    CAIRN_TRY(const auto time, object_.u64(fork.time_key));
    CAIRN_TRY(const BlobParams params, blob_params(schedule, fork));
    if (!time) {
      continue;
    }
    if (params == BlobParams{}) {
      return schedule.refuse(fork.name, fmt::format("is missing though {} is set", fork.time_key));
    }
    auto& changes = config_.blob_schedule;
    if (!changes.empty() && *time < changes.back().time) {
      return object_.refuse(fork.time_key, "begins before the fork in front of it");
    }
    if (!changes.empty() && *time == changes.back().time) {
      changes.pop_back();
    }
    changes.push_back({*time, params});
  }
  warn_of_unknown_keys(schedule);
  return {};
}

Result<std::optional<CairnRules>> ConfigReader::cairn_rules() {
  const Json* value = object_.find("cairn");
  if (value == nullptr) {
    return std::nullopt;
  }
  CAIRN_TRY(JsonObject object, JsonObject::open(*value, object_.path_of("cairn")));
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
  warn_of_unknown_keys(object);
  return rules;
}

Result<ParsedChainConfig> ConfigReader::read() {
  CAIRN_TRY(const auto chain_id, object_.u64("chainId"));
  if (!chain_id) {
    return object_.refuse("chainId", "is missing");
  }
  config_.chain_id = *chain_id;
  CAIRN_CHECK(read_forks());
  CAIRN_CHECK(check_order());
  CAIRN_CHECK(read_merge());
  CAIRN_CHECK(read_blob_schedule());
  CAIRN_TRY(const auto deposit_contract, object_.fixed<20>("depositContractAddress"));
  config_.deposit_contract = deposit_contract.value_or(config_.deposit_contract);
  CAIRN_TRY(config_.cairn, cairn_rules());
  for (const std::string_view key : kIgnoredKeys) {
    object_.find(key);
  }
  for (const std::string_view key : kUnsupportedKeys) {
    if (object_.find(key) != nullptr) {
      return object_.refuse(key, "is not supported");
    }
  }
  warn_of_unknown_keys(object_);
  return ParsedChainConfig{std::move(config_), std::move(warnings_)};
}

}  // namespace

Result<ParsedChainConfig> read_chain_config(const Json& value) {
  CAIRN_TRY(JsonObject object, JsonObject::open(value, "config"));
  return ConfigReader(std::move(object)).read();
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
