#pragma once
// The root over a store's flat state, from nothing but its values.

#include <map>
#include <memory>
#include <utility>

#include "state/memory_state.hpp"
#include "state/stored_state.hpp"

namespace cairn::testing {

inline Hash256 recomputed_root(std::shared_ptr<const store::Reader> reader) {
  const state::StoredState stored(std::move(reader));
  std::map<Address, types::GenesisAccount> all;
  stored.for_each_account(
      [&](const Address& address, const types::Account& account, const Hash256&) {
        types::GenesisAccount& copy = all[address];
        copy.nonce = account.nonce;
        copy.balance = account.balance;
        if (account.has_code()) {
          copy.code = *stored.code(account.code_hash);
        }
        stored.for_each_slot(address, [&](const U256& key, const U256& value) {
          copy.storage[key] = value;
          return true;
        });
        return true;
      });
  return state::MemoryState(all).root();
}

}  // namespace cairn::testing
