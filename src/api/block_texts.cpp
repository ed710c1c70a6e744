#include "api/block_texts.hpp"

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/objects.hpp"

namespace cairn::api {

Text message_end(std::string result) {
  result += "}}";
  return std::make_shared<const std::string>(std::move(result));
}

BlockTexts::BlockTexts(std::shared_ptr<const chain::SealedBlock> block,
                       std::shared_ptr<const chain::Receipts> receipts, bool removed)
    : block_(std::move(block)), receipts_(std::move(receipts)), removed_(removed) {}

Text BlockTexts::header() {
  if (!header_) {
    JsonWriter out;
    write_header(out, {block_->hash, block_->block.header});
    header_ = message_end(std::move(out).take());
  }
  return header_;
}

std::vector<Text> BlockTexts::logs(const chain::LogFilter& filter) {
  if (!all_logs_) {
    all_logs_ = chain::logs_of(*block_, *receipts_, {});
    log_texts_.resize(all_logs_->size());
  }
  std::vector<Text> out;
  for (std::size_t i = 0; i < all_logs_->size(); ++i) {
    const chain::FoundLog& log = (*all_logs_)[i];
    if (!chain::matches(filter, log.log)) {
      continue;
    }
    if (!log_texts_[i]) {
      JsonWriter writer;
      write_log(writer, log, removed_);
      log_texts_[i] = message_end(std::move(writer).take());
    }
    out.push_back(log_texts_[i]);
  }
  return out;
}

Text BlockTexts::receipts(const std::vector<Hash256>& transactions,
                          const types::ChainConfig& config) {
  std::vector<std::uint32_t> indices;
  const auto& hashes = block_->transaction_hashes;
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (transactions.empty() || std::ranges::binary_search(transactions, hashes[i])) {
      indices.push_back(i);
    }
  }
  if (indices.empty()) {
    return nullptr;
  }
  if (!transactions.empty()) {
    return message_end(receipts_text(indices, config));
  }
  if (!all_receipts_) {
    all_receipts_ = message_end(receipts_text(indices, config));
  }
  return all_receipts_;
}

std::string BlockTexts::receipts_text(const std::vector<std::uint32_t>& indices,
                                      const types::ChainConfig& config) const {
  JsonWriter out;
  out.begin_array();
  for (const std::uint32_t index : indices) {
    write_receipt(out, *block_, *receipts_, index, logs_before(*receipts_, index), config);
  }
  out.end_array();
  return std::move(out).take();
}

BlockTexts& BlockTextsCache::at(const chain::ChainView& chain, std::uint64_t number) {
  constexpr std::size_t kMost = 64;
  const auto found = blocks_.find(number);
  if (found != blocks_.end()) {
    return found->second;
  }
  if (blocks_.size() >= kMost) {
    blocks_.clear();
  }
  return blocks_.emplace(number, BlockTexts(chain.block_at(number), chain.receipts_at(number)))
      .first->second;
}

}  // namespace cairn::api
