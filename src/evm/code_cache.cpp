#include "evm/code_cache.hpp"

namespace cairn::evm {

// Codes grow while they run, after they were put in: so this is for each find too.
std::list<CodeCache::Entry> CodeCache::drop_above_capacity() {
  std::list<Entry> dropped;
  std::size_t going = 0;
  while (entries_.size() > 1 && *bytes_ > capacity_ + going) {
    going += entries_.back().code->memory();
    by_hash_.erase(entries_.back().code_hash);
    dropped.splice(dropped.begin(), entries_, std::prev(entries_.end()));
  }
  return dropped;
}

std::shared_ptr<const Code> CodeCache::find(const Hash256& code_hash) {
  std::list<Entry> dropped;  // freed without the lock
  const std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(code_hash);
  if (found == by_hash_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  dropped = drop_above_capacity();
  return entries_.front().code;
}

std::shared_ptr<const Code> CodeCache::insert(const Hash256& code_hash, BytesView bytecode) {
  auto code = std::make_shared<const Code>(bytecode, bytes_);
  std::list<Entry> dropped;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_hash_.find(code_hash); found != by_hash_.end()) {
    return found->second->code;  // another thread was faster
  }
  entries_.push_front({.code_hash = code_hash, .code = code});
  by_hash_[code_hash] = entries_.begin();
  dropped = drop_above_capacity();
  return code;
}

}  // namespace cairn::evm
