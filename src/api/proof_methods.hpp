#pragma once
// Merkle proofs of accounts and their storage (EIP-1186).

#include "api/block_id.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Slots as eth_getProof is asked for them: up to 32 bytes of hex each.
struct ProofKeys {
  struct Key {
    U256 slot;
    bool whole = false;  // written with all its 32 bytes
  };
  std::vector<Key> keys;
};
Read<ProofKeys> read_proof_keys(JsonValue value);
template <>
struct Parameter<ProofKeys> {
  static constexpr std::string_view kKind = "list of slots";
  static Read<ProofKeys> read(JsonValue value) { return read_proof_keys(value); }
};

// Why there are no tries of a block (ChainView::tries_at).
RpcError tries_error(const Error& error);

// Against the state root of the block's header: what a dev chain changed by hand since is not in
// it.
Answer eth_get_proof(Context& context, const Address& address, const ProofKeys& keys,
                     const std::optional<BlockId>& block);

}  // namespace cairn::api
