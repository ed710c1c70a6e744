#include "node/state_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chain/appearances.hpp"
#include "chain/draft.hpp"
#include "execution/block_rules.hpp"
#include "node/dev_writer.hpp"

namespace cairn::node {
namespace {

state::Changeset changes_of(const state::StateView& state, const DumpedAccounts& accounts) {
  state::Overlay overlay(state);
  overwrite(overlay, accounts);
  (void)overlay.end_transaction(types::Fork::frontier);
  return overlay.changeset();
}

// A dump's block as one of the chain that ends at `at`: parent, state and hash are this chain's
// own.
chain::ProducedBlock adopted(DumpedBlock dumped, const chain::ChainView& at) {
  chain::ProducedBlock out;
  types::Header& header = dumped.block.header;
  header.parent_hash = at.hash();
  header.transactions_root = execution::transactions_root(dumped.block.transactions);
  for (const types::Transaction& transaction : dumped.block.transactions) {
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
  }
  if (dumped.state_after) {
    out.changes = changes_of(*at.state(), *dumped.state_after);
  }
  out.block = std::move(dumped.block);
  out.senders = std::move(dumped.senders);
  out.impersonated = std::move(dumped.impersonated);
  out.receipts = std::move(dumped.receipts);
  out.appearances = chain::appearances_in_receipts(out.block, out.senders, out.receipts);
  return out;
}

}  // namespace

void overwrite(state::Overlay& overlay, const DumpedAccounts& accounts) {
  for (const auto& [address, dumped] : accounts) {
    const types::Account* account = overlay.account(address);
    const std::uint64_t nonce = account != nullptr ? account->nonce : 0;
    overlay.set_balance(address, dumped.balance);
    overlay.set_nonce(address, std::max(nonce, dumped.nonce));
    if (*overlay.code(address) != dumped.code) {
      overlay.set_code(address, dumped.code);
    }
    for (const auto& [key, value] : dumped.storage) {
      (void)overlay.set_storage(address, key, value);
    }
  }
}

// The dump's blocks take the place of those that this chain has from there on.
Result<chain::Draft> DevWriter::room_for(const StateDump& dump) const {
  if (dump.blocks.empty()) {
    return chain_->draft();
  }
  const auto at = head();
  const std::uint64_t height = at->number();
  const std::uint64_t first = std::max<std::uint64_t>(dump.blocks.front().block.header.number, 1);
  if (first > height + 1) {
    return fail(ErrorCode::conflict,
                fmt::format("the dump's blocks begin at {}, this chain ends at {}: what lies "
                            "between is not in the dump. Begin where it began, with --fork-url "
                            "and --fork-block-number {} where it is a fork's; else bring this "
                            "chain there with anvil_mine and load it with anvil_loadState",
                            first, height, first - 1));
  }
  const std::uint64_t begin = at->fork() != nullptr ? at->fork()->number() : 0;
  return rolled_back(height - std::max(first - 1, begin));
}

Result<void> DevWriter::load(StateDump dump) {
  CAIRN_TRY(chain::Draft draft, room_for(dump));
  std::erase_if(dump.blocks, [height = draft.head()->number()](const DumpedBlock& one) {
    return one.block.header.number <= height;
  });
  // The last one's state is the dump's own.
  std::size_t known = std::max<std::size_t>(dump.blocks.size(), 1) - 1;
  while (known > 0 && dump.blocks[known - 1].state_after) {
    --known;
  }
  for (std::size_t i = 0; i < dump.blocks.size(); ++i) {
    chain::ProducedBlock block = adopted(std::move(dump.blocks[i]), *draft.head());
    if (i + 1 == dump.blocks.size()) {
      block.changes = changes_of(*draft.head()->state(), dump.accounts);
    }
    block.begins_states = i == known && i > 0;
    CAIRN_CHECK(draft.append(std::move(block)));
  }
  if (dump.blocks.empty()) {
    draft.cheat(changes_of(*draft.head()->state(), dump.accounts));
  }
  return commit(std::move(draft));
}

}  // namespace cairn::node
