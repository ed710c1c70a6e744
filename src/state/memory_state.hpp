#pragma once
// A whole state in plain maps: for tests, single transactions and small tools. Many threads may
// read while none writes.

#include <map>

#include "state/changeset.hpp"
#include "state/state_view.hpp"
#include "types/genesis.hpp"

namespace cairn::state {

class MemoryState : public StateView {
 public:
  struct Entry {
    types::Account account;
    std::map<U256, U256> storage;  // none is zero

    bool operator==(const Entry&) const = default;
  };

  MemoryState() = default;
  // As in a genesis file or an official state test; slots of zero are left out.
  explicit MemoryState(const std::map<Address, types::GenesisAccount>& accounts);

  std::optional<types::Account> account(const Address& address) const override;
  U256 storage(const Address& address, const U256& key) const override;
  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override;
  bool has_storage(const Address& address) const override;
  void for_each_slot(const Address& address, const SlotVisitor& visit) const override;
  bool has_unlisted_storage(const Address&) const override { return false; }

  // Takes the changeset's `after` values.
  void apply(const Changeset& changeset);

  // The state root, computed anew; root_after: as it would be after the changeset (the receipts of
  // transactions before Byzantium have it).
  Hash256 root() const;
  Hash256 root_after(const Changeset& changeset) const;

  const std::map<Address, Entry>& accounts() const { return accounts_; }

 private:
  std::map<Address, Entry> accounts_;
  std::map<Hash256, std::shared_ptr<const Bytes>> codes_;
};

}  // namespace cairn::state
