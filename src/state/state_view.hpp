#pragma once
// The world state at one moment, read-only: all that execution asks of what lies below.

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/account.hpp"

namespace cairn::state {

// The state cannot be read: the disk failed, or stored bytes cannot be as they are.
class StateFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Part of the state is at another node, which does not give it now: later it may. The sentence says
// who was asked, for what, and what came instead.
class StateUnavailable : public StateFault {
 public:
  using StateFault::StateFault;
};

// Called for each slot that is not zero, in no order that means anything; false ends the walk.
using SlotVisitor = std::function<bool(const U256& key, const U256& value)>;

// Answers never change during the view's life. Unless an implementation says otherwise any thread
// may ask. A fault of the disk is an exception (StateFault): there is no answer to go on with.
class StateView {
 public:
  virtual ~StateView() = default;

  virtual std::optional<types::Account> account(const Address& address) const = 0;
  virtual U256 storage(const Address& address, const U256& key) const = 0;  // 0 where nothing is
  virtual std::shared_ptr<const Bytes> code(
      const Hash256& code_hash) const = 0;                     // null: unknown hash
  virtual bool has_storage(const Address& address) const = 0;  // any slot that is not zero
  // Asked only when a contract with storage is destroyed or built over: costs a look at each slot.
  virtual void for_each_slot(const Address& address, const SlotVisitor& visit) const = 0;
  // Whether slots may be there that for_each_slot does not visit: another node has them.
  virtual bool has_unlisted_storage(const Address& address) const = 0;
};

}  // namespace cairn::state
