#pragma once
// Blocks that broke a rule, kept for those who look for the reason (debug_getBadBlocks): column
// `meta`, key `bad_blocks`, rlp([block, ...]), newest first, each as a byte string of its RLP.

#include <vector>

#include "chain/chain.hpp"

namespace cairn::chain {

inline constexpr std::size_t kMostBadBlocks = 10;

// Synced. The oldest goes when there are more; one that is there already becomes the newest.
Result<void> keep_bad_block(Chain& chain, BytesView rlp);

// An error: the value is not what keep_bad_block writes.
Result<std::vector<Bytes>> read_bad_blocks(const store::Reader& reader);

}  // namespace cairn::chain
