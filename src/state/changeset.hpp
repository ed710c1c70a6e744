#pragma once
// What a block (or a cheat of a dev chain) did to the state: every account and slot touched, with
// its value before and after. Forwards it makes the next state, backwards it undoes the block, and
// the history index is built from it. Plain addresses and slots; canonical order, so that equal
// changes have equal bytes.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"
#include "types/account.hpp"

namespace cairn::state {

struct SlotChange {
  U256 before;
  U256 after;

  bool operator==(const SlotChange&) const = default;
};

struct AccountChange {
  std::optional<types::Account> before;
  std::optional<types::Account> after;
  // Slots that differ. An account that was destroyed lists every slot it had, with after = 0.
  std::map<U256, SlotChange> slots;
  // On a fork: `hidden`, the source's storage of this account shows through no longer, and slots
  // that are set to what it has there are listed too; `shown`, it does so again (inverted).
  enum class Beneath : std::uint8_t { stays, hidden, shown };
  Beneath beneath = Beneath::stays;

  bool operator==(const AccountChange&) const = default;
};

struct Changeset {
  std::map<Address, AccountChange> accounts;              // only those that differ
  std::map<Hash256, std::shared_ptr<const Bytes>> codes;  // new code by its hash; never undone

  bool empty() const { return accounts.empty(); }
};

// Before and after exchanged.
Changeset inverted(const Changeset& changeset);

// The compact record form; decode refuses anything that encode does not write.
Bytes encode_changeset(const Changeset& changeset);
Result<Changeset> decode_changeset(BytesView bytes);

}  // namespace cairn::state
