#pragma once
// A state with a changeset on top: what a block that is not stored would leave.

#include <memory>

#include "state/changeset.hpp"
#include "state/state_view.hpp"

namespace cairn::node {

class ChangedState final : public state::StateView {
 public:
  ChangedState(std::shared_ptr<const state::StateView> base, state::Changeset changes)
      : base_(std::move(base)), changes_(std::move(changes)) {}
  const state::Changeset& changes() const { return changes_; }

  std::optional<types::Account> account(const Address& address) const override;
  U256 storage(const Address& address, const U256& key) const override;
  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override;
  bool has_storage(const Address& address) const override;
  void for_each_slot(const Address& address, const state::SlotVisitor& visit) const override;
  bool has_unlisted_storage(const Address& address) const override;

 private:
  const state::AccountChange* change_of(const Address& address) const;

  std::shared_ptr<const state::StateView> base_;
  state::Changeset changes_;
};

}  // namespace cairn::node
