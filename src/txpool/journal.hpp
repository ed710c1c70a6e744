#pragma once
// Waiting transactions on disk: column `pool`, key = transaction hash,
// value = rlp([arrival, impersonated sender or empty, pooled form]). Written and synced before
// anybody is told that the transaction waits; erased in the batch of the block that takes it.

#include <vector>

#include "store/store.hpp"
#include "txpool/txpool.hpp"

namespace cairn::txpool {

void write_entry(store::Batch& batch, const Entry& entry);
void erase_entry(store::Batch& batch, const Hash256& hash);
bool has_entry(const store::Reader& reader, const Hash256& hash);

// In order of arrival, senders recovered. A value that write_entry does not write is an error that
// names its key.
Result<std::vector<Entry>> read_journal(const store::Reader& reader);

}  // namespace cairn::txpool
