#pragma once
// Which blocks may hold a log of an address, or with a topic at a position: column `logs`.
//
//   key    fingerprint (8 bytes) || block number (8, big-endian)
//   value  empty
//
// A fingerprint is FNV-1a (64 bits) over a kind byte (0 address, 1 to 4 a topic by position) and
// the item; 0 stands for "any log at all". A block has each of its keys once. Two items may share a
// fingerprint, so whoever finds a block here looks at its logs; a block that is not here has none.
// The numbers of one fingerprint stand side by side in order, so one seek finds the next block.
//
// Written and erased in the batch of the block. `meta` key `logs_from` (number_key) is the first
// block that is indexed: chains made before there was an index keep their old blocks without.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "chain/chain_view.hpp"
#include "store/store.hpp"

namespace cairn::chain {

using LogFingerprint = std::uint64_t;
inline constexpr LogFingerprint kAnyLog = 0;

LogFingerprint address_fingerprint(const Address& address);
LogFingerprint topic_fingerprint(std::size_t position, const Hash256& topic);

void put_log_keys(store::Batch& batch, std::uint64_t number, const Receipts& receipts);
void erase_log_keys(store::Batch& batch, std::uint64_t number, const Receipts& receipts);

// Finds, among the blocks of one reader, those that have one of several fingerprints. Questions
// with growing numbers are cheap: what is known of a fingerprint's next block is kept.
// The reader must outlive it; one thread.
class LogIndexCursor {
 public:
  LogIndexCursor(const store::Reader& reader, std::vector<LogFingerprint> wanted);

  // The first block at or after `number` with any of them; nothing when there is none.
  std::optional<std::uint64_t> next(std::uint64_t number);

 private:
  struct Wanted {
    LogFingerprint fingerprint;
    std::optional<std::uint64_t> next;  // as the last seek found it; none: no more blocks
    bool asked;
  };
  void seek(Wanted& one, std::uint64_t number);

  std::unique_ptr<store::Cursor> cursor_;
  std::vector<Wanted> wanted_;
};

}  // namespace cairn::chain
