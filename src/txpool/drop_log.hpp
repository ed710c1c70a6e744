#pragma once
// Why transactions left the pool without a block: the newest 16,384, kept over a restart in column
// `drops`, key = sequence number (8 bytes, big-endian),
// value = rlp([hash, code, rule or empty, message, replaced by or empty]). One thread at a time.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

#include "store/store.hpp"
#include "txpool/refusal.hpp"

namespace cairn::txpool {

using Time = std::chrono::milliseconds;  // since any fixed moment

struct Dropped {
  Refusal reason;
  Time when{};  // 0 for one that was dropped before the last restart
  std::optional<Hash256> replaced_by{};
};

class DropLog {
 public:
  void note(const Hash256& hash, Dropped dropped);
  void forget(const Hash256& hash);  // it is in the pool again
  const Dropped* find(const Hash256& hash) const;

  // Writes what was noted since the last call, and erases from the store what is no longer kept.
  void write(store::Batch& batch);
  // What the store has. A value that write() does not write is an error that names its key.
  static Result<DropLog> read(const store::Reader& reader);

 private:
  struct Line {
    Hash256 hash;
    Dropped dropped;
  };
  void put(std::uint64_t sequence, Line line);

  std::map<std::uint64_t, Line> lines_;
  std::unordered_map<Hash256, std::uint64_t> newest_;  // of each hash
  std::uint64_t next_ = 1;
  std::uint64_t written_ = 1;       // the first that is not in the store
  std::uint64_t first_stored_ = 1;  // the oldest that may be in the store
};

}  // namespace cairn::txpool
