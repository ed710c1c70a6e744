#include "api/proof_methods.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "base/hex.hpp"

namespace cairn::api {
namespace {

constexpr std::size_t kMostKeys = 1'024;
constexpr std::size_t kKeyDigits = 64;

Read<ProofKeys::Key> read_key(JsonValue value) {
  CAIRN_TRY(const auto text, read_text(value));
  if (!text.starts_with("0x")) {
    return bad(fmt::format("invalid hex in storage key: \"{}\"", text.substr(0, kKeyDigits + 2)));
  }
  const std::string_view digits = text.substr(2);
  if (digits.size() > kKeyDigits) {
    return bad(fmt::format("storage key too long (want at most 32 bytes): \"{}\"",
                           text.substr(0, 2 * kKeyDigits)));
  }
  const auto slot = base::from_hex_number(digits.empty() ? "0" : digits);
  if (!slot) {
    return bad(fmt::format("invalid hex in storage key: \"{}\"", text));
  }
  return ProofKeys::Key{*slot, digits.size() + 1 >= kKeyDigits};
}

void write_nodes(JsonWriter& out, std::string_view name, const std::vector<Bytes>& nodes) {
  out.key(name).begin_array();
  for (const Bytes& node : nodes) {
    out.value(node);
  }
  out.end_array();
}

void write_slot(JsonWriter& out, const ProofKeys::Key& key, const state::SlotProof& proof) {
  out.begin_object().key("key");
  key.whole ? out.value(base::to_hash(key.slot)) : out.value(key.slot);
  out.field("value", proof.value);
  write_nodes(out, "proof", proof.nodes);
  out.end_object();
}

}  // namespace

RpcError tries_error(const Error& error) {
  RpcError out = rpc_error(error);
  if (error.code == ErrorCode::limit) {
    out.code = RpcCode::pruned_history;
  }
  return out;
}

Read<ProofKeys> read_proof_keys(JsonValue value) {
  CAIRN_TRY(auto keys, read_list<ProofKeys::Key>(value, "keys", read_key));
  if (keys.size() > kMostKeys) {
    return bad(
        fmt::format("too many storage keys requested (max {}, got {})", kMostKeys, keys.size()));
  }
  return ProofKeys{std::move(keys)};
}

Answer eth_get_proof(Context& context, const Address& address, const ProofKeys& keys,
                     const std::optional<BlockId>& block) {
  if (block && block->is_pending()) {
    return rpc_fail(RpcCode::server, "the pending block has no state root to prove against");
  }
  CAIRN_TRY(const auto place, require_block(context, block));
  const auto running = context.call_timer->start();
  const auto tries =
      place.chain->tries_at(place.number, chain::ChainView::Cheats::bare, running.stop());
  if (!tries) {
    return std::unexpected(tries_error(tries.error()));
  }
  const state::AccountProof proof = tries->prove_account(address);
  const types::Account account = proof.account.value_or(types::Account{});
  JsonWriter out;
  out.begin_object().field("address", address);
  write_nodes(out, "accountProof", proof.nodes);
  out.field("balance", account.balance)
      .field("codeHash", proof.account ? account.code_hash : Hash256{})
      .field("nonce", account.nonce)
      .field("storageHash", proof.account ? proof.storage_root : Hash256{});
  out.key("storageProof").begin_array();
  for (const ProofKeys::Key& key : keys.keys) {
    write_slot(out, key, tries->prove_slot(address, proof.storage_root, key.slot));
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
