#pragma once
// Which blocks may hold a log of an address, or with a topic at a position: column `logs`.
//
//   0x00 || number (8)               the block's fingerprints, 4 bytes each, ascending
//   0x01 || bucket (1) || section (8)   of 256 blocks whose number / 256 is `section`: entries of 4
//                                    bytes, ascending, low 3 bytes of a fingerprint || block % 256,
//                                    of the fingerprints whose first byte is `bucket`
//
// All big-endian. A fingerprint is FNV-1a (64 bits, its halves xored) over a kind byte (0 address,
// 1 to 4 a topic by position) and the item; 0 stands for "any log at all". Two items may share one,
// so whoever finds a block here looks at its logs; a block that is not here has none.
//
// A block writes one row, whatever it logs; the last block of a section writes the section's
// buckets as well, from the rows. A query reads one bucket through all sections, side by side, and
// the rows behind the last whole section. Keys for each item of each block would be simpler, and
// cost an ERC-20 transfer 6 us of insertion into the store where this costs less than one.
//
// Written and erased in the batch of the block. `meta` key `log_index_from` (number_key) is the
// first block that is indexed: chains made before there was an index keep their old blocks without.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "chain/chain_view.hpp"
#include "store/store.hpp"

namespace cairn::chain {

using LogFingerprint = std::uint32_t;
inline constexpr LogFingerprint kAnyLog = 0;

LogFingerprint address_fingerprint(const Address& address);
LogFingerprint topic_fingerprint(std::size_t position, const Hash256& topic);

// `reader`: a store that has the rows of the blocks before this one.
void put_log_keys(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
                  const Receipts& receipts);
void erase_log_keys(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
                    const Receipts& receipts);

// Finds, among the blocks of one reader up to its head, those that have one of several
// fingerprints. Questions with growing numbers are cheap: what is known of a fingerprint's next
// block is kept. The reader must outlive it; one thread.
class LogIndexCursor {
 public:
  LogIndexCursor(const store::Reader& reader, std::uint64_t head,
                 std::vector<LogFingerprint> wanted);

  // The first block at or after `number` with any of them; nothing when there is none.
  std::optional<std::uint64_t> next(std::uint64_t number);

 private:
  struct Wanted {
    LogFingerprint fingerprint;
    std::optional<std::uint64_t> next;  // as it was found last; none: no more blocks
    bool asked;
  };
  std::optional<std::uint64_t> find(LogFingerprint fingerprint, std::uint64_t number);
  std::optional<std::uint64_t> find_in_sections(LogFingerprint fingerprint, std::uint64_t number);
  std::optional<std::uint64_t> find_in_rows(LogFingerprint fingerprint, std::uint64_t number);

  std::unique_ptr<store::Cursor> cursor_;
  std::uint64_t rows_from_;  // the first block behind the last whole section
  std::optional<std::vector<std::pair<std::uint64_t, Bytes>>> rows_;  // from there, once read
  std::vector<Wanted> wanted_;
};

}  // namespace cairn::chain
