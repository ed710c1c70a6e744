#include "evm/code_cache.hpp"

namespace cairn::evm {

std::shared_ptr<const Code> CodeCache::find(const Hash256& code_hash) {
  const std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(code_hash);
  if (found == by_hash_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->code;
}

std::shared_ptr<const Code> CodeCache::insert(const Hash256& code_hash, BytesView bytecode) {
  auto code = std::make_shared<const Code>(bytecode);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_hash_.find(code_hash); found != by_hash_.end()) {
    return found->second->code;  // another thread was faster
  }
  entries_.push_front({.code_hash = code_hash, .code = code});
  by_hash_[code_hash] = entries_.begin();
  bytes_ += code->size();
  while (bytes_ > capacity_ && entries_.size() > 1) {
    const Entry& last = entries_.back();
    bytes_ -= last.code->size();
    by_hash_.erase(last.code_hash);
    entries_.pop_back();
  }
  return code;
}

std::size_t CodeCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace cairn::evm
