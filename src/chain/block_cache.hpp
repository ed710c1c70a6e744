#pragma once
// The newest and last asked blocks and receipts, decoded, by block hash. Any thread may call.

#include <list>
#include <mutex>
#include <unordered_map>

#include "chain/chain_view.hpp"

namespace cairn::chain {

class BlockCache {
 public:
  // `capacity`: transactions in all that are kept (a block counts as one more).
  explicit BlockCache(std::size_t capacity = 8'192) : capacity_(capacity) {}

  struct Cached {
    std::shared_ptr<const SealedBlock> block;
    std::shared_ptr<const Receipts> receipts;
  };
  // Either may be null.
  Cached find(const Hash256& hash);
  void put_block(const Hash256& hash, std::shared_ptr<const SealedBlock> block);
  void put_receipts(const Hash256& hash, std::shared_ptr<const Receipts> receipts);

 private:
  struct Slot {
    Cached cached;
    std::size_t weight = 0;
    std::list<Hash256>::iterator age;
  };
  Slot& touch(const Hash256& hash);
  void weigh(const Hash256& hash, Slot& slot);

  std::mutex mutex_;
  std::size_t capacity_;
  std::size_t weight_ = 0;
  std::list<Hash256> newest_first_;
  std::unordered_map<Hash256, Slot> slots_;
};

}  // namespace cairn::chain
