#include "state/account_trie.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace cairn::state {

Bytes trie_account(const types::Account& account, const Hash256& storage_root) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.number(account.nonce);
      fields.number(account.balance);
      fields.string(storage_root);
      fields.string(account.code_hash);
    });
  });
}

Bytes trie_slot(const U256& value) { return codec::encode_rlp_number(value); }

Hash256 trie_key(const Address& address) { return crypto::keccak256(address); }
Hash256 trie_key(const U256& slot) { return crypto::keccak256(base::to_hash(slot)); }

}  // namespace cairn::state
