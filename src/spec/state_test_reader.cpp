#include <fmt/format.h>

#include "base/hex.hpp"
#include "crypto/secp256k1.hpp"
#include "spec/state_test.hpp"

namespace cairn::spec {
namespace {

using types::Transaction;
using types::TransactionType;

constexpr std::uint64_t kDefaultBaseFee = 10;  // wei, where a file names none

Result<StateTestBlock> read_block(const Json& env) {
  StateTestBlock block;
  CAIRN_TRY(const Json coinbase, env.at("currentCoinbase"));
  CAIRN_TRY(block.coinbase, coinbase.address());
  CAIRN_TRY(block.difficulty, env.number_or("currentDifficulty", 0));
  CAIRN_TRY(block.prev_randao, env.number_or("currentRandom", block.difficulty));
  CAIRN_TRY(const U256 gas_limit, env.number_or("currentGasLimit", 0));
  block.gas_limit = gas_limit.saturated64();
  CAIRN_TRY(block.number, env.u64_or("currentNumber", 0));
  CAIRN_TRY(block.timestamp, env.u64_or("currentTimestamp", 0));
  CAIRN_TRY(block.base_fee, env.number_or("currentBaseFee", kDefaultBaseFee));
  CAIRN_TRY(block.excess_blob_gas, env.u64_or("currentExcessBlobGas", 0));
  return block;
}

Result<Address> read_sender(const Json& transaction) {
  if (transaction.has("sender")) {
    CAIRN_TRY(const Json sender, transaction.at("sender"));
    return sender.address();
  }
  CAIRN_TRY(const Json key, transaction.at("secretKey"));
  CAIRN_TRY(const Hash256 secret, key.hash());
  const auto public_key = crypto::public_key_of(secret);
  if (!public_key) {
    return fail(ErrorCode::malformed, "secretKey: is not a key");
  }
  return crypto::address_of(*public_key);
}

Result<types::AccessList> read_access_list(const Json& list) {
  types::AccessList entries;
  CAIRN_TRY(const auto items, list.array());
  for (const auto item : items) {
    const Json entry(item, list.key());
    types::AccessListEntry& added = entries.emplace_back();
    CAIRN_TRY(const Json address, entry.at("address"));
    CAIRN_TRY(added.address, address.address());
    CAIRN_TRY(const Json keys, entry.at("storageKeys"));
    CAIRN_TRY(const auto key_items, keys.array());
    for (const auto key : key_items) {
      CAIRN_TRY(added.storage_keys.emplace_back(), Json(key, keys.key()).hash());
    }
  }
  return entries;
}

Result<std::vector<types::Authorization>> read_authorizations(const Json& list) {
  std::vector<types::Authorization> authorizations;
  CAIRN_TRY(const auto items, list.array());
  for (const auto item : items) {
    const Json tuple(item, list.key());
    types::Authorization& added = authorizations.emplace_back();
    CAIRN_TRY(added.chain_id, tuple.number_or("chainId", 0));
    CAIRN_TRY(const Json address, tuple.at("address"));
    CAIRN_TRY(added.address, address.address());
    CAIRN_TRY(added.nonce, tuple.u64_or("nonce", 0));
    CAIRN_TRY(added.y_parity, tuple.number_or(tuple.has("yParity") ? "yParity" : "v", 0));
    CAIRN_TRY(added.r, tuple.number_or("r", 0));
    CAIRN_TRY(added.s, tuple.number_or("s", 0));
  }
  return authorizations;
}

TransactionType type_of(const Json& fields, bool has_access_list) {
  if (fields.has("authorizationList")) {
    return TransactionType::set_code;
  }
  if (fields.has("blobVersionedHashes") || fields.has("maxFeePerBlobGas")) {
    return TransactionType::blob;
  }
  if (fields.has("maxFeePerGas")) {
    return TransactionType::dynamic_fee;
  }
  return has_access_list ? TransactionType::access_list : TransactionType::legacy;
}

Result<Json> variant_of(const Json& fields, std::string_view key, std::size_t index) {
  CAIRN_TRY(const Json variants, fields.at(key));
  return variants.at(index);
}

// The access list of a variant; nothing where the file has none for it.
Result<std::optional<types::AccessList>> read_access_list_of(const Json& fields,
                                                             std::size_t data_index) {
  if (!fields.has("accessLists")) {
    return std::optional<types::AccessList>{};
  }
  CAIRN_TRY(const Json lists, fields.at("accessLists"));
  const auto list = lists.at(data_index);
  if (!list || list->is_null()) {
    return std::optional<types::AccessList>{};
  }
  CAIRN_TRY(auto access_list, read_access_list(*list));
  return std::optional(std::move(access_list));
}

Result<> read_fees(const Json& fields, Transaction& transaction) {
  if (transaction.type >= TransactionType::dynamic_fee) {
    CAIRN_TRY(transaction.max_fee_per_gas, fields.number_or("maxFeePerGas", 0));
    CAIRN_TRY(transaction.max_priority_fee_per_gas, fields.number_or("maxPriorityFeePerGas", 0));
  } else {
    CAIRN_TRY(transaction.max_fee_per_gas, fields.number_or("gasPrice", 0));
    transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
  }
  return {};
}

Result<> read_to(const Json& fields, Transaction& transaction) {
  CAIRN_TRY(const Json to, fields.at("to"));
  CAIRN_TRY(const std::string_view text, to.text());
  if (!text.empty() && text != "0x") {
    CAIRN_TRY(transaction.to, to.address());
  }
  return {};
}

Result<Transaction> read_transaction(const Json& fields, const StateTestEntry& entry,
                                     std::uint64_t chain_id) {
  Transaction transaction;
  CAIRN_TRY(auto access_list, read_access_list_of(fields, entry.data_index));
  transaction.type = type_of(fields, access_list.has_value());
  transaction.access_list = std::move(access_list).value_or(types::AccessList{});
  if (transaction.type != TransactionType::legacy) {
    transaction.chain_id = chain_id;
  }
  CAIRN_TRY(transaction.nonce, fields.u64_or("nonce", 0));
  CAIRN_CHECK(read_fees(fields, transaction));
  CAIRN_TRY(const Json gas, variant_of(fields, "gasLimit", entry.gas_index));
  CAIRN_TRY(transaction.gas_limit, gas.u64());
  CAIRN_CHECK(read_to(fields, transaction));
  CAIRN_TRY(const Json value, variant_of(fields, "value", entry.value_index));
  CAIRN_TRY(transaction.value, value.number());
  CAIRN_TRY(const Json data, variant_of(fields, "data", entry.data_index));
  CAIRN_TRY(transaction.data, data.bytes());
  CAIRN_TRY(transaction.max_fee_per_blob_gas, fields.number_or("maxFeePerBlobGas", 0));
  if (fields.has("blobVersionedHashes")) {
    CAIRN_TRY(const Json hashes, fields.at("blobVersionedHashes"));
    CAIRN_TRY(const auto items, hashes.array());
    for (const auto item : items) {
      CAIRN_TRY(transaction.blob_hashes.emplace_back(), Json(item, hashes.key()).hash());
    }
  }
  if (fields.has("authorizationList")) {
    CAIRN_TRY(const Json list, fields.at("authorizationList"));
    CAIRN_TRY(transaction.authorizations, read_authorizations(list));
  }
  return transaction;
}

// Fields that make no transaction stand beside bytes that must then be refused too.
Result<Transaction> transaction_of(const Json& fields, const Json& post,
                                   const StateTestEntry& entry, std::uint64_t chain_id) {
  auto transaction = read_transaction(fields, entry, chain_id);
  if (transaction || !post.has("txbytes")) {
    return transaction;
  }
  CAIRN_TRY(const Json encoded, post.at("txbytes"));
  CAIRN_TRY(const Bytes bytes, encoded.bytes());
  return types::decode_transaction(bytes);
}

Result<StateTestEntry> read_entry(std::string_view network, const Json& post, const Json& fields,
                                  const Address& sender, std::uint64_t chain_id) {
  StateTestEntry entry;
  entry.network = network;
  entry.sender = sender;
  CAIRN_TRY(const Json indexes, post.at("indexes"));
  CAIRN_TRY(entry.data_index, indexes.u64_or("data", 0));
  CAIRN_TRY(entry.gas_index, indexes.u64_or("gas", 0));
  CAIRN_TRY(entry.value_index, indexes.u64_or("value", 0));
  CAIRN_TRY(const Json root, post.at("hash"));
  CAIRN_TRY(entry.state_root, root.hash());
  CAIRN_TRY(const Json logs, post.at("logs"));
  CAIRN_TRY(entry.logs_hash, logs.hash());
  if (post.has("expectException")) {
    CAIRN_TRY(const Json exception, post.at("expectException"));
    CAIRN_TRY(const std::string_view name, exception.text());
    entry.exception = name;
  }
  if (post.has("state")) {
    CAIRN_TRY(const Json state, post.at("state"));
    CAIRN_TRY(entry.state, read_accounts(state));
  }
  entry.transaction = transaction_of(fields, post, entry, chain_id);
  return entry;
}

Result<> read_config(const Json& config, StateTest& test) {
  CAIRN_TRY(test.chain_id, config.u64_or("chainid", 1));
  CAIRN_TRY(test.blob_schedule, read_blob_schedule(config));
  return {};
}

}  // namespace

std::string StateTestEntry::label() const {
  return fmt::format("{} d{} g{} v{}", network, data_index, gas_index, value_index);
}

Result<std::map<Address, types::GenesisAccount>> read_accounts(const Json& accounts) {
  std::map<Address, types::GenesisAccount> result;
  CAIRN_TRY(const auto members, accounts.object());
  for (const auto [key, value] : members) {
    const Json account(value, key);
    const auto address = base::from_hex(key);
    if (!address || address->size() != Address::size()) {
      return fail(ErrorCode::malformed, fmt::format("{}: is not an address", key));
    }
    types::GenesisAccount& added = result[Address::from_right(*address)];
    CAIRN_TRY(added.nonce, account.u64_or("nonce", 0));
    CAIRN_TRY(added.balance, account.number_or("balance", 0));
    CAIRN_TRY(const Json code, account.at("code"));
    CAIRN_TRY(added.code, code.bytes());
    CAIRN_TRY(const Json storage, account.at("storage"));
    CAIRN_TRY(const auto slots, storage.object());
    for (const auto [slot, slot_value] : slots) {
      const auto slot_key = base::from_hex_number(slot);
      if (!slot_key) {
        return fail(ErrorCode::malformed, fmt::format("{}: is not a slot", slot));
      }
      CAIRN_TRY(added.storage[*slot_key], Json(slot_value, slot).number());
    }
  }
  return result;
}

Result<StateTest> read_state_test(std::string name, const Json& json) {
  StateTest test;
  test.name = std::move(name);
  CAIRN_TRY(const Json env, json.at("env"));
  CAIRN_TRY(test.block, read_block(env));
  CAIRN_TRY(const Json pre, json.at("pre"));
  CAIRN_TRY(const auto accounts, read_accounts(pre));
  test.before = state::MemoryState(accounts);
  if (json.has("config")) {
    CAIRN_TRY(const Json config, json.at("config"));
    CAIRN_CHECK(read_config(config, test));
  }
  CAIRN_TRY(const Json fields, json.at("transaction"));
  CAIRN_TRY(const Address sender, read_sender(fields));
  CAIRN_TRY(const Json post, json.at("post"));
  CAIRN_TRY(const auto networks, post.object());
  for (const auto [network, value] : networks) {
    const Json variants(value, network);
    CAIRN_TRY(const auto items, variants.array());
    for (const auto item : items) {
      CAIRN_TRY(auto entry,
                read_entry(network, Json(item, network), fields, sender, test.chain_id));
      test.entries.push_back(std::move(entry));
    }
  }
  return test;
}

}  // namespace cairn::spec
