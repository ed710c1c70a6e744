#pragma once
// Runs the transactions of a block again, one after the other, each seen by a tracer of its own.
// Pure; one thread.

#include <memory>

#include "chain/chain_view.hpp"
#include "execution/block_processor.hpp"
#include "state/overlay.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::node {

class BlockReplay {
 public:
  // On the state that the block found, after its own system calls. `environment` is the block's.
  // Not found where the chain does not know the block's parent, or the block is the first one.
  static Result<std::unique_ptr<BlockReplay>> open(std::shared_ptr<const chain::ChainView> chain,
                                                   std::shared_ptr<const chain::SealedBlock> block,
                                                   execution::BlockEnvironment environment);

  const chain::SealedBlock& block() const { return *block_; }
  // Of the transaction that runs next.
  std::size_t next_index() const { return next_; }
  bool is_done() const { return next_ == block_->block.transactions.size(); }

  // Runs the next transaction. Conflict when its outcome cannot be had again (a rule has been
  // switched since). `stop` ends it early; what it says then means nothing.
  Result<execution::TransactionOutcome> run_next(trace::TransactionTracer* tracer = nullptr,
                                                 const std::atomic<bool>* stop = nullptr);
  // Who has to do with the transactions that run from now on.
  void keep_appearances() { processor_.keep_appearances(); }
  const std::vector<execution::Appearance>& appearances() const { return processor_.appearances(); }
  // Runs without a tracer up to this one.
  Result<> skip_to(std::size_t index, const std::atomic<bool>* stop = nullptr);

  state::Overlay& overlay() { return overlay_; }
  // The state after what has run, for calls on top of it.
  std::shared_ptr<const state::StateView> state_so_far() const;

 private:
  BlockReplay(std::shared_ptr<const chain::ChainView> chain,
              std::shared_ptr<const chain::SealedBlock> block,
              std::shared_ptr<const state::StateView> before,
              execution::BlockEnvironment environment);

  std::shared_ptr<const chain::ChainView> chain_;
  std::shared_ptr<const chain::SealedBlock> block_;
  std::shared_ptr<const state::StateView> before_;
  state::Overlay overlay_;
  execution::BlockProcessor processor_;
  std::size_t next_ = 0;
  std::uint64_t logs_ = 0;
};

}  // namespace cairn::node
