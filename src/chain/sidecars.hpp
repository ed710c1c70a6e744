#pragma once
// The blobs of mined transactions: column `sidecars`. They are no part of a block: they are written
// and erased in its batch, and given up when it is old (EIP-4844: a network keeps them for 4,096
// epochs).
//
//   0x00 || number (8) || index (4)                      the transaction as it is sent, with its
//                                                        sidecar (types::encode_pooled_transaction)
//   0x01 || versioned hash (32) || number (8) || index (4) || blob (1)   nothing: where a blob is
//
// All numbers big-endian. One blob may stand in several transactions.

#include <memory>
#include <optional>

#include "chain/chain_view.hpp"
#include "store/store.hpp"

namespace cairn::chain {

struct BlobPlace {
  TransactionPlace transaction;
  std::uint8_t blob = 0;  // its place among the transaction's

  bool operator==(const BlobPlace&) const = default;
};

// Of a block's transactions as the pool held them; those without a sidecar are passed over.
void put_sidecars(store::Batch& batch, const types::Block& block);
void erase_sidecars(store::Batch& batch, const types::Block& block);

// Null: the transaction has none, or it was given up. An error: the value is not what put_sidecars
// writes.
Result<std::shared_ptr<const types::BlobSidecar>> read_sidecar(const store::Reader& reader,
                                                               const TransactionPlace& place);
// The oldest that is kept.
std::optional<BlobPlace> find_blob(const store::Reader& reader, const Hash256& versioned_hash);

// Gives up the blobs of blocks before `number`: of 1,024 blocks at most, the oldest first, so that
// what is left after a shorter age was chosen goes with the next calls.
void prune_sidecars(store::Batch& batch, const store::Reader& reader, const ChainView& chain,
                    std::uint64_t number);

}  // namespace cairn::chain
