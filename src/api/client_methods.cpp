#include "api/client_methods.hpp"

#include "api/json_writer.hpp"
#include "crypto/keccak.hpp"

namespace cairn::api {

Answer eth_chain_id(Context& context) { return to_json(context.node.head()->chain_id()); }

Answer eth_syncing(Context& /*context*/) { return to_json(false); }

Answer eth_coinbase(Context& context) { return to_json(context.node.head()->settings().coinbase); }

Answer eth_mining(Context& context) { return to_json(context.node.head()->settings().automine); }

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
