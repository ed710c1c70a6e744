#pragma once
// Runs a block's transactions again, for what its receipts do not hold.

#include "api/json_writer.hpp"
#include "chain/chain_view.hpp"

namespace cairn::api {

// What each of the block's transactions returned. `environment` is the block's.
std::vector<Bytes> outputs_of(const chain::ChainView& chain, std::uint64_t number,
                              const execution::BlockEnvironment& environment);

// The block with whole transactions; each that returned something says what (`output`) and why it
// failed (`revertReason`): anvil_mine_detailed.
void write_block_with_outputs(JsonWriter& out, const chain::ChainView& chain, std::uint64_t number,
                              const execution::BlockEnvironment& environment);

}  // namespace cairn::api
