#pragma once
// What a block writes into the store, and what goes when it is taken back. The mark of the head is
// the chain's (chain.hpp). One thread.

#include "chain/chain.hpp"

namespace cairn::chain {

// `reader`: the store as the blocks before this one leave it.
void put_block(store::Batch& batch, const store::Reader& reader, const SealedBlock& sealed,
               const Receipts& receipts, BytesView appearances);
// Of the reader's newest block.
void erase_block(store::Batch& batch, const store::Reader& reader, const SealedBlock& sealed);

void put_settings(store::Batch& batch, std::uint64_t record, const Settings& before,
                  const Settings& after);

struct WrittenBlock {
  std::shared_ptr<const SealedBlock> block;
  std::shared_ptr<const Receipts> receipts;
  Settings settings;  // after it
  std::uint64_t last_record = 0;
  bool begins_states = false;
};
// The block on `parent`, the head of `reader`, with its state and its records behind `last_record`.
// Conflict when it does not follow, invalid argument when its state root is another.
Result<WrittenBlock> write_block(store::Batch& batch, const store::Reader& reader,
                                 const ChainView& parent, std::uint64_t last_record,
                                 ProducedBlock produced);

}  // namespace cairn::chain
