#include "node/block_replay.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "node/changed_state.hpp"

namespace cairn::node {

BlockReplay::BlockReplay(std::shared_ptr<const chain::ChainView> chain,
                         std::shared_ptr<const chain::SealedBlock> block,
                         std::shared_ptr<const state::StateView> before,
                         execution::BlockEnvironment environment)
    : chain_(std::move(chain)),
      block_(std::move(block)),
      before_(std::move(before)),
      overlay_(*before_),
      processor_(overlay_, block_->block.header, chain_->config(), std::move(environment)) {
  processor_.begin();
}

Result<std::unique_ptr<BlockReplay>> BlockReplay::open(
    std::shared_ptr<const chain::ChainView> chain, std::shared_ptr<const chain::SealedBlock> block,
    execution::BlockEnvironment environment) {
  const types::Header& header = block->block.header;
  if (header.number == 0) {
    return fail(ErrorCode::not_found, "genesis is not traceable");
  }
  const auto parent = chain->header_at(header.number - 1);
  auto before =
      parent && parent->hash == header.parent_hash ? chain->state_at(header.number - 1) : nullptr;
  if (before == nullptr) {
    return fail(ErrorCode::not_found,
                fmt::format("block {} not found", base::to_hex(header.parent_hash)));
  }
  return std::unique_ptr<BlockReplay>(new BlockReplay(std::move(chain), std::move(block),
                                                      std::move(before), std::move(environment)));
}

Result<execution::TransactionOutcome> BlockReplay::run_next(trace::TransactionTracer* tracer,
                                                            const std::atomic<bool>* stop) {
  const std::size_t index = next_++;
  const types::Transaction& transaction = block_->block.transactions[index];
  processor_.set_stop(stop);
  if (tracer != nullptr) {
    tracer->begin({.overlay = overlay_,
                   .environment = processor_.environment(),
                   .transaction = transaction,
                   .sender = block_->senders[index],
                   .base = *before_,
                   .hash = block_->transaction_hashes[index],
                   .block_hash = block_->hash,
                   .index = index,
                   .first_log_index = logs_});
  }
  // A dev chain's impersonated sender may have been a contract (EIP-3607).
  auto outcome = processor_.add(transaction, block_->senders[index], tracer, {.sender_code = true});
  if (!outcome) {
    return fail(ErrorCode::conflict, fmt::format("tracing failed: {}", outcome.error().message));
  }
  logs_ += outcome->receipt.logs.size();
  if (tracer != nullptr) {
    tracer->end(*outcome);
  }
  return *std::move(outcome);
}

Result<> BlockReplay::skip_to(std::size_t index, const std::atomic<bool>* stop) {
  while (next_ < index && !is_done()) {
    CAIRN_CHECK(run_next(nullptr, stop));
  }
  return {};
}

std::shared_ptr<const state::StateView> BlockReplay::state_so_far() const {
  return std::make_shared<ChangedState>(before_, overlay_.changeset());
}

}  // namespace cairn::node
