#pragma once
// What stands in the state's tries (Yellow Paper 4.1): keys are keccak256 of address or slot.

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/account.hpp"
#include "types/header.hpp"

namespace cairn::state {

// rlp([nonce, balance, storage root, code hash])
Bytes trie_account(const types::Account& account,
                   const Hash256& storage_root = types::kEmptyTrieRoot);

// rlp(value); the value is not zero: a slot of zero is not in the trie.
Bytes trie_slot(const U256& value);

// keccak256(address), keccak256(slot as 32 bytes)
Hash256 trie_key(const Address& address);
Hash256 trie_key(const U256& slot);

}  // namespace cairn::state
