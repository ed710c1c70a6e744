#include "api/call_parameters.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "base/hex.hpp"

namespace cairn::api {
namespace {

using simdjson::dom::object;

Read<types::AccessListEntry> read_access_list_entry(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  types::AccessListEntry entry;
  CAIRN_TRY(const auto address, read_member<Address>(from, "address"));
  CAIRN_TRY(entry.address, require(address, "address"));
  if (const auto keys = member_of(from, "storageKeys")) {
    CAIRN_TRY(entry.storage_keys, read_list<Hash256>(*keys, "storageKeys", read_hash));
  }
  return entry;
}

Read<types::Authorization> read_authorization(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  types::Authorization out;
  CAIRN_TRY(const auto chain_id, read_member<U256>(from, "chainId"));
  CAIRN_TRY(out.chain_id, require(chain_id, "chainId"));
  CAIRN_TRY(const auto address, read_member<Address>(from, "address"));
  CAIRN_TRY(out.address, require(address, "address"));
  CAIRN_TRY(const auto nonce, read_member<std::uint64_t>(from, "nonce"));
  CAIRN_TRY(out.nonce, require(nonce, "nonce"));
  CAIRN_TRY(const auto parity, read_member<U256>(from, "yParity"));
  CAIRN_TRY(const auto v, read_member<U256>(from, "v"));
  CAIRN_TRY(out.y_parity, require(parity ? parity : v, "yParity"));
  CAIRN_TRY(const auto r, read_member<U256>(from, "r"));
  CAIRN_TRY(out.r, require(r, "r"));
  CAIRN_TRY(const auto s, read_member<U256>(from, "s"));
  CAIRN_TRY(out.s, require(s, "s"));
  return out;
}

// A number that is written loosely; nothing where it is not, for the strict reader to judge.
std::optional<U256> loose_number(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return U256{number};
  }
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS && text.starts_with("0x0")
             ? base::from_hex_number(text.substr(2))
             : std::nullopt;
}

template <class T>
Read<std::optional<T>> read_number(const object& from, std::string_view name, QuantityForm form) {
  const auto value = member_of(from, name);
  const auto number =
      value && form == QuantityForm::loose ? loose_number(*value) : std::optional<U256>{};
  if constexpr (std::is_same_v<T, U256>) {
    if (number) {
      return number;
    }
  } else if (number && number->fits_u64()) {
    return std::optional(number->low64());
  }
  return read_member<T>(from, name);
}

Read<std::optional<Bytes>> read_bytes(const object& from, std::string_view name,
                                      QuantityForm form) {
  std::string_view text = "0x";
  if (const auto value = member_of(from, name); value && form == QuantityForm::loose &&
                                                value->get(text) == simdjson::SUCCESS &&
                                                text.empty()) {
    return std::optional(Bytes{});
  }
  return read_member<Bytes>(from, name);
}

Read<Bytes> read_input(const object& from, QuantityForm form) {
  CAIRN_TRY(auto input, read_bytes(from, "input", form));
  CAIRN_TRY(auto data, read_bytes(from, "data", form));
  if (input && data && *input != *data) {
    return bad("both input and data are given and not equal; use input");
  }
  return input ? *std::move(input) : std::move(data).value_or(Bytes{});
}

Read<void> read_fees(const object& from, QuantityForm form, node::CallRequest& call) {
  CAIRN_TRY(call.gas_price, read_number<U256>(from, "gasPrice", form));
  CAIRN_TRY(call.max_fee_per_gas, read_number<U256>(from, "maxFeePerGas", form));
  CAIRN_TRY(call.max_priority_fee_per_gas, read_number<U256>(from, "maxPriorityFeePerGas", form));
  CAIRN_TRY(call.max_fee_per_blob_gas, read_number<U256>(from, "maxFeePerBlobGas", form));
  if (call.gas_price && (call.max_fee_per_gas || call.max_priority_fee_per_gas)) {
    return bad("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
  }
  return {};
}

Read<void> read_lists(const object& from, node::CallRequest& call) {
  CAIRN_TRY(call.access_list, read_access_list(from));
  if (const auto list = member_of(from, "blobVersionedHashes")) {
    CAIRN_TRY(call.blob_hashes, read_list<Hash256>(*list, "blobVersionedHashes", read_hash));
  }
  CAIRN_TRY(call.authorizations, read_authorizations(from));
  return {};
}

// geth takes slots of up to 32 bytes, with or without leading zeros.
Read<U256> read_word(std::string_view text) {
  if (!text.starts_with("0x")) {
    return bad("hex string without 0x prefix");
  }
  const auto word = base::from_hex_number(text.substr(2));
  if (!word) {
    return bad("want a hex value of at most 32 bytes");
  }
  return *word;
}

Read<std::map<U256, U256>> read_slots(JsonValue value, std::string_view name) {
  auto from = read_object(value);
  if (!from) {
    return bad(fmt::format("{}: {}", name, from.error()));
  }
  std::map<U256, U256> slots;
  for (const auto field : *from) {
    std::string_view text;
    const auto key = read_word(field.key);
    const auto slot = field.value.get(text) == simdjson::SUCCESS ? read_word(text)
                                                                 : Read<U256>(bad("want a string"));
    if (!key || !slot) {
      return bad(fmt::format("{}.{}: {}", name, field.key, key ? slot.error() : key.error()));
    }
    slots[*key] = *slot;
  }
  return slots;
}

Read<types::Withdrawal> read_withdrawal(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  types::Withdrawal out;
  CAIRN_TRY(out.index, require_member<std::uint64_t>(from, "index"));
  CAIRN_TRY(out.validator_index, require_member<std::uint64_t>(from, "validatorIndex"));
  CAIRN_TRY(out.address, require_member<Address>(from, "address"));
  CAIRN_TRY(out.amount, require_member<std::uint64_t>(from, "amount"));
  return out;
}

Read<node::AccountOverride> read_account_override(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::AccountOverride out;
  CAIRN_TRY(out.nonce, read_member<std::uint64_t>(from, "nonce"));
  CAIRN_TRY(out.code, read_member<Bytes>(from, "code"));
  CAIRN_TRY(out.balance, read_member<U256>(from, "balance"));
  const auto whole = member_of(from, "state");
  const auto single = member_of(from, "stateDiff");
  if (whole && single) {
    return bad("has both state and stateDiff");
  }
  CAIRN_TRY(out.move_precompile_to, read_member<Address>(from, "movePrecompileToAddress"));
  if (whole) {
    CAIRN_TRY(out.state, read_slots(*whole, "state"));
  }
  if (single) {
    CAIRN_TRY(out.state_diff, read_slots(*single, "stateDiff"));
  }
  return out;
}

}  // namespace

Read<std::optional<types::AccessList>> read_access_list(const object& from) {
  std::optional<types::AccessList> out;
  if (const auto list = member_of(from, "accessList")) {
    CAIRN_TRY(out, read_list<types::AccessListEntry>(*list, "accessList", read_access_list_entry));
  }
  return out;
}

Read<std::optional<std::vector<types::Authorization>>> read_authorizations(const object& from) {
  std::optional<std::vector<types::Authorization>> out;
  if (const auto list = member_of(from, "authorizationList")) {
    CAIRN_TRY(out, read_list<types::Authorization>(*list, "authorizationList", read_authorization));
  }
  return out;
}

Read<std::optional<std::vector<types::Withdrawal>>> read_withdrawals(const object& from) {
  std::optional<std::vector<types::Withdrawal>> out;
  if (const auto list = member_of(from, "withdrawals")) {
    CAIRN_TRY(out, read_list<types::Withdrawal>(*list, "withdrawals", read_withdrawal));
  }
  return out;
}

Read<TransactionObject> read_transaction_object(JsonValue value, QuantityForm form) {
  CAIRN_TRY(const auto from, read_object(value));
  TransactionObject out;
  node::CallRequest& call = out.call;
  CAIRN_TRY(call.from, read_member<Address>(from, "from"));
  CAIRN_TRY(call.to, read_member<Address>(from, "to"));
  CAIRN_TRY(call.gas, read_number<std::uint64_t>(from, "gas", form));
  CAIRN_TRY(call.nonce, read_number<std::uint64_t>(from, "nonce", form));
  CAIRN_TRY(const auto wei, read_number<U256>(from, "value", form));
  call.value = wei.value_or(U256{});
  CAIRN_TRY(call.data, read_input(from, form));
  CAIRN_CHECK(read_fees(from, form, call));
  CAIRN_CHECK(read_lists(from, call));
  CAIRN_TRY(out.chain_id, read_number<std::uint64_t>(from, "chainId", form));
  CAIRN_CHECK(read_number<U256>(from, "type", form));
  CAIRN_TRY(out.blobs, read_blob_arguments(from));
  return out;
}

Read<node::StateOverrides> read_state_overrides(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::StateOverrides out;
  for (const auto field : from) {
    const auto address = base::fixed_from_hex<20>(field.key);
    if (!address || !field.key.starts_with("0x")) {
      return bad(fmt::format("'{}' is not an address", field.key.substr(0, 64)));
    }
    auto account = read_account_override(field.value);
    if (!account) {
      return bad(fmt::format("{}: {}", field.key, account.error()));
    }
    out[*address] = *std::move(account);
  }
  return out;
}

Read<node::BlockOverrides> read_block_overrides(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::BlockOverrides out;
  CAIRN_TRY(out.number, read_member<std::uint64_t>(from, "number"));
  CAIRN_TRY(out.time, read_member<std::uint64_t>(from, "time"));
  if (!out.time) {
    CAIRN_TRY(out.time, read_member<std::uint64_t>(from, "timestamp"));
  }
  CAIRN_TRY(out.gas_limit, read_member<std::uint64_t>(from, "gasLimit"));
  CAIRN_TRY(out.fee_recipient, read_member<Address>(from, "feeRecipient"));
  if (!out.fee_recipient) {
    CAIRN_TRY(out.fee_recipient, read_member<Address>(from, "coinbase"));
  }
  CAIRN_TRY(out.base_fee, read_member<U256>(from, "baseFeePerGas"));
  if (!out.base_fee) {
    CAIRN_TRY(out.base_fee, read_member<U256>(from, "baseFee"));
  }
  CAIRN_TRY(out.blob_base_fee, read_member<U256>(from, "blobBaseFee"));
  for (const std::string_view name : {"prevRandao", "random"}) {
    if (const auto random = member_of(from, name); random && !out.prev_randao) {
      CAIRN_TRY(const auto text, read_text(*random));
      CAIRN_TRY(const auto word, read_word(text));
      out.prev_randao = base::to_hash(word);
    }
  }
  CAIRN_TRY(out.beacon_root, read_member<Hash256>(from, "beaconRoot"));
  CAIRN_TRY(out.withdrawals, read_withdrawals(from));
  return out;
}

}  // namespace cairn::api
