#include "types/genesis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/hex.hpp"
#include "types/chain_config_json.hpp"
#include "types/fork_fields.hpp"
#include "types/json_object.hpp"

namespace cairn::types {
namespace {

// What geth writes where a genesis file is silent.
constexpr std::uint64_t kDefaultDifficulty = 131'072;  // of a proof-of-work chain

// Slots and their values: hexadecimal text with or without 0x, at most 32 bytes, as in geth.
Result<U256> read_slot(const std::string& text, const std::string& path) {
  const auto value = base::from_hex_number(text);
  if (!value) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: \"{}\" is not hexadecimal of at most 32 bytes", path, text));
  }
  return *value;
}

Result<> read_storage(JsonObject& object, GenesisAccount& account) {
  const Json* storage = object.find("storage");
  if (storage == nullptr) {
    return {};
  }
  const std::string path = object.path_of("storage");
  CAIRN_TRY(const JsonObject checked, JsonObject::open(*storage, path));
  for (const Json::Member& member : storage->members) {
    CAIRN_TRY(const U256 slot, read_slot(member.key, path));
    const bool text = member.value.kind == Json::Kind::string;
    CAIRN_TRY(const U256 value, text ? read_slot(member.value.text, checked.path_of(member.key))
                                     : json_number(member.value, checked.path_of(member.key)));
    if (account.storage.contains(slot)) {
      return checked.refuse(member.key, "stands twice");
    }
    if (!value.is_zero()) {
      account.storage.emplace(slot, value);
    }
  }
  return {};
}

struct ParsedAccount {
  GenesisAccount account;
  std::vector<std::string> warnings;
};

Result<ParsedAccount> read_account(const Json& value, std::string path) {
  CAIRN_TRY(JsonObject object, JsonObject::open(value, std::move(path)));
  GenesisAccount account;
  CAIRN_TRY(const auto balance, object.number("balance"));
  CAIRN_TRY(const auto nonce, object.u64("nonce"));
  CAIRN_TRY(auto code, object.bytes("code"));
  account.balance = balance.value_or(U256{});
  account.nonce = nonce.value_or(0);
  account.code = std::move(code).value_or(Bytes{});
  CAIRN_CHECK(read_storage(object, account));
  object.find("secretKey");  // of old test files; nobody's business
  return ParsedAccount{std::move(account), object.warnings_of_unknown_keys()};
}

struct ParsedAlloc {
  std::map<Address, GenesisAccount> accounts;
  std::vector<std::string> warnings;
};

Result<ParsedAlloc> read_alloc(const Json& value) {
  CAIRN_TRY(const JsonObject object, JsonObject::open(value, "alloc"));
  ParsedAlloc alloc;
  for (const Json::Member& member : value.members) {
    const auto address = base::fixed_from_hex<20>(member.key);
    if (!address) {
      return object.refuse(member.key, "is not an address of 20 bytes");
    }
    CAIRN_TRY(auto parsed, read_account(member.value, object.path_of(member.key)));
    if (!alloc.accounts.emplace(*address, std::move(parsed.account)).second) {
      return object.refuse(member.key, "stands twice");
    }
    std::ranges::move(parsed.warnings, std::back_inserter(alloc.warnings));
  }
  return alloc;
}

// The rules of the genesis block. As in geth, forks by time do not ask for the merge here: a
// genesis under Shanghai has a withdrawals root even if proof-of-work blocks follow.
Fork fork_of_genesis(const ChainConfig& config, const Header& header) {
  const Fork fork = config.fork_at(header.number, header.timestamp, config.merged_from_genesis);
  if (fork < Fork::london) {
    return fork;
  }
  for (auto i = static_cast<std::size_t>(kLatestFork);
       i >= static_cast<std::size_t>(Fork::shanghai); --i) {
    if (config.activation[i] && header.timestamp >= *config.activation[i]) {
      return static_cast<Fork>(i);
    }
  }
  return fork;
}

// Fields that came with forks: the file's value or the fork's first one, none before the fork.
Result<> read_fork_fields(JsonObject& object, Fork fork, Header& header) {
  CAIRN_TRY(const auto base_fee, object.number("baseFeePerGas"));
  CAIRN_TRY(const auto blob_gas_used, object.u64("blobGasUsed"));
  CAIRN_TRY(const auto excess_blob_gas, object.u64("excessBlobGas"));
  CAIRN_TRY(const auto beacon_root, object.fixed<32>("parentBeaconBlockRoot"));
  header = with_fork_fields(std::move(header), fork);
  const auto take = [](const auto& given, auto& field) { field = given && field ? given : field; };
  take(base_fee, header.base_fee_per_gas);
  take(blob_gas_used, header.blob_gas_used);
  take(excess_blob_gas, header.excess_blob_gas);
  take(beacon_root, header.parent_beacon_block_root);
  return {};
}

FixedBytes<8> nonce_of(std::uint64_t number) {
  return FixedBytes<8>::from_right(base::to_hash(U256{number}));
}

