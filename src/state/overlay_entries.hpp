#pragma once
// What an overlay remembers of accounts and slots, and the steps by which it goes back.

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "state/index_table.hpp"
#include "types/account.hpp"

namespace cairn::state {

struct AccountEntry {
  Address address;
  bool loaded = false;           // `now` and `base` are known
  bool exists = false;           // in this overlay
  bool existed = false;          // in the base
  bool storage_cleared = false;  // the base's storage no longer shows through
  // The transaction in which it became so; 0: never.
  std::uint32_t warm_in = 0;
  std::uint32_t touched_in = 0;
  std::uint32_t created_in = 0;
  std::uint32_t destructed_in = 0;
  std::uint32_t first_slot = kNoIndex;
  types::Account now;
  types::Account base;
  std::shared_ptr<const Bytes> code;  // of now.code_hash, once asked for
};

struct SlotEntry {
  std::uint32_t account = kNoIndex;
  std::uint32_t next = kNoIndex;  // of the same account
  std::uint32_t warm_in = 0;
  std::uint32_t written_in = 0;  // `original` holds for this transaction
  bool loaded = false;           // `base` is known; not so where the storage was cleared before
  U256 key;
  U256 base;
  U256 original;
  U256 current;
};

struct TransientEntry {
  std::uint32_t account = kNoIndex;
  U256 key;
  U256 value;
};

// One step to take back.
struct Change {
  enum class Kind : std::uint8_t {
    balance,          // value
    nonce,            // value
    code_hash,        // value
    exists,           // value
    storage_cleared,  // value
    warm_account,
    touched,        // number: not zero where kRipemd's touch stays
    created,        // number: created_in
    destructed,     // number: destructed_in
    slot_current,   // value
    slot_original,  // value, number: written_in
    warm_slot,
    transient,  // value
    log,
  };

  Kind kind;
  std::uint32_t index;  // of the account, slot or transient entry
  std::uint32_t number;
  U256 value;
};

}  // namespace cairn::state
