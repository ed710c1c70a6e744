#pragma once
// Which blocks may hold a log of an address, or with a topic at a position: column `logs`, an index
// by sections (section_index.hpp). A block's row is its fingerprints, 4 bytes each, big-endian,
// ascending. One is FNV-1a (64 bits, its halves xored) over a kind byte (0 address, 1 to 4 a topic
// by position) and the item; 0 stands for "any log at all". Two items may share one, so whoever
// finds a block here looks at its logs; a block that is not here has none.
//
// Written and erased in the batch of the block. `meta` key `log_index_from` (number_key) is the
// first block that is indexed: chains made before there was an index keep their old blocks without.

#include <cstdint>
#include <optional>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/section_index.hpp"

namespace cairn::chain {

inline constexpr Fingerprint kAnyLog = 0;

Fingerprint address_fingerprint(const Address& address);
Fingerprint topic_fingerprint(std::size_t position, const Hash256& topic);

extern const SectionIndex kLogIndex;
Bytes log_row(const Receipts& receipts);

// Finds, among the blocks of one reader up to its head, those that have one of several
// fingerprints. Questions with growing numbers are cheap: what is known of a fingerprint's next
// block is kept. The reader must outlive it; one thread.
class LogIndexCursor {
 public:
  LogIndexCursor(const store::Reader& reader, std::uint64_t head, std::vector<Fingerprint> wanted);

  // The first block at or after `number` with any of them; nothing when there is none.
  std::optional<std::uint64_t> next(std::uint64_t number);

 private:
  struct Wanted {
    Fingerprint fingerprint;
    std::optional<std::uint64_t> next;  // as it was found last; none: no more blocks
    bool asked;
  };

  SectionCursor cursor_;
  std::vector<Wanted> wanted_;
};

}  // namespace cairn::chain
