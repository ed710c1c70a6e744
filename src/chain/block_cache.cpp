#include "chain/block_cache.hpp"

#include <algorithm>

namespace cairn::chain {

BlockCache::Slot& BlockCache::touch(const Hash256& hash) {
  const auto [found, is_new] = slots_.try_emplace(hash);
  if (is_new) {
    newest_first_.push_front(hash);
    found->second.age = newest_first_.begin();
  } else {
    newest_first_.splice(newest_first_.begin(), newest_first_, found->second.age);
  }
  return found->second;
}

void BlockCache::weigh(const Hash256& hash, Slot& slot) {
  weight_ -= slot.weight;
  slot.weight = 1 + std::max(slot.cached.block ? slot.cached.block->senders.size() : 0,
                             slot.cached.receipts ? slot.cached.receipts->size() : 0);
  weight_ += slot.weight;
  while (weight_ > capacity_ && newest_first_.back() != hash) {
    const auto oldest = slots_.find(newest_first_.back());
    weight_ -= oldest->second.weight;
    slots_.erase(oldest);
    newest_first_.pop_back();
  }
}

BlockCache::Cached BlockCache::find(const Hash256& hash) {
  const std::scoped_lock lock(mutex_);
  return slots_.contains(hash) ? touch(hash).cached : Cached{};
}

void BlockCache::put_block(const Hash256& hash, std::shared_ptr<const SealedBlock> block) {
  const std::scoped_lock lock(mutex_);
  Slot& slot = touch(hash);
  slot.cached.block = std::move(block);
  weigh(hash, slot);
}

void BlockCache::put_receipts(const Hash256& hash, std::shared_ptr<const Receipts> receipts) {
  const std::scoped_lock lock(mutex_);
  Slot& slot = touch(hash);
  slot.cached.receipts = std::move(receipts);
  weigh(hash, slot);
}

}  // namespace cairn::chain
