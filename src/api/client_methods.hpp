#pragma once
// Methods about the client and the network it is on.

#include "api/method.hpp"

namespace cairn::api {

Answer eth_chain_id(Context& context);
// Which blocks can be asked about, by kind of question.
Answer eth_capabilities(Context& context);
Answer eth_syncing(Context& context);
Answer eth_coinbase(Context& context);
Answer eth_mining(Context& context);
Answer eth_hashrate(Context& context);
Answer eth_protocol_version(Context& context);
Answer eth_accounts(Context& context);
Answer net_version(Context& context);
Answer net_listening(Context& context);
Answer net_peer_count(Context& context);
Answer web3_client_version(Context& context);
Answer web3_sha3(Context& context, const Bytes& data);

}  // namespace cairn::api
