#pragma once
// What the source of a forked chain knows of an address: its answers to Otterscan's searches, for
// the blocks up to the fork.

#include <cstdint>
#include <string>
#include <vector>

#include "api/errors.hpp"
#include "chain/chain_view.hpp"

namespace cairn::api {

// Newest first; the JSON texts of transactions, and of their receipts.
struct OtterscanPage {
  std::vector<std::string> transactions;
  std::vector<std::string> receipts;
  bool is_end = false;  // there are none beyond, in the search's direction, up to the fork
};

// Only on a fork. A source that does not answer is an error that says so. `number` is at most the
// fork's block + 1, and more than 0.
RpcResult<OtterscanPage> search_upstream_before(const chain::ChainView& chain,
                                                const Address& address, std::uint64_t number,
                                                std::uint64_t page_size);
RpcResult<OtterscanPage> search_upstream_after(const chain::ChainView& chain,
                                               const Address& address, std::uint64_t number,
                                               std::uint64_t page_size);

}  // namespace cairn::api
