#pragma once
// Keys and values of the state's columns. Numbers in keys are big-endian, so that key order is
// number order; numbers in values are big-endian without leading zeros.
//
//   accounts         address (20)                        -> account
//   slots            address (20), slot (32)             -> value, never zero
//   codes            code hash (32)                      -> code
//   account_trie     path, a byte a nibble               -> node
//   storage_trie     keccak256(address) (32), path       -> node
//   account_history  address (20), block (8)             -> account, empty: there was none
//   slot_history     address (20), slot (32), block (8)  -> value, empty: zero
//
//   account          form (1), size of nonce (1), nonce, size of balance (1), balance,
//                    [code hash (32) if form & 1], [storage root (32) if form & 2]
//
// On a fork a flat column holds only what differs from the source's state, and what is not there is
// as the source has it. So these stand too: an account that is gone (form & 4), one whose storage
// at the source shows through no longer (form & 8), a slot of zero (an empty value), and in the
// history kAsBelow for a key that had no flat entry. Storage roots are those of the local slots.
//
// A history entry holds the value before that block, so that the value at block N is that of the
// first entry above N, and where there is none the flat one. An account's record changes with its
// storage, because of the root.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/account.hpp"
#include "types/header.hpp"

namespace cairn::state {

struct AccountRecord {
  types::Account account;
  Hash256 storage_root = types::kEmptyTrieRoot;
  bool gone = false;
  bool hides_below = false;

  bool operator==(const AccountRecord&) const = default;
};

// No account and no slot is encoded so.
inline constexpr FixedBytes<1> kAsBelow{};

Bytes encode_account_record(const AccountRecord& record);
// Throws StateFault for bytes that encode_account_record does not write.
AccountRecord decode_account_record(BytesView bytes);

// Throws StateFault for more than 32 bytes.
U256 decode_slot_value(BytesView bytes);

Bytes slot_key(const Address& address, const U256& key);
Bytes storage_trie_key(const Hash256& hashed_address, BytesView path);
// `key`: that of the flat column.
Bytes history_key(BytesView key, std::uint64_t block);

}  // namespace cairn::state
