#include "state/overlay_impl.hpp"

namespace cairn::state {

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
  const bool hides = entry.storage_cleared && (change.before || change.after) &&
                     base.has_unlisted_storage(entry.address);
  if (hides) {
    change.beneath = AccountChange::Beneath::hidden;
  }
  if (entry.storage_cleared && (hides || base.has_storage(entry.address))) {
    base.for_each_slot(entry.address, [&](const U256& key, const U256& value) {
      change.slots[key] = {value, {}};
      return true;
    });
  }
  for (std::uint32_t at = entry.first_slot; at != kNoIndex; at = slots[at].next) {
    const SlotEntry& slot = slots[at];
    if (entry.storage_cleared) {
      if (!slot.current.is_zero()) {
        const auto [listed, fresh] = change.slots.try_emplace(slot.key);
        if (fresh && hides) {
          listed->second.before = slot.loaded ? slot.base : base.storage(entry.address, slot.key);
        }
        listed->second.after = slot.current;
      }
    } else if (slot.loaded && slot.base != slot.current) {
      change.slots[slot.key] = {slot.base, slot.current};
    }
  }
  if (entry.storage_cleared && !hides) {  // a slot may have its old value again
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
    if (change.before == change.after && change.slots.empty() &&
        change.beneath == AccountChange::Beneath::stays) {
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
  if (change.beneath == AccountChange::Beneath::hidden) {
    clear_storage(i);
  }
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
