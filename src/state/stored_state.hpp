#pragma once
// The state in a store, at the head and at every block before it. state_writer.hpp writes it,
// state_keys.hpp explains the bytes.
//
// A block's changes and the cheats made on it belong to that block's number: the state "at N" is
// the one that block N + 1 was built on. While N is the head it is the flat state.
//
// On a fork the store holds what differs from `below`, the source's state at the block where the
// fork begins; the rest is asked of it (StateUnavailable). for_each_slot, for_each_account and the
// roots know what differs alone.

#include <cstdint>
#include <functional>
#include <memory>

#include "state/changeset.hpp"
#include "state/state_keys.hpp"
#include "state/state_view.hpp"
#include "store/store.hpp"

namespace cairn::state {

// Called for each account in the order of addresses; false ends the walk.
using AccountVisitor = std::function<bool(const Address& address, const types::Account& account,
                                          const Hash256& storage_root)>;

// The head's state behind a reader. A disk fault is store::StoreFault.
class StoredState : public StateView {
 public:
  explicit StoredState(std::shared_ptr<const store::Reader> reader,
                       std::shared_ptr<const StateView> below = nullptr);

  std::optional<types::Account> account(const Address& address) const override;
  U256 storage(const Address& address, const U256& key) const override;
  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override;
  bool has_storage(const Address& address) const override;
  void for_each_slot(const Address& address, const SlotVisitor& visit) const override;
  bool has_unlisted_storage(const Address& address) const override;
  void for_each_account(const AccountVisitor& visit) const;

  // Of the account trie, from its stored root node.
  Hash256 root() const;
  // As it would be after the changeset (receipts before Byzantium have it). Writes nothing.
  Hash256 root_after(const Changeset& changeset) const;

 private:
  std::shared_ptr<const store::Reader> reader_;
  std::shared_ptr<const StateView> below_;
};

// The state at a block, at most the head; one seek a question.
class PastState : public StateView {
 public:
  PastState(std::shared_ptr<const store::Reader> reader, std::uint64_t block,
            std::shared_ptr<const StateView> below = nullptr);

  std::optional<types::Account> account(const Address& address) const override;
  U256 storage(const Address& address, const U256& key) const override;
  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override;
  bool has_storage(const Address& address) const override;
  void for_each_slot(const Address& address, const SlotVisitor& visit) const override;
  bool has_unlisted_storage(const Address& address) const override;
  void for_each_account(const AccountVisitor& visit) const;

 private:
  // What the account's flat entry was then; nothing: there was none.
  std::optional<AccountRecord> record(const Address& address) const;

  std::shared_ptr<const store::Reader> reader_;
  std::uint64_t block_;
  std::shared_ptr<const StateView> below_;
};

}  // namespace cairn::state
