#pragma once
// How an overlay remembers: entries of accounts and slots found through index tables, and a journal
// of steps to take back. For overlay*.cpp alone.

#include <bit>
#include <cstring>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crypto/keccak.hpp"
#include "state/index_table.hpp"
#include "state/overlay.hpp"

namespace cairn::state {

// Hashes are seeded by chance, so that nobody can choose slots that collide. Results never depend
// on the seed: entries are walked in the order of their first use.
std::uint64_t overlay_hash_seed();

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const base::Uint128 product = base::Uint128{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

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

struct Overlay::Impl {
  using Kind = Change::Kind;

  explicit Impl(const StateView& view) : base(view) {}

  const StateView& base;
  const std::uint64_t seed = overlay_hash_seed();
  std::uint32_t transaction = 1;

  StableVector<AccountEntry> accounts;
  IndexTable account_index;
  StableVector<SlotEntry> slots;
  IndexTable slot_index;
  std::vector<TransientEntry> transients;
  IndexTable transient_index;

  std::vector<Change> journal;
  std::vector<std::uint32_t> touched;     // accounts, in this transaction
  std::vector<std::uint32_t> destructed;  // as above
  bool ripemd_touch_stays = false;
  std::vector<types::Log> logs;
  std::unordered_map<Hash256, std::shared_ptr<const Bytes>> new_codes;
  const std::shared_ptr<const Bytes> no_code = std::make_shared<const Bytes>();

  std::uint32_t last_account = kNoIndex;  // most calls ask for the same one again

  std::uint64_t hash(const Address& address) const {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint32_t c = 0;
    std::memcpy(&a, address.data(), 8);
    std::memcpy(&b, address.data() + 8, 8);
    std::memcpy(&c, address.data() + 16, 4);
    return fold(fold(a ^ seed, b ^ 0x9e3779b97f4a7c15) ^ c, seed ^ 0xff51afd7ed558ccd);
  }

  std::uint64_t hash(std::uint32_t account, const U256& key) const {
    const std::uint64_t low = fold(key[0] ^ seed, key[1] ^ 0x9e3779b97f4a7c15);
    const std::uint64_t high = fold(key[2] ^ seed ^ account, key[3] ^ 0xc4ceb9fe1a85ec53);
    return fold(low ^ std::rotl(high, 32), seed ^ 0xff51afd7ed558ccd);
  }

  std::uint32_t find_account(const Address& address) const {
    if (last_account != kNoIndex && accounts[last_account].address == address) {
      return last_account;
    }
    return account_index.find(hash(address),
                              [&](std::uint32_t i) { return accounts[i].address == address; });
  }

  // The entry of an address, made if need be; nothing is asked of the base yet.
  std::uint32_t entry_of(const Address& address) {
    std::uint32_t i = find_account(address);
    if (i == kNoIndex) {
      i = accounts.size();
      accounts.append().address = address;
      account_index.insert(hash(address), i,
                           [&](std::uint32_t at) { return hash(accounts[at].address); });
    }
    last_account = i;
    return i;
  }

  std::uint32_t load_account(const Address& address) {
    const std::uint32_t i = entry_of(address);
    AccountEntry& entry = accounts[i];
    if (!entry.loaded) {
      if (const auto found = base.account(address)) {
        entry.base = *found;
        entry.existed = true;
      }
      entry.now = entry.base;
      entry.exists = entry.existed;
      entry.loaded = true;
    }
    return i;
  }

  std::uint32_t slot_entry_of(std::uint32_t account, const U256& key) {
    const std::uint64_t h = hash(account, key);
    std::uint32_t i = slot_index.find(h, [&](std::uint32_t at) {
      const SlotEntry& slot = slots[at];
      return slot.account == account && slot.key == key;
    });
    if (i == kNoIndex) {
      i = slots.size();
      SlotEntry& slot = slots.append();
      slot.account = account;
      slot.key = key;
      slot.next = std::exchange(accounts[account].first_slot, i);
      slot_index.insert(h, i,
                        [&](std::uint32_t at) { return hash(slots[at].account, slots[at].key); });
    }
    return i;
  }

  std::uint32_t load_slot(const Address& address, const U256& key) {
    const std::uint32_t account = entry_of(address);
    const std::uint32_t i = slot_entry_of(account, key);
    SlotEntry& slot = slots[i];
    if (!slot.loaded && !accounts[account].storage_cleared) {
      slot.base = base.storage(address, key);
      slot.current = slot.base;
      slot.written_in = 0;
      slot.loaded = true;
    }
    return i;
  }

  U256 original_of(const SlotEntry& slot) const {
    return slot.written_in == transaction ? slot.original : slot.current;
  }

  void note(Kind kind, std::uint32_t index, const U256& value = {}, std::uint32_t number = 0) {
    journal.push_back({kind, index, number, value});
  }

  void touch(std::uint32_t i, bool ripemd_stays = false) {
    AccountEntry& entry = accounts[i];
    if (entry.touched_in != transaction || ripemd_stays) {
      note(Kind::touched, i, {}, ripemd_stays ? 1 : 0);
      entry.touched_in = transaction;
      touched.push_back(i);
    }
  }

  void set_exists(std::uint32_t i, bool exists) {
    AccountEntry& entry = accounts[i];
    if (entry.exists != exists) {
      note(Kind::exists, i, entry.exists ? 1 : 0);
      entry.exists = exists;
    }
  }

  void change_balance(std::uint32_t i, const U256& wei) {
    note(Kind::balance, i, accounts[i].now.balance);
    accounts[i].now.balance = wei;
  }

  void change_nonce(std::uint32_t i, std::uint64_t nonce) {
    note(Kind::nonce, i, accounts[i].now.nonce);
    accounts[i].now.nonce = nonce;
  }

  void change_code(std::uint32_t i, const Hash256& code_hash, std::shared_ptr<const Bytes> code) {
    AccountEntry& entry = accounts[i];
    note(Kind::code_hash, i, base::to_u256(entry.now.code_hash));
    entry.now.code_hash = code_hash;
    entry.code = std::move(code);
  }

  // For a change: existing and touched.
  std::uint32_t make(const Address& address) {
    const std::uint32_t i = load_account(address);
    set_exists(i, true);
    touch(i);
    return i;
  }

  void clear_storage(std::uint32_t i) {
    AccountEntry& entry = accounts[i];
    if (!entry.storage_cleared) {
      note(Kind::storage_cleared, i, 0);
      entry.storage_cleared = true;
    }
    for (std::uint32_t at = entry.first_slot; at != kNoIndex; at = slots[at].next) {
      SlotEntry& slot = slots[at];
      if (!slot.current.is_zero() || !original_of(slot).is_zero()) {
        note(Kind::slot_original, at, slot.original, slot.written_in);
        note(Kind::slot_current, at, slot.current);
        slot.original = {};
        slot.current = {};
        slot.written_in = transaction;
      }
    }
  }

  void remove(std::uint32_t i) {
    set_exists(i, false);
    change_balance(i, 0);
    change_nonce(i, 0);
    change_code(i, crypto::kEmptyCodeHash, no_code);
    clear_storage(i);
  }

  std::shared_ptr<const Bytes> remember_code(const Hash256& code_hash, BytesView code) {
    auto& known = new_codes[code_hash];
    if (!known) {
      known = std::make_shared<const Bytes>(base::to_bytes(code));
    }
    return known;
  }

  void undo(const Change& change);
  void put_account(const Address& address, const AccountChange& change);
  AccountChange difference(std::uint32_t i);
};

}  // namespace cairn::state
