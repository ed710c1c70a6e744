#pragma once
// The world state at one moment, read-only: all that execution asks of what lies below.

#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/account.hpp"

namespace cairn::state {

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
};

}  // namespace cairn::state
