#include "api/client_methods.hpp"

#include "api/json_writer.hpp"
#include "crypto/keccak.hpp"

namespace cairn::api {

Answer eth_chain_id(Context& context) { return to_json(context.node.head()->chain_id()); }

Answer eth_capabilities(Context& context) {
  const auto chain = context.node.head();
  JsonWriter out;
  out.begin_object().key("head").begin_object();
  out.field("number", chain->number()).field("hash", chain->hash()).end_object();
  const auto resource = [&out](std::string_view name, std::uint64_t oldest) {
    out.key(name).begin_object().field("disabled", false);
    out.field("oldestBlock", oldest).end_object();
  };
  resource("state", 0);
  resource("tx", chain->first_block());
  resource("logs", chain->first_block());
  resource("receipts", chain->first_block());
  resource("blocks", chain->first_block());
  if (chain->fork() != nullptr) {
    out.key("stateproofs").begin_object().field("disabled", true).end_object();
  } else {
    resource("stateproofs", 0);
  }
  out.end_object();
  return std::move(out).take();
}

Answer eth_syncing(Context& /*context*/) { return to_json(false); }

Answer eth_coinbase(Context& context) { return to_json(context.node.head()->settings().coinbase); }

Answer eth_mining(Context& context) { return to_json(context.node.head()->settings().automine); }

Answer eth_hashrate(Context& /*context*/) { return to_json(std::uint64_t{0}); }

// No text, unlike geth's before it was dropped: anvil's.
Answer eth_protocol_version(Context& /*context*/) { return std::string("1"); }

Answer eth_accounts(Context& context) {
  std::vector<Address> out = context.account_order;
  for (const Address& address : context.node.head()->settings().impersonated) {
    if (!context.accounts.contains(address)) {
      out.push_back(address);
    }
  }
  return to_json(out);
}

Answer net_version(Context& context) {
  return to_json(base::to_decimal(context.node.head()->chain_id()));
}

Answer net_listening(Context& /*context*/) { return to_json(true); }

Answer net_peer_count(Context& /*context*/) { return to_json(std::uint64_t{0}); }

Answer web3_client_version(Context& context) { return to_json(context.client_version); }

Answer web3_sha3(Context& /*context*/, const Bytes& data) {
  return to_json(crypto::keccak256(data));
}

}  // namespace cairn::api
