#include "state/memory_state.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/keccak.hpp"
#include "state/account_trie.hpp"
#include "state/trie_builder.hpp"

namespace cairn::state {
namespace {

Hash256 root_of(std::vector<std::pair<Hash256, Bytes>> pairs) {
  std::ranges::sort(pairs);
  TrieBuilder builder;
  for (const auto& [key, value] : pairs) {
    builder.add(key, value);
  }
  return builder.root();
}

Hash256 storage_root(const std::map<U256, U256>& storage) {
  std::vector<std::pair<Hash256, Bytes>> pairs;
  pairs.reserve(storage.size());
  for (const auto& [key, value] : storage) {
    pairs.emplace_back(trie_key(key), trie_slot(value));
  }
  return root_of(std::move(pairs));
}

}  // namespace

MemoryState::MemoryState(const std::map<Address, types::GenesisAccount>& accounts) {
  for (const auto& [address, given] : accounts) {
    Entry& entry = accounts_[address];
    entry.account.nonce = given.nonce;
    entry.account.balance = given.balance;
    if (!given.code.empty()) {
      entry.account.code_hash = crypto::keccak256(given.code);
      codes_.emplace(entry.account.code_hash, std::make_shared<const Bytes>(given.code));
    }
    std::ranges::copy_if(given.storage, std::inserter(entry.storage, entry.storage.end()),
                         [](const auto& slot) { return !slot.second.is_zero(); });
  }
}

std::optional<types::Account> MemoryState::account(const Address& address) const {
  const auto found = accounts_.find(address);
  return found == accounts_.end() ? std::nullopt : std::optional{found->second.account};
}

U256 MemoryState::storage(const Address& address, const U256& key) const {
  const auto found = accounts_.find(address);
  if (found == accounts_.end()) {
    return {};
  }
  const auto slot = found->second.storage.find(key);
  return slot == found->second.storage.end() ? U256{} : slot->second;
}

std::shared_ptr<const Bytes> MemoryState::code(const Hash256& code_hash) const {
  const auto found = codes_.find(code_hash);
  return found == codes_.end() ? nullptr : found->second;
}

bool MemoryState::has_storage(const Address& address) const {
  const auto found = accounts_.find(address);
  return found != accounts_.end() && !found->second.storage.empty();
}

void MemoryState::for_each_slot(const Address& address, const SlotVisitor& visit) const {
  const auto found = accounts_.find(address);
  if (found == accounts_.end()) {
    return;
  }
  for (const auto& [key, value] : found->second.storage) {
    if (!visit(key, value)) {
      return;
    }
  }
}

void MemoryState::apply(const Changeset& changeset) {
  codes_.insert(changeset.codes.begin(), changeset.codes.end());
  for (const auto& [address, change] : changeset.accounts) {
    if (!change.after) {
      accounts_.erase(address);
      continue;
    }
    Entry& entry = accounts_[address];
    entry.account = *change.after;
    for (const auto& [key, slot] : change.slots) {
      if (slot.after.is_zero()) {
        entry.storage.erase(key);
      } else {
        entry.storage[key] = slot.after;
      }
    }
  }
}

Hash256 MemoryState::root() const {
  std::vector<std::pair<Hash256, Bytes>> pairs;
  pairs.reserve(accounts_.size());
  for (const auto& [address, entry] : accounts_) {
    pairs.emplace_back(trie_key(address), trie_account(entry.account, storage_root(entry.storage)));
  }
  return root_of(std::move(pairs));
}

Hash256 MemoryState::root_after(const Changeset& changeset) const {
  MemoryState next = *this;
  next.apply(changeset);
  return next.root();
}

}  // namespace cairn::state
