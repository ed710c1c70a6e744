#include "state/overlay.hpp"

#include <bit>
#include <cstring>
#include <random>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "crypto/keccak.hpp"
#include "state/index_table.hpp"

namespace cairn::state {
namespace {

// The RIPEMD-160 precompile. A touch of it while it is an empty account survives the revert of the
// frame that did it: what main net did in block 2,675,119, and so every client since.
constexpr Address kRipemd = "0x0000000000000000000000000000000000000003"_address;

// Hashes are seeded by chance, so that nobody can choose slots that collide. Results never depend
// on the seed: entries are walked in the order of their first use.
std::uint64_t process_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }();
  return seed;
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
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

}  // namespace

struct Overlay::Impl {
  using Kind = Change::Kind;

  explicit Impl(const StateView& view) : base(view) {}

  const StateView& base;
  const std::uint64_t seed = process_seed();
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

void Overlay::Impl::undo(const Change& change) {
  const std::uint32_t i = change.index;
  switch (change.kind) {
    case Kind::balance:
      accounts[i].now.balance = change.value;
      break;
    case Kind::nonce:
      accounts[i].now.nonce = change.value.low64();
      break;
    case Kind::code_hash:
      accounts[i].now.code_hash = base::to_hash(change.value);
      accounts[i].code = nullptr;
      break;
    case Kind::exists:
      accounts[i].exists = !change.value.is_zero();
      break;
    case Kind::storage_cleared:
      accounts[i].storage_cleared = !change.value.is_zero();
      break;
    case Kind::warm_account:
      accounts[i].warm_in = 0;
      break;
    case Kind::touched:
      touched.pop_back();
      accounts[i].touched_in = 0;
      ripemd_touch_stays |= change.number != 0;
      break;
    case Kind::created:
      accounts[i].created_in = change.number;
      break;
    case Kind::destructed:
      destructed.pop_back();
      accounts[i].destructed_in = change.number;
      break;
    case Kind::slot_current:
      slots[i].current = change.value;
      break;
    case Kind::slot_original:
      slots[i].original = change.value;
      slots[i].written_in = change.number;
      break;
    case Kind::warm_slot:
      slots[i].warm_in = 0;
      break;
    case Kind::transient:
      transients[i].value = change.value;
      break;
    case Kind::log:
      logs.pop_back();
      break;
  }
}

Overlay::Overlay(const StateView& base) : impl_(std::make_unique<Impl>(base)) {}
Overlay::~Overlay() = default;

const types::Account* Overlay::account(const Address& address) {
  const AccountEntry& entry = impl_->accounts[impl_->load_account(address)];
  return entry.exists ? &entry.now : nullptr;
}

std::shared_ptr<const Bytes> Overlay::code(const Address& address) {
  AccountEntry& entry = impl_->accounts[impl_->load_account(address)];
  if (!entry.exists || !entry.now.has_code()) {
    return impl_->no_code;
  }
  if (!entry.code) {
    const auto made_here = impl_->new_codes.find(entry.now.code_hash);
    entry.code = made_here != impl_->new_codes.end() ? made_here->second
                                                     : impl_->base.code(entry.now.code_hash);
    if (!entry.code) {
      throw StateFault("the code of an account is not in the state");
    }
  }
  return entry.code;
}

bool Overlay::has_storage(const Address& address) {
  Impl& impl = *impl_;
  const std::uint32_t i = impl.entry_of(address);
  const AccountEntry& entry = impl.accounts[i];
  bool zeroed_here = false;
  for (std::uint32_t at = entry.first_slot; at != kNoIndex; at = impl.slots[at].next) {
    const SlotEntry& slot = impl.slots[at];
    if (!slot.current.is_zero()) {
      return true;
    }
    zeroed_here |= !slot.base.is_zero();
  }
  if (entry.storage_cleared || !impl.base.has_storage(address)) {
    return false;
  }
  if (!zeroed_here) {
    return true;
  }
  bool left = false;
  impl.base.for_each_slot(address, [&](const U256& key, const U256&) {
    left = !impl.slots[impl.load_slot(address, key)].current.is_zero();
    return !left;
  });
  return left;
}

void Overlay::add_balance(const Address& address, const U256& wei) {
  const std::uint32_t i = impl_->load_account(address);
  const AccountEntry& entry = impl_->accounts[i];
  const bool empty_touch = wei.is_zero() && entry.exists && entry.now.is_empty();
  impl_->set_exists(i, true);
  if (!wei.is_zero()) {
    impl_->change_balance(i, entry.now.balance + wei);
  }
  impl_->touch(i, empty_touch && address == kRipemd);
}

void Overlay::subtract_balance(const Address& address, const U256& wei) {
  if (wei.is_zero()) {
    return;
  }
  const std::uint32_t i = impl_->make(address);
  const U256& balance = impl_->accounts[i].now.balance;
  if (balance < wei) {
    throw std::logic_error("a balance would go below zero");
  }
  impl_->change_balance(i, balance - wei);
}

void Overlay::set_balance(const Address& address, const U256& wei) {
  impl_->change_balance(impl_->make(address), wei);
}

void Overlay::set_nonce(const Address& address, std::uint64_t nonce) {
  impl_->change_nonce(impl_->make(address), nonce);
}

void Overlay::set_code(const Address& address, BytesView code) {
  const std::uint32_t i = impl_->make(address);
  if (code.empty()) {
    impl_->change_code(i, crypto::kEmptyCodeHash, impl_->no_code);
    return;
  }
  const Hash256 code_hash = crypto::keccak256(code);
  impl_->change_code(i, code_hash, impl_->remember_code(code_hash, code));
}

void Overlay::create_account(const Address& address) {
  const std::uint32_t i = impl_->make(address);
  AccountEntry& entry = impl_->accounts[i];
  impl_->change_nonce(i, 0);
  impl_->change_code(i, crypto::kEmptyCodeHash, impl_->no_code);
  impl_->clear_storage(i);
  impl_->note(Change::Kind::created, i, {}, entry.created_in);
  entry.created_in = impl_->transaction;
}

bool Overlay::is_created_here(const Address& address) const {
  const std::uint32_t i = impl_->find_account(address);
  return i != kNoIndex && impl_->accounts[i].created_in == impl_->transaction;
}

bool Overlay::mark_destructed(const Address& address) {
  const std::uint32_t i = impl_->load_account(address);
  AccountEntry& entry = impl_->accounts[i];
  if (entry.destructed_in == impl_->transaction) {
    return false;
  }
  impl_->note(Change::Kind::destructed, i, {}, entry.destructed_in);
  entry.destructed_in = impl_->transaction;
  impl_->destructed.push_back(i);
  return true;
}

void Overlay::delete_account(const Address& address) {
  impl_->remove(impl_->load_account(address));
}

U256 Overlay::storage(const Address& address, const U256& key) {
  return impl_->slots[impl_->load_slot(address, key)].current;
}

SlotValues Overlay::set_storage(const Address& address, const U256& key, const U256& value) {
  const std::uint32_t i = impl_->load_slot(address, key);
  SlotEntry& slot = impl_->slots[i];
  const SlotValues before{impl_->original_of(slot), slot.current};
  if (!(slot.current == value)) {
    impl_->note(Change::Kind::slot_current, i, slot.current);
    slot.original = before.original;
    slot.written_in = impl_->transaction;
    slot.current = value;
  }
  return before;
}

U256 Overlay::transient_storage(const Address& address, const U256& key) const {
  const std::uint32_t account = impl_->transients.empty() ? kNoIndex : impl_->find_account(address);
  if (account == kNoIndex) {
    return {};
  }
  const std::uint32_t i =
      impl_->transient_index.find(impl_->hash(account, key), [&](std::uint32_t at) {
        return impl_->transients[at].account == account && impl_->transients[at].key == key;
      });
  return i == kNoIndex ? U256{} : impl_->transients[i].value;
}

void Overlay::set_transient_storage(const Address& address, const U256& key, const U256& value) {
  auto& entries = impl_->transients;
  const std::uint32_t account = impl_->entry_of(address);
  const std::uint64_t hash = impl_->hash(account, key);
  std::uint32_t i = impl_->transient_index.find(hash, [&](std::uint32_t at) {
    return entries[at].account == account && entries[at].key == key;
  });
  if (i == kNoIndex) {
    i = static_cast<std::uint32_t>(entries.size());
    entries.push_back({account, key, {}});
    impl_->transient_index.insert(hash, i, [&](std::uint32_t at) {
      return impl_->hash(entries[at].account, entries[at].key);
    });
  }
  impl_->note(Change::Kind::transient, i, entries[i].value);
  entries[i].value = value;
}

bool Overlay::warm_account(const Address& address) {
  const std::uint32_t i = impl_->entry_of(address);
  AccountEntry& entry = impl_->accounts[i];
  if (entry.warm_in == impl_->transaction) {
    return false;
  }
  impl_->note(Change::Kind::warm_account, i);
  entry.warm_in = impl_->transaction;
  return true;
}

bool Overlay::warm_slot(const Address& address, const U256& key) {
  const std::uint32_t i = impl_->slot_entry_of(impl_->entry_of(address), key);
  SlotEntry& slot = impl_->slots[i];
  if (slot.warm_in == impl_->transaction) {
    return false;
  }
  impl_->note(Change::Kind::warm_slot, i);
  slot.warm_in = impl_->transaction;
  return true;
}

void Overlay::add_log(types::Log log) {
  impl_->logs.push_back(std::move(log));
  impl_->note(Change::Kind::log, 0);
}

const std::vector<types::Log>& Overlay::logs() const { return impl_->logs; }

std::size_t Overlay::snapshot() const { return impl_->journal.size(); }

void Overlay::revert_to(std::size_t snapshot) {
  while (impl_->journal.size() > snapshot) {
    impl_->undo(impl_->journal.back());
    impl_->journal.pop_back();
  }
}

std::vector<types::Log> Overlay::end_transaction(types::Fork fork) {
  for (const std::uint32_t i : impl_->destructed) {
    impl_->remove(i);
  }
  if (fork >= types::Fork::spurious_dragon) {
    if (impl_->ripemd_touch_stays) {
      impl_->touched.push_back(impl_->load_account(kRipemd));
    }
    for (const std::uint32_t i : impl_->touched) {
      if (impl_->accounts[i].exists && impl_->accounts[i].now.is_empty()) {
        impl_->remove(i);
      }
    }
  }
  impl_->destructed.clear();
  impl_->touched.clear();
  impl_->ripemd_touch_stays = false;
  impl_->journal.clear();
  if (!impl_->transients.empty()) {
    impl_->transients.clear();
    impl_->transient_index.clear();
  }
  ++impl_->transaction;
  return std::exchange(impl_->logs, {});
}

AccountChange Overlay::Impl::difference(std::uint32_t i) {
  load_account(accounts[i].address);
  const AccountEntry& entry = accounts[i];
  AccountChange change;
  if (entry.existed) {
    change.before = entry.base;
  }
  if (entry.exists) {
    change.after = entry.now;
  }
  if (entry.storage_cleared && base.has_storage(entry.address)) {
    base.for_each_slot(entry.address, [&](const U256& key, const U256& value) {
      change.slots[key] = {value, {}};
      return true;
    });
  }
  for (std::uint32_t at = entry.first_slot; at != kNoIndex; at = slots[at].next) {
    const SlotEntry& slot = slots[at];
    if (entry.storage_cleared) {
      if (!slot.current.is_zero()) {
        change.slots[slot.key].after = slot.current;
      }
    } else if (slot.loaded && slot.base != slot.current) {
      change.slots[slot.key] = {slot.base, slot.current};
    }
  }
  if (entry.storage_cleared) {  // a slot may have its old value again
    std::erase_if(change.slots, [](const auto& s) { return s.second.before == s.second.after; });
  }
  return change;
}

Changeset Overlay::changeset() const {
  Changeset out;
  for (std::uint32_t i = 0; i < impl_->accounts.size(); ++i) {
    const AccountEntry& entry = impl_->accounts[i];
    if (!entry.loaded && entry.first_slot == kNoIndex) {
      continue;
    }
    AccountChange change = impl_->difference(i);
    if (change.before == change.after && change.slots.empty()) {
      continue;
    }
    if (change.after) {
      const auto code = impl_->new_codes.find(change.after->code_hash);
      if (code != impl_->new_codes.end()) {
        out.codes.insert(*code);
      }
    }
    out.accounts.emplace(entry.address, std::move(change));
  }
  return out;
}

void Overlay::Impl::put_account(const Address& address, const AccountChange& change) {
  const std::uint32_t i = load_account(address);
  for (const auto& [key, slot] : change.slots) {
    slots[load_slot(address, key)].current = slot.after;
  }
  AccountEntry& entry = accounts[i];
  entry.exists = change.after.has_value();
  entry.now = change.after.value_or(types::Account{});
  entry.code = nullptr;
}

void Overlay::apply(const Changeset& changeset) {
  for (const auto& [hash, code] : changeset.codes) {
    impl_->new_codes.emplace(hash, code);
  }
  for (const auto& [address, change] : changeset.accounts) {
    impl_->put_account(address, change);
  }
  impl_->journal.clear();
  ++impl_->transaction;
}

}  // namespace cairn::state
