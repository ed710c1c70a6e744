#include "api/replay.hpp"

#include "api/objects.hpp"
#include "execution/block_processor.hpp"
#include "node/submission.hpp"

namespace cairn::api {

std::vector<Bytes> outputs_of(const chain::ChainView& chain, std::uint64_t number,
                              const execution::BlockEnvironment& environment) {
  const auto block = chain.block_at(number);
  const auto before = chain.state_at(number - 1);
  state::Overlay overlay(*before);
  execution::BlockProcessor processor(overlay, block->block.header, chain.config(), environment);
  processor.begin();
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < block->senders.size(); ++i) {
    const types::Transaction& transaction = block->block.transactions[i];
    const Address& sender = block->senders[i];
    auto outcome = processor.add(transaction, sender, nullptr,
                                 {.sender_code = node::is_impersonated(transaction, sender)});
    if (!outcome) {
      throw chain::ChainFault("a block of the chain does not run again: " +
                              outcome.error().message);
    }
    out.push_back(std::move(outcome->output));
  }
  return out;
}

void write_block_with_outputs(JsonWriter& out, const chain::ChainView& chain, std::uint64_t number,
                              const execution::BlockEnvironment& environment) {
  write_block(out, *chain.block_at(number), true, true, outputs_of(chain, number, environment));
}

}  // namespace cairn::api
