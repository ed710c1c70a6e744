#include "node/replay.hpp"

#include <fmt/format.h>

#include "execution/block_processor.hpp"

namespace cairn::node {

Result<execution::TransactionOutcome> replay_transaction(
    const chain::ChainView& chain, const chain::TransactionPlace& place,
    const execution::BlockEnvironment& environment, evm::Tracer* tracer) {
  const auto block = chain.block_at(place.number);
  const auto state = place.number == 0 ? nullptr : chain.state_at(place.number - 1);
  if (!block || !state || place.index >= block->block.transactions.size()) {
    return fail(ErrorCode::not_found,
                fmt::format("no transaction {} in block {}", place.index, place.number));
  }
  state::Overlay overlay(*state);
  execution::BlockProcessor processor(overlay, block->block.header, chain.config(), environment);
  processor.begin();
  for (std::size_t i = 0; i <= place.index; ++i) {
    // A dev chain's impersonated sender may have been a contract (EIP-3607).
    auto outcome = processor.add(block->block.transactions[i], block->senders[i],
                                 i == place.index ? tracer : nullptr, {.sender_code = true});
    if (!outcome) {
      return fail(ErrorCode::conflict,
                  fmt::format("transaction {} of block {} cannot run again: {}", i, place.number,
                              outcome.error().message));
    }
    if (i == place.index) {
      return *std::move(outcome);
    }
  }
  return fail(ErrorCode::not_found, "no such transaction");
}

}  // namespace cairn::node
