#include "node/changed_state.hpp"

namespace cairn::node {

const state::AccountChange* ChangedState::change_of(const Address& address) const {
  const auto found = changes_.accounts.find(address);
  return found == changes_.accounts.end() ? nullptr : &found->second;
}

std::optional<types::Account> ChangedState::account(const Address& address) const {
  const state::AccountChange* change = change_of(address);
  return change != nullptr ? change->after : base_->account(address);
}

U256 ChangedState::storage(const Address& address, const U256& key) const {
  if (const state::AccountChange* change = change_of(address)) {
    if (const auto slot = change->slots.find(key); slot != change->slots.end()) {
      return slot->second.after;
    }
    if (change->beneath == state::AccountChange::Beneath::hidden) {
      return {};
    }
  }
  return base_->storage(address, key);
}

std::shared_ptr<const Bytes> ChangedState::code(const Hash256& code_hash) const {
  const auto found = changes_.codes.find(code_hash);
  return found != changes_.codes.end() ? found->second : base_->code(code_hash);
}

bool ChangedState::has_storage(const Address& address) const {
  if (has_unlisted_storage(address)) {
    return base_->has_storage(address);
  }
  bool any = false;
  for_each_slot(address, [&](const U256&, const U256&) {
    any = true;
    return false;
  });
  return any;
}

bool ChangedState::has_unlisted_storage(const Address& address) const {
  const state::AccountChange* change = change_of(address);
  return (change == nullptr || change->beneath != state::AccountChange::Beneath::hidden) &&
         base_->has_unlisted_storage(address);
}

void ChangedState::for_each_slot(const Address& address, const state::SlotVisitor& visit) const {
  const state::AccountChange* change = change_of(address);
  if (change == nullptr) {
    base_->for_each_slot(address, visit);
    return;
  }
  for (const auto& [key, slot] : change->slots) {
    if (!slot.after.is_zero() && !visit(key, slot.after)) {
      return;
    }
  }
  base_->for_each_slot(address, [&](const U256& key, const U256& value) {
    return change->slots.contains(key) || visit(key, value);
  });
}

}  // namespace cairn::node
