#pragma once
// Which blocks and transactions an address appears in (execution/appearances.hpp): column
// `appearances`, an index by sections (section_index.hpp) whose fingerprints are the last four
// bytes of addresses. A block's row tells exactly:
//
//   of each address, ascending: address (20) || the places it appears at
//
// A place is 0 for a reward of the block (its author's or an ommer's, before the merge), else 1 +
// the transaction's index. One place alone is varint(2 * place); several are varint(2 * count + 1),
// the first as a varint, and the distances to the next ones. Varints are of 7 bits a byte, low ones
// first, all but the last byte with the high bit set.
//
// A transfer in a block of its own takes 51 bytes with the key, and 8 more once the section ends.
// Written and erased in the batch of the block. `meta` key `appearances_from` (number_key) is the
// first block that is indexed: chains made before there was an index keep their old blocks without.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/section_index.hpp"
#include "execution/appearances.hpp"

namespace cairn::chain {

// Of one address in one block.
struct BlockAppearances {
  std::uint64_t number = 0;
  bool reward = false;
  std::vector<std::uint32_t> transactions;  // ascending indices

  bool operator==(const BlockAppearances&) const = default;
};

extern const SectionIndex kAppearanceIndex;

// `rewarded`: who got wei for the block itself.
Bytes appearance_row(const std::vector<execution::Appearance>& appearances,
                     std::span<const Address> rewarded);
// The author and the ommers' authors, where the fork rewards them.
std::vector<Address> rewarded_by(const types::Block& block, types::Fork fork);
// What a block's receipts tell, for blocks that cannot be run: senders, recipients, contracts that
// transactions created, log emitters.
std::vector<execution::Appearance> appearances_in_receipts(const types::Block& block,
                                                           std::span<const Address> senders,
                                                           const Receipts& receipts);

// The blocks in which an address, or any of several, appears, up to a reader's head. The reader
// must outlive it; one thread.
class AppearanceCursor {
 public:
  AppearanceCursor(const store::Reader& reader, std::uint64_t head, std::vector<Address> addresses);

  // The first at or after `number`, and the last at or before it, with what all of them appear in.
  // Questions that go on where the last one ended are cheap.
  std::optional<BlockAppearances> next(std::uint64_t number);
  std::optional<BlockAppearances> previous(std::uint64_t number);

 private:
  // What was found from `asked` on, in one direction; nothing: no more blocks.
  struct Known {
    std::uint64_t asked = 0;
    std::optional<std::uint64_t> found;
  };
  struct Wanted {
    Fingerprint fingerprint;
    std::optional<Known> next;
    std::optional<Known> previous;
  };
  std::optional<std::uint64_t> next_of(Wanted& one, std::uint64_t number);
  std::optional<std::uint64_t> previous_of(Wanted& one, std::uint64_t number);
  std::optional<BlockAppearances> at(std::uint64_t number) const;

  const store::Reader& reader_;
  SectionCursor cursor_;
  std::vector<Address> addresses_;  // ascending
  std::vector<Wanted> wanted_;
};

}  // namespace cairn::chain