Result<Header> read_header(JsonObject& object, const ChainConfig& config) {
  constexpr std::size_t kMaxExtraData = 32;
  Header header;
  CAIRN_TRY(const auto nonce, object.u64("nonce"));
  CAIRN_TRY(const auto timestamp, object.u64("timestamp"));
  CAIRN_TRY(auto extra_data, object.bytes("extraData"));
  CAIRN_TRY(const auto gas_limit, object.u64("gasLimit"));
  CAIRN_TRY(const auto difficulty, object.number("difficulty"));
  CAIRN_TRY(const auto mix_hash, object.fixed<32>("mixHash"));
  CAIRN_TRY(const auto coinbase, object.fixed<20>("coinbase"));
  CAIRN_TRY(const auto number, object.u64("number"));
  CAIRN_TRY(const auto gas_used, object.u64("gasUsed"));
  CAIRN_TRY(const auto parent_hash, object.fixed<32>("parentHash"));
  if (!gas_limit) {
    return object.refuse("gasLimit", "is missing");
  }
  if (extra_data && extra_data->size() > kMaxExtraData) {
    return object.refuse("extraData", "is longer than 32 bytes");
  }
  header.nonce = nonce_of(nonce.value_or(0));
  header.timestamp = timestamp.value_or(0);
  header.extra_data = std::move(extra_data).value_or(Bytes{});
  header.gas_limit = *gas_limit;
  header.difficulty =
      difficulty.value_or(config.merged_from_genesis ? U256{} : U256{kDefaultDifficulty});
  header.prev_randao = mix_hash.value_or(Hash256{});
  header.beneficiary = coinbase.value_or(Address{});
  header.number = number.value_or(0);
  header.gas_used = gas_used.value_or(0);
  header.parent_hash = parent_hash.value_or(Hash256{});
  CAIRN_CHECK(read_fork_fields(object, fork_of_genesis(config, header), header));
  return header;
}

}  // namespace

Result<ParsedGenesis> parse_genesis(std::string_view json) {
  CAIRN_TRY(const Json root, parse_json(json));
  CAIRN_TRY(JsonObject object, JsonObject::open(root, ""));
  const Json* config = object.find("config");
  const Json* alloc = object.find("alloc");
  if (config == nullptr) {
    return object.refuse("config", "is missing");
  }
  if (alloc == nullptr) {
    return object.refuse("alloc", "is missing");
  }
  CAIRN_TRY(auto parsed_config, read_chain_config(*config));
  CAIRN_TRY(const Header header, read_header(object, parsed_config.config));
  CAIRN_TRY(auto accounts, read_alloc(*alloc));
  ParsedGenesis out{{std::move(parsed_config.config), header, std::move(accounts.accounts)},
                    std::move(parsed_config.warnings)};
  std::ranges::move(accounts.warnings, std::back_inserter(out.warnings));
  std::ranges::move(object.warnings_of_unknown_keys(), std::back_inserter(out.warnings));
  return out;
}

namespace {

std::string quoted(std::string_view text) { return fmt::format(R"("{}")", text); }
std::string quantity(const U256& value) { return quoted(base::to_quantity(value)); }
std::string hex(BytesView bytes) { return quoted(base::to_hex(bytes)); }

std::string account_json(const GenesisAccount& account) {
  std::string out = fmt::format(R"({{"balance":{})", quantity(account.balance));
  if (account.nonce != 0) {
    out += fmt::format(R"(,"nonce":{})", quantity(account.nonce));
  }
  if (!account.code.empty()) {
    out += fmt::format(R"(,"code":{})", hex(account.code));
  }
  if (!account.storage.empty()) {
    std::vector<std::string> slots;
    slots.reserve(account.storage.size());
    for (const auto& [slot, value] : account.storage) {
      slots.push_back(fmt::format("{}:{}", hex(base::to_hash(slot)), hex(base::to_hash(value))));
    }
    out += fmt::format(R"(,"storage":{{{}}})", fmt::join(slots, ","));
  }
  return out + "}";
}

std::string fork_fields_json(const Header& header) {
  std::string out;
  if (header.base_fee_per_gas) {
    out += fmt::format("  \"baseFeePerGas\": {},\n", quantity(*header.base_fee_per_gas));
  }
  if (header.blob_gas_used) {
    out += fmt::format("  \"blobGasUsed\": {},\n", quantity(*header.blob_gas_used));
  }
#ifndef CAIRN_PLANTED_BUG  // fuzz/genesis_fuzz.cpp finds that this is missing
  if (header.excess_blob_gas) {
    out += fmt::format("  \"excessBlobGas\": {},\n", quantity(*header.excess_blob_gas));
  }
#endif
  if (header.parent_beacon_block_root) {
    out += fmt::format("  \"parentBeaconBlockRoot\": {},\n", hex(*header.parent_beacon_block_root));
  }
  return out;
}

std::string header_json(const Header& header) {
  std::string out;
  const auto add = [&](std::string_view key, const std::string& token) {
    out += fmt::format("  \"{}\": {},\n", key, token);
  };
  add("nonce", quantity(base::from_be(header.nonce)));
  add("timestamp", quantity(header.timestamp));
  add("extraData", hex(header.extra_data));
  add("gasLimit", quantity(header.gas_limit));
  add("difficulty", quantity(header.difficulty));
  add("mixHash", hex(header.prev_randao));
  add("coinbase", hex(header.beneficiary));
  add("number", quantity(header.number));
  add("gasUsed", quantity(header.gas_used));
  add("parentHash", hex(header.parent_hash));
  return out + fork_fields_json(header);
}

}  // namespace

std::string genesis_to_json(const Genesis& genesis) {
  std::vector<std::string> accounts;
  accounts.reserve(genesis.alloc.size());
  for (const auto& [address, account] : genesis.alloc) {
    accounts.push_back(fmt::format("    {}: {}", hex(address), account_json(account)));
  }
  return fmt::format("{{\n  \"config\": {},\n{}  \"alloc\": {{\n{}\n  }}\n}}\n",
                     chain_config_to_json(genesis.config), header_json(genesis.header),
                     fmt::join(accounts, ",\n"));
}

}  // namespace cairn::types
