#include "state/overlay.hpp"

#include <random>
#include <stdexcept>

#include "state/overlay_impl.hpp"

namespace cairn::state {
namespace {

// The RIPEMD-160 precompile. A touch of it while it is an empty account survives the revert of the
// frame that did it: what main net did in block 2,675,119, and so every client since.
constexpr Address kRipemd = "0x0000000000000000000000000000000000000003"_address;

}  // namespace

std::uint64_t overlay_hash_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }();
  return seed;
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
  if (!zeroed_here || impl.base.has_unlisted_storage(address)) {
    return true;
  }
  bool left = false;
  impl.base.for_each_slot(address, [&](const U256& key, const U256&) {
    left = !impl.slots[impl.load_slot(address, key)].current.is_zero();
    return !left;
  });
  return left;
}

bool Overlay::add_balance(const Address& address, const U256& wei) {
  const std::uint32_t i = impl_->load_account(address);
  const AccountEntry& entry = impl_->accounts[i];
  const bool empty_touch = wei.is_zero() && entry.exists && entry.now.is_empty();
  impl_->set_exists(i, true);
  bool fits = true;
  if (!wei.is_zero()) {
    const auto [sum, carry] = base::add_with_carry(entry.now.balance, wei);
    fits = !carry;
    impl_->change_balance(i, fits ? sum : ~U256{});
  }
  impl_->touch(i, empty_touch && address == kRipemd);
  return fits;
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

void Overlay::clear_storage(const Address& address) {
  impl_->clear_storage(impl_->load_account(address));
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

}  // namespace cairn::state
