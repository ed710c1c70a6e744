#pragma once
// The block that would be built now: on the head, from the pool. Never stored. Any thread.

#include <memory>
#include <mutex>

#include "chain/chain.hpp"
#include "chain/chain_view.hpp"
#include "node/changed_state.hpp"
#include "state/tries.hpp"

namespace cairn::node {

class PendingBlock {
 public:
  PendingBlock(std::shared_ptr<const chain::ChainView> parent, chain::ProducedBlock produced);

  const std::shared_ptr<const chain::ChainView>& parent() const { return parent_; }
  // Without the state root.
  const types::Header& header() const { return header_; }
  // With the state root, which is found when this is called for the first time.
  std::shared_ptr<const chain::SealedBlock> block() const;
  std::shared_ptr<const chain::Receipts> receipts() const { return receipts_; }
  std::shared_ptr<const state::StateView> state() const { return state_; }
  // As ChainView::tries_at of the parent, with this block's changes.
  Result<state::Tries> tries(const std::atomic<bool>* stop = nullptr) const;

 private:
  std::shared_ptr<const chain::ChainView> parent_;
  types::Header header_;
  std::shared_ptr<const chain::Receipts> receipts_;
  std::shared_ptr<const ChangedState> state_;
  std::shared_ptr<chain::SealedBlock> sealed_;
  mutable std::once_flag rooted_;
};

}  // namespace cairn::node
