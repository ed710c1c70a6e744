#include "state/account_trie.hpp"

#include "crypto/keccak.hpp"
#include "state/trie_node.hpp"

namespace cairn::state {

Bytes trie_account(const types::Account& account, const Hash256& storage_root) {
  Bytes payload;
  payload.reserve(112);
  append_rlp_string(payload, base::to_be_compact(account.nonce));
  append_rlp_string(payload, base::to_be_compact(account.balance));
  append_rlp_string(payload, storage_root);
  append_rlp_string(payload, account.code_hash);
  return rlp_list(payload);
}

Bytes trie_slot(const U256& value) {
  Bytes out;
  append_rlp_string(out, base::to_be_compact(value));
  return out;
}

Hash256 trie_key(const Address& address) { return crypto::keccak256(address); }
Hash256 trie_key(const U256& slot) { return crypto::keccak256(base::to_hash(slot)); }

}  // namespace cairn::state
