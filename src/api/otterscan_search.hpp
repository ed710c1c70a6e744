#pragma once
// Otterscan's pages (docs/custom-jsonrpc.md there, API level 8): an address's transactions, and a
// block's.

#include "api/block_id.hpp"
#include "api/fee_methods.hpp"
#include "api/method.hpp"

namespace cairn::api {

inline constexpr std::uint64_t kMostOnPage = 1'000;  // transactions asked for

// The transactions that an address appears in (execution/appearances.hpp), newest first, of the
// blocks before or after `block` (0: from the newest one back, from the first one on). A block's
// are given together, so that a page may be longer than asked for. On a fork the source is asked
// for those before it.
Answer ots_search_transactions_before(Context& context, const Address& address, const Count& block,
                                      const Count& page_size);
Answer ots_search_transactions_after(Context& context, const Address& address, const Count& block,
                                     const Count& page_size);

// A block with a page of its transactions, page 0 being the end of the block. Inputs are cut to
// their selectors, receipts have no logs.
Answer ots_get_block_transactions(Context& context, const HeightOrTag& block, const Count& page,
                                  const Count& page_size);

}  // namespace cairn::api
