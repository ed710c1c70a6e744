#pragma once
// A journaled layer over a StateView: what transactions write before it becomes a changeset.
// It lives for a block; snapshots and reverts are those of call frames inside a transaction.
// One thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "state/changeset.hpp"
#include "state/state_view.hpp"
#include "types/fork.hpp"
#include "types/log.hpp"

namespace cairn::state {

// The values of one slot: now, and when the transaction began.
struct SlotValues {
  U256 original;
  U256 current;
};

class Overlay {
 public:
  // `base` must outlive the overlay.
  explicit Overlay(const StateView& base);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  // Accounts. Null: does not exist. The pointer is valid until the next call that changes anything.
  const types::Account* account(const Address& address);
  std::shared_ptr<const Bytes> code(const Address& address);  // never null
  bool has_storage(const Address& address);
  // The changes below make an empty account where there is none and touch it (EIP-161); taking
  // nothing away is no change. A balance that would go below zero is a broken invariant.
  // False where the balance would pass 2^256 - 1, at which it stays: no chain has so much ether,
  // but a cheat may give it.
  bool add_balance(const Address& address, const U256& wei);
  void subtract_balance(const Address& address, const U256& wei);
  void set_balance(const Address& address, const U256& wei);
  void set_nonce(const Address& address, std::uint64_t nonce);
  void set_code(const Address& address, BytesView code);
  // A contract is being created here: storage cleared, nonce and code reset, the balance kept.
  void create_account(const Address& address);
  void clear_storage(const Address& address);
  bool is_created_here(const Address& address) const;
  bool mark_destructed(const Address& address);  // false if it was already
  void delete_account(const Address& address);   // at once, with its storage

  // Storage. Writing a slot does not make or touch the account.
  U256 storage(const Address& address, const U256& key);
  SlotValues set_storage(const Address& address, const U256& key,
                         const U256& value);  // values before
  U256 transient_storage(const Address& address, const U256& key) const;
  void set_transient_storage(const Address& address, const U256& key, const U256& value);

  // EIP-2929: true if it was cold; warm from now on.
  bool warm_account(const Address& address);
  bool warm_slot(const Address& address, const U256& key);

  void add_log(types::Log log);
  const std::vector<types::Log>& logs() const;  // of this transaction

  // Everything above can be undone. Snapshots do not outlive their transaction. One touch stays:
  // see kRipemd in overlay.cpp.
  std::size_t snapshot() const;
  void revert_to(std::size_t snapshot);

  // Ends a transaction: destructed accounts go, touched empty ones too from Spurious Dragon on
  // (EIP-161); warmth, transient storage, logs and original values begin anew. Returns the logs.
  std::vector<types::Log> end_transaction(types::Fork fork);

  // All that differs from the base. Call between transactions.
  Changeset changeset() const;
  // Takes a changeset's `after` values as if an earlier transaction had written them (cheats, state
  // overrides). Call between transactions.
  void apply(const Changeset& changeset);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::state
