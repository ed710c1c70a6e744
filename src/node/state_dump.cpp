#include "node/state_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chain/appearances.hpp"
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

// A dump's block as one of this chain: parent, state and hash are this chain's own.
chain::ProducedBlock DevWriter::adopted(DumpedBlock dumped) const {
  const auto at = head();
  chain::ProducedBlock out;
  types::Header& header = dumped.block.header;
  header.parent_hash = at->hash();
  header.transactions_root = execution::transactions_root(dumped.block.transactions);
  for (const types::Transaction& transaction : dumped.block.transactions) {
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
  }
  if (dumped.state_after) {
    out.changes = changes_of(*at->state(), *dumped.state_after);
  }
  out.block = std::move(dumped.block);
  out.senders = std::move(dumped.senders);
  out.impersonated = std::move(dumped.impersonated);
  out.receipts = std::move(dumped.receipts);
  out.appearances = chain::appearances_in_receipts(out.block, out.senders, out.receipts);
  return out;
}

// The dump's blocks take the place of those that this chain has from there on.
Result<void> DevWriter::make_way(const StateDump& dump) {
  if (dump.blocks.empty()) {
    return {};
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
  return rollback(height - std::max(first - 1, begin));
}

Result<void> DevWriter::load(StateDump dump) {
  CAIRN_CHECK(make_way(dump));
  const std::uint64_t height = head()->number();
  std::erase_if(dump.blocks,
                [&](const DumpedBlock& one) { return one.block.header.number <= height; });
  // The last one's state is the dump's own.
  std::size_t known = std::max<std::size_t>(dump.blocks.size(), 1) - 1;
  while (known > 0 && dump.blocks[known - 1].state_after) {
    --known;
  }
  for (std::size_t i = 0; i < dump.blocks.size(); ++i) {
    chain::ProducedBlock block = adopted(std::move(dump.blocks[i]));
    if (i + 1 == dump.blocks.size()) {
      block.changes = changes_of(*head()->state(), dump.accounts);
    }
    block.begins_states = i == known && i > 0;
    CAIRN_CHECK(chain_->append(std::move(block)));
  }
  if (dump.blocks.empty()) {
    return cheat([&](state::Overlay& overlay) -> Result<void> {
      overwrite(overlay, dump.accounts);
      return {};
    });
  }
  refresh_pool(std::nullopt);
  events_.publish(HeadChanged{.head = head(), .removed = {}, .first_added = height + 1});
  return {};
}

}  // namespace cairn::node
