#include "api/cheat_methods.hpp"

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/on_writer.hpp"
#include "nodelog/node_log.hpp"

namespace cairn::api {
namespace {

using chain::Settings;

// A setting that cannot be refused.
template <class Change>
Answer set(Context& context, Change&& change) {
  return null_after(change_settings(context, [&](Settings& settings) -> Result<void> {
    change(settings);
    return {};
  }));
}

template <class Change>
Answer change_state(Context& context, Change&& change) {
  return null_after(cheat(context, [&](state::Overlay& overlay) -> Result<void> {
    change(overlay);
    return {};
  }));
}

bool has_base_fee(const Context& context) {
  return context.node.next_environment().context.fork >= types::Fork::london;
}

std::optional<Bytes> blob_in(const txpool::Entry& entry, const Hash256& versioned_hash) {
  const auto& [hashes, sidecar] =
      std::tie(entry.transaction.blob_hashes, entry.transaction.sidecar);
  const auto found = std::ranges::find(hashes, versioned_hash);
  if (found == hashes.end() || !sidecar) {
    return std::nullopt;
  }
  return sidecar->blobs.at(static_cast<std::size_t>(found - hashes.begin()));
}

}  // namespace

Answer set_balance(Context& context, const Address& address, const LooseNumber& wei) {
  return change_state(context,
                      [&](state::Overlay& state) { state.set_balance(address, wei.value); });
}

Answer add_balance(Context& context, const Address& address, const LooseNumber& wei) {
  return change_state(context, [&](state::Overlay& state) {
    const auto* account = state.account(address);
    const U256 before = account != nullptr ? account->balance : U256{};
    const auto [sum, carry] = base::add_with_carry(before, wei.value);
    state.set_balance(address, carry ? ~U256{} : sum);
  });
}

Answer set_code(Context& context, const Address& address, const Bytes& code) {
  return change_state(context, [&](state::Overlay& state) { state.set_code(address, code); });
}

Answer set_nonce(Context& context, const Address& address, const LooseNumber& nonce) {
  CAIRN_TRY(const std::uint64_t next, to_64_bits(nonce.value, "nonce"));
  return change_state(context, [&](state::Overlay& state) { state.set_nonce(address, next); });
}

Answer set_storage_at(Context& context, const Address& address, const LooseNumber& slot,
                      const Hash256& value) {
  CAIRN_CHECK(change_state(context, [&](state::Overlay& state) {
    if (state.account(address) == nullptr) {
      state.set_balance(address, 0);  // storage belongs to an account
    }
    (void)state.set_storage(address, slot.value, base::to_u256(value));
  }));
  return to_json(true);
}

Answer set_coinbase(Context& context, const Address& address) {
  return set(context, [&](Settings& settings) { settings.coinbase = address; });
}

Answer set_block_gas_limit(Context& context, const LooseNumber& gas) {
  CAIRN_TRY(const std::uint64_t limit, to_64_bits(gas.value, "gas limit"));
  constexpr std::uint64_t kMost = 0x7fff'ffff'ffff'ffff;  // Yellow Paper 4.4.4
  if (limit == 0 || limit > kMost) {
    return rpc_fail(RpcCode::invalid_params, "the gas limit is from 1 to 2^63 - 1");
  }
  CAIRN_CHECK(set(context, [&](Settings& settings) { settings.gas_limit = limit; }));
  return to_json(true);
}

Answer set_next_block_base_fee(Context& context, const LooseNumber& wei) {
  if (!has_base_fee(context)) {
    return rpc_fail(RpcCode::invalid_params,
                    "setNextBlockBaseFeePerGas is only supported when EIP-1559 is active");
  }
  return set(context, [&](Settings& settings) { settings.next_base_fee = wei.value; });
}

Answer set_prev_randao(Context& context, const Hash256& value) {
  return set(context, [&](Settings& settings) { settings.next_prev_randao = value; });
}

Answer set_min_gas_price(Context& context, const LooseNumber& wei) {
  if (has_base_fee(context)) {
    return rpc_fail(RpcCode::invalid_params,
                    "setMinGasPrice is not supported when EIP-1559 is active");
  }
  return set(context, [&](Settings& settings) { settings.minimum_gas_price = wei.value; });
}

Answer set_chain_id(Context& context, const LooseNumber& id) {
  CAIRN_TRY(const std::uint64_t chain_id, to_64_bits(id.value, "chain id"));
  return set(context, [&](Settings& settings) { settings.chain_id = chain_id; });
}

Answer set_logging_enabled(Context& context, const bool& on) {
  return set(context, [&](Settings& settings) { settings.logging = on; });
}

Answer impersonate_account(Context& context, const Address& address) {
  return set(context, [&](Settings& settings) { settings.impersonated.insert(address); });
}

Answer stop_impersonating_account(Context& context, const Address& address) {
  return set(context, [&](Settings& settings) { settings.impersonated.erase(address); });
}

Answer auto_impersonate_account(Context& context, const bool& on) {
  return set(context, [&](Settings& settings) { settings.impersonate_all = on; });
}

Answer evm_add_account(Context& context, const Address& address,
                       const std::optional<std::string>& /*passphrase*/) {
  bool added = false;
  CAIRN_CHECK(set(
      context, [&](Settings& settings) { added = settings.impersonated.insert(address).second; }));
  return to_json(added);
}

Answer evm_remove_account(Context& context, const Address& address,
                          const std::optional<std::string>& /*passphrase*/) {
  bool removed = false;
  CAIRN_CHECK(set(
      context, [&](Settings& settings) { removed = settings.impersonated.erase(address) != 0; }));
  return to_json(removed);
}

Answer anvil_drop_transaction(Context& context, const Hash256& hash) {
  CAIRN_TRY(const bool dropped, awaited<bool>([&](auto reply) {
              context.node.drop_transaction(hash, std::move(reply));
            }));
  return dropped ? to_json(hash) : "null";
}

Answer hardhat_drop_transaction(Context& context, const Hash256& hash) {
  if (context.node.head()->place_of(hash)) {
    return rpc_fail(RpcCode::invalid_params,
                    "the transaction cannot be dropped: it is in a block already");
  }
  CAIRN_TRY(const std::string dropped, anvil_drop_transaction(context, hash));
  return to_json(dropped != "null");
}

Answer drop_all_transactions(Context& context) {
  return null_after(on_writer(context, [](node::DevWriter& writer) -> Result<void> {
    writer.drop_transactions(std::nullopt);
    return {};
  }));
}

Answer remove_pool_transactions(Context& context, const Address& address) {
  return null_after(on_writer(context, [&](node::DevWriter& writer) -> Result<void> {
    writer.drop_transactions(address);
    return {};
  }));
}

Answer get_blob_by_hash(Context& context, const Hash256& versioned_hash) {
  if (const auto mined = context.node.head()->blob_of(versioned_hash)) {
    return to_json(*mined);
  }
  const txpool::Txpool::Content pool = context.node.pool_content();
  for (const auto* entries : {&pool.pending, &pool.queued}) {
    for (const auto& entry : *entries) {
      if (const auto blob = blob_in(*entry, versioned_hash)) {
        return to_json(*blob);
      }
    }
  }
  return "null";
}

Answer get_blobs_by_transaction_hash(Context& context, const Hash256& transaction) {
  const auto head = context.node.head();
  const auto entry = context.node.find_pooled(transaction);
  const auto place = head->place_of(transaction);
  const auto sidecar = place   ? head->sidecar_at(*place)
                       : entry ? entry->transaction.sidecar
                               : nullptr;
  if (!sidecar) {
    return "null";
  }
  JsonWriter out;
  out.begin_array();
  for (const Bytes& blob : sidecar->blobs) {
    out.value(blob);
  }
  out.end_array();
  return std::move(out).take();
}

Answer add_compilation_result(Context& context, const std::string& /*version*/,
                              const UnusedJson& /*input*/, const CompilerOutput& output) {
  simdjson::dom::object compiled;
  return to_json(context.log && output.value.get(compiled) == simdjson::SUCCESS &&
                 context.log->names().learn_output(compiled) > 0);
}

Answer get_stack_trace_failures_count(Context& /*context*/) { return "0"; }

}  // namespace cairn::api
