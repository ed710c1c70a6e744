#include "api/account_methods.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "api/proof_methods.hpp"
#include "base/hex.hpp"
#include "node/upstream_source.hpp"
#include "node/url_origin.hpp"

namespace cairn::api {
namespace {

struct RootedAccount {
  types::Account account;
  Hash256 storage_root = types::kEmptyTrieRoot;
};

Answer json_of(const RootedAccount& found) {
  JsonWriter out;
  out.begin_object()
      .field("nonce", found.account.nonce)
      .field("balance", found.account.balance)
      .field("storageRoot", found.storage_root)
      .field("codeHash", found.account.code_hash)
      .end_object();
  return std::move(out).take();
}

Bytes code_of(const state::StateView& state, const Hash256& hash) {
  const auto code = hash == crypto::kEmptyCodeHash ? nullptr : state.code(hash);
  return code ? *code : Bytes{};
}

// Some nodes say zero for the hashes of an account that is not there.
Hash256 or_empty(const Hash256& hash, const Hash256& empty) {
  return hash == Hash256{} ? empty : hash;
}

// Before a fork: from a proof, which every node has.
RpcResult<RootedAccount> account_of_source(const node::UpstreamSource& source,
                                           const Address& address, std::uint64_t number) {
  const auto proof = source.pass(
      "eth_getProof", fmt::format(R"(["{}",[],"{:#x}"])", base::to_hex(address), number));
  if (!proof) {
    return rpc_fail(RpcCode::server, proof.error().message);
  }
  simdjson::dom::parser parser;
  simdjson::dom::object from;
  if (parser.parse(proof->data(), proof->size()).get(from) != simdjson::SUCCESS) {
    return rpc_fail(RpcCode::server, "the upstream's proof is not of an account");
  }
  const auto nonce = require_member<std::uint64_t>(from, "nonce");
  const auto balance = require_member<U256>(from, "balance");
  const auto code_hash = require_member<Hash256>(from, "codeHash");
  const auto storage_root = require_member<Hash256>(from, "storageHash");
  if (!nonce || !balance || !code_hash || !storage_root) {
    return rpc_fail(RpcCode::server, "the upstream's proof is not of an account");
  }
  RootedAccount out;
  out.account.nonce = *nonce;
  out.account.balance = *balance;
  out.account.code_hash = or_empty(*code_hash, crypto::kEmptyCodeHash);
  out.storage_root = or_empty(*storage_root, types::kEmptyTrieRoot);
  return out;
}

RpcResult<RootedAccount> account_of_fork(const BlockPlace& place, const Address& address) {
  const chain::ChainView& chain = *place.chain;
  const auto source = node::upstream_of(chain);
  const std::uint64_t fork = chain.fork()->number();
  if (place.pending || place.number >= fork) {
    return rpc_fail(RpcCode::server,
                    fmt::format("no storage roots from block {} on: this chain is a fork, and its "
                                "tries cover only what differs from {} at block {}",
                                fork, node::origin_of(source->url()), fork));
  }
  return account_of_source(*source, address, place.number);
}

}  // namespace

Answer eth_get_account(Context& context, const Address& address,
                       const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  if (place.chain->fork() != nullptr) {
    CAIRN_TRY(const auto found, account_of_fork(place, address));
    return json_of(found);
  }
  const auto running = context.call_timer->start();
  const auto tries =
      place.pending
          ? place.pending->tries(running.stop())
          : place.chain->tries_at(place.number, chain::ChainView::Cheats::included, running.stop());
  if (!tries) {
    return std::unexpected(tries_error(tries.error()));
  }
  const state::AccountProof proof = tries->prove_account(address);
  return json_of({proof.account.value_or(types::Account{}), proof.storage_root});
}

Answer eth_get_account_info(Context& context, const Address& address,
                            const std::optional<BlockId>& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  const auto state = place.state();
  const types::Account account = state->account(address).value_or(types::Account{});
  JsonWriter out;
  out.begin_object()
      .field("balance", account.balance)
      .field("nonce", account.nonce)
      .field("code", code_of(*state, account.code_hash))
      .end_object();
  return std::move(out).take();
}

Answer debug_code_by_hash(Context& context, const Hash256& hash,
                          const std::optional<BlockId>& /*block*/) {
  return to_json(code_of(*context.node.head()->state(), hash));
}

}  // namespace cairn::api
