#include "api/state_methods.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "base/hex.hpp"

namespace cairn::api {
namespace {

RpcResult<std::shared_ptr<const state::StateView>> state_at(const Context& context,
                                                            const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  return place.state();
}

// Up to 32 bytes of hex, leading zeros or not.
RpcResult<U256> slot_of(const std::string& text) {
  constexpr std::size_t kMostDigits = 64;
  const std::string_view digits = std::string_view(text).substr(text.starts_with("0x") ? 2 : 0);
  if (digits.size() > kMostDigits) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("storage key too long (want at most 32 bytes): \"{}\"",
                                text.substr(0, 2 * kMostDigits)));
  }
  const auto slot = base::from_hex_number(digits.empty() ? "0" : digits);
  if (!slot || !text.starts_with("0x")) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("invalid hex in storage key: \"{}\"", text));
  }
  return *slot;
}

}  // namespace

Answer eth_get_balance(Context& context, const Address& address,
                       const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto state, state_at(context, block));
  const auto account = state->account(address);
  return to_json(account ? account->balance : U256{});
}

Answer eth_get_code(Context& context, const Address& address, const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto state, state_at(context, block));
  const auto account = state->account(address);
  const auto code = account && account->has_code() ? state->code(account->code_hash) : nullptr;
  return to_json(code ? *code : Bytes{});
}

Answer eth_get_storage_at(Context& context, const Address& address, const std::string& slot,
                          const std::optional<BlockId>& block) {
  CAIRN_TRY(const U256 key, slot_of(slot));
  CAIRN_TRY(const auto state, state_at(context, block));
  return to_json(base::to_hash(state->storage(address, key)));
}

Answer eth_get_transaction_count(Context& context, const Address& address,
                                 const std::optional<BlockId>& block) {
  if (block && block->is_pending()) {
    return to_json(context.node.pending_nonce(address));
  }
  CAIRN_TRY(const auto state, state_at(context, block));
  const auto account = state->account(address);
  return to_json(account ? account->nonce : std::uint64_t{0});
}

Read<SlotRequest> read_slot_request(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  SlotRequest out;
  for (const auto field : from) {
    const auto address = base::fixed_from_hex<20>(field.key);
    if (!address || !field.key.starts_with("0x")) {
      return bad(fmt::format("'{}' is not an address", field.key.substr(0, 64)));
    }
    CAIRN_TRY(auto slots, read_list<Hash256>(field.value, field.key, read_hash));
    out.accounts.emplace_back(*address, std::move(slots));
  }
  return out;
}

Answer eth_get_storage_values(Context& context, const SlotRequest& request,
                              const std::optional<BlockId>& block) {
  constexpr std::size_t kMostSlots = 1'024;
  std::size_t count = 0;
  for (const auto& [address, slots] : request.accounts) {
    count += slots.size();
  }
  if (count == 0) {
    return rpc_fail(RpcCode::invalid_params, "empty request");
  }
  if (count > kMostSlots) {
    return rpc_fail(RpcCode::client_limit, fmt::format("too many slots (max {})", kMostSlots));
  }
  CAIRN_TRY(const auto state, state_at(context, block));
  JsonWriter out;
  out.begin_object();
  for (const auto& [address, slots] : request.accounts) {
    out.key(base::to_hex(address)).begin_array();
    for (const Hash256& slot : slots) {
      out.value(base::to_hash(state->storage(address, base::to_u256(slot))));
    }
    out.end_array();
  }
  out.end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
