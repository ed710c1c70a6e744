#pragma once
// Analysed bytecode by its hash, so that a contract is analysed once and not for each call.

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "evm/code.hpp"

namespace cairn::evm {

// Holds codes of at most `capacity` bytes of memory: bytecode, jump destinations, and the form that
// a code is translated to when it has run often. What was not asked for the longest goes first, and
// lives (and counts) on for those who hold it. Any thread may call.
class CodeCache {
 public:
  explicit CodeCache(std::size_t capacity = std::size_t{64} << 20) : capacity_(capacity) {}

  // Null: not here.
  std::shared_ptr<const Code> find(const Hash256& code_hash);

  // The caller vouches for the hash. Returns what is held under it from now on.
  std::shared_ptr<const Code> insert(const Hash256& code_hash, BytesView bytecode);

  // Of memory, as of now.
  std::size_t bytes() const { return *bytes_; }

 private:
  struct Entry {
    Hash256 code_hash;
    std::shared_ptr<const Code> code;
  };

  // With the lock held; the caller frees what it returns without it.
  std::list<Entry> drop_above_capacity();

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the last asked for in front
  std::unordered_map<Hash256, std::list<Entry>::iterator> by_hash_;
  const std::shared_ptr<Code::Tally> bytes_ = std::make_shared<Code::Tally>(0);
};

}  // namespace cairn::evm
