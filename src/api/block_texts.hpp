#pragma once
// What subscribers are told of a block, as the ends of messages (Peer::push): each text is made
// once, when the first asks for it, and shared by all. One thread.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chain/chain.hpp"
#include "chain/log_query.hpp"

namespace cairn::api {

using Text = std::shared_ptr<const std::string>;

// The end of an eth_subscription message whose result is this JSON.
Text message_end(std::string result);

class BlockTexts {
 public:
  // `removed`: the block was taken back.
  BlockTexts(std::shared_ptr<const chain::SealedBlock> block,
             std::shared_ptr<const chain::Receipts> receipts, bool removed = false);

  const chain::SealedBlock& block() const { return *block_; }
  std::uint64_t number() const { return block_->block.header.number; }

  Text header();
  std::vector<Text> logs(const chain::LogFilter& filter);
  // An array with the receipts of these transactions (sorted hashes; none: of all); null where the
  // block has none of them.
  Text receipts(const std::vector<Hash256>& transactions, const types::ChainConfig& config);

 private:
  std::string receipts_text(const std::vector<std::uint32_t>& indices,
                            const types::ChainConfig& config) const;

  std::shared_ptr<const chain::SealedBlock> block_;
  std::shared_ptr<const chain::Receipts> receipts_;
  bool removed_;
  Text header_;
  Text all_receipts_;
  std::optional<std::vector<chain::FoundLog>> all_logs_;
  std::vector<Text> log_texts_;  // by log index; null: not made yet
};

// The blocks of a chain that are told of just now.
class BlockTextsCache {
 public:
  BlockTexts& at(const chain::ChainView& chain, std::uint64_t number);
  void clear() { blocks_.clear(); }  // the chain's blocks are others now

 private:
  std::map<std::uint64_t, BlockTexts> blocks_;
};

}  // namespace cairn::api
