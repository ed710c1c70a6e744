#include "api/state_methods.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"

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

}  // namespace cairn::api
