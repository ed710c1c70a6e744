#include "node/pending_block.hpp"

namespace cairn::node {

PendingBlock::PendingBlock(std::shared_ptr<const chain::ChainView> parent,
                           chain::ProducedBlock produced)
    : parent_(std::move(parent)),
      header_(produced.block.header),
      receipts_(std::make_shared<const chain::Receipts>(std::move(produced.receipts))),
      state_(std::make_shared<const ChangedState>(parent_->state(), std::move(produced.changes))),
      sealed_(std::make_shared<chain::SealedBlock>()) {
  sealed_->block = std::move(produced.block);
  sealed_->transaction_hashes = std::move(produced.transaction_hashes);
  sealed_->senders = std::move(produced.senders);
}

std::shared_ptr<const chain::SealedBlock> PendingBlock::block() const {
  std::call_once(rooted_, [this] {
    types::Header& header = sealed_->block.header;
    header.state_root = parent_->state_root_after(state_->changes());
    sealed_->hash = types::header_hash(header);
  });
  return sealed_;
}

Result<state::Tries> PendingBlock::tries(const std::atomic<bool>* stop) const {
  CAIRN_TRY(state::Tries out,
            parent_->tries_at(parent_->number(), chain::ChainView::Cheats::included, stop));
  out.apply(state_->changes());
  return out;
}

}  // namespace cairn::node
