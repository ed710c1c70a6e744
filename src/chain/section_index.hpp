#pragma once
// Which blocks may have something to do with an item: an index of fingerprints (four bytes that
// stand for an item; two items may share one), in a column of its own.
//
//   0x00 || number (8)                  the block's row, as the index's owner writes it
//   0x01 || bucket (1) || section (8)   of 256 blocks whose number / 256 is `section`: entries of 4
//                                       bytes, ascending, low 3 bytes of a fingerprint ||
//                                       block % 256, of the fingerprints whose first byte is
//                                       `bucket`
//
// All big-endian. A block writes one row, whatever is in it; the last block of a section writes the
// section's buckets as well, from the rows. A query reads one bucket through all sections, side by
// side, and the rows behind the last whole section. Keys for each item of each block would be
// simpler, and cost a transaction several insertions into the store, 1.5 us each, where this costs
// less than one.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace cairn::chain {

using Fingerprint = std::uint32_t;

// Whether the index walks through the rows of the blocks before this one when it is put.
bool ends_section(std::uint64_t number);

struct SectionIndex {
  store::Column column;
  // Of a row, each once, ascending.
  std::vector<Fingerprint> (*fingerprints_of)(BytesView row);

  // `reader`: a store that has the rows of the blocks before this one. An empty row is not written.
  void put(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
           BytesView row) const;
  // `reader` has this block's row, too.
  void erase(store::Batch& batch, const store::Reader& reader, std::uint64_t number) const;
  std::optional<Bytes> row(const store::Reader& reader, std::uint64_t number) const;
};

// Finds the blocks of one reader, up to its head, that have a fingerprint. The reader must outlive
// it; one thread.
class SectionCursor {
 public:
  SectionCursor(const SectionIndex& index, const store::Reader& reader, std::uint64_t head);

  // The first block at or after `number`, and the last one at or before it.
  std::optional<std::uint64_t> next(Fingerprint fingerprint, std::uint64_t number);
  std::optional<std::uint64_t> previous(Fingerprint fingerprint, std::uint64_t number);

 private:
  struct Row {
    std::uint64_t number;
    std::vector<Fingerprint> fingerprints;
  };
  const std::vector<Row>& rows();

  SectionIndex index_;
  std::unique_ptr<store::Cursor> cursor_;
  std::uint64_t rows_from_;               // the first block behind the last whole section
  std::optional<std::vector<Row>> rows_;  // from there, once read
};

}  // namespace cairn::chain
