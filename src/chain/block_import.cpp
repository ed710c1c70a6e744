#include "chain/block_import.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "execution/block_rules.hpp"
#include "execution/header_rules.hpp"
#include "execution/transaction_rules.hpp"

namespace cairn::chain {
namespace {

using execution::Judged;

constexpr std::uint64_t kGenerations = 7;  // that ommers are judged by

std::unexpected<Error> refuse(const types::Block& block, std::string_view why) {
  return fail(ErrorCode::invalid_argument, fmt::format("block {}: {}", block.header.number, why));
}

std::vector<execution::Ancestor> ancestors_of(const ChainView& chain) {
  std::vector<execution::Ancestor> out;
  for (std::uint64_t i = 0; i < kGenerations && i <= chain.number(); ++i) {
    const auto block = chain.block_at(chain.number() - i);
    execution::Ancestor& ancestor = out.emplace_back();
    ancestor.header = block->block.header;
    ancestor.hash = block->hash;
    for (const types::Header& ommer : block->block.ommers) {
      ancestor.ommers.push_back(types::header_hash(ommer));
    }
  }
  return out;
}

struct Executed {
  execution::BlockOutcome outcome;
  state::Changeset changes;
};

Judged<Executed> execute(const ChainView& parent, const types::Block& block,
                         const std::vector<Address>& senders, types::Fork fork) {
  const auto state = parent.state();
  state::Overlay overlay(*state);
  auto environment =
      execution::environment_of(block.header, parent.config(), fork, parent.block_hashes());
  environment.code_cache = parent.code_cache();
  execution::BlockProcessor processor(
      overlay, block.header, parent.config(), std::move(environment),
      [&](const state::Overlay& so_far) { return parent.state_root_after(so_far.changeset()); });
  processor.begin();
  for (std::size_t i = 0; i < senders.size(); ++i) {
    if (auto done = processor.add(block.transactions[i], senders[i]); !done) {
      execution::Refusal refusal = std::move(done).error();
      refusal.message = fmt::format("transaction {}: {}", i, refusal.message);
      return std::unexpected(std::move(refusal));
    }
  }
  Executed out;
  CAIRN_TRY(
      out.outcome,
      processor.finish(block.withdrawals.value_or(std::vector<types::Withdrawal>{}), block.ommers));
  out.changes = overlay.changeset();
  return out;
}

}  // namespace

BlockImporter::BlockImporter(Chain& chain, base::ThreadPool& pool) : chain_(chain), pool_(pool) {
  const auto head = chain.head();
  for (std::uint64_t n = 0; !head->header().difficulty.is_zero() && n <= head->number(); ++n) {
    total_difficulty_ += head->header_at(n)->header.difficulty;
  }
}

// EIP-3675: the blocks after the one that reaches the terminal total difficulty.
bool BlockImporter::is_merged_after(const types::Header& parent) const {
  const auto& terminal = chain_.head()->config().terminal_total_difficulty;
  return terminal && (parent.difficulty.is_zero() || total_difficulty_ >= *terminal);
}

Result<BlockImporter::Outcome> BlockImporter::add(BytesView rlp, Durability durability) {
  const auto head = chain_.head();
  auto block = types::decode_block(rlp);
  if (!block) {
    return fail(ErrorCode::malformed, fmt::format("after block {}: this is no block: {}",
                                                  head->number(), block.error().message));
  }
  CAIRN_TRY(const Outcome outcome, place(*block));
  if (outcome == Outcome::added) {
    CAIRN_CHECK(append(*std::move(block), rlp.size(), durability));
  }
  return outcome;
}

// Whether the block is here already, or follows the head.
Result<BlockImporter::Outcome> BlockImporter::place(const types::Block& block) const {
  const auto head = chain_.head();
  const std::uint64_t number = block.header.number;
  const Hash256 hash = types::header_hash(block.header);
  if (number <= head->number()) {
    if (head->header_at(number)->hash == hash) {
      return Outcome::known;
    }
    return refuse(
        block, number == 0 ? fmt::format("another genesis: this chain began with {}, the "
                                         "file has {}",
                                         base::to_hex(head->header_at(0)->hash), base::to_hex(hash))
                           : fmt::format("this chain has another block {} already: {}, "
                                         "the file has {}",
                                         number, base::to_hex(head->header_at(number)->hash),
                                         base::to_hex(hash)));
  }
  if (number > head->number() + 1) {
    return refuse(block, fmt::format("a gap: this chain ends at block {}", head->number()));
  }
  if (block.header.parent_hash != head->hash()) {
    return refuse(block, number == 1 ? fmt::format("made on another genesis: this chain began with "
                                                   "{}, its parent is {}",
                                                   base::to_hex(head->hash()),
                                                   base::to_hex(block.header.parent_hash))
                                     : fmt::format("its parent is {}, but this chain's block {} is "
                                                   "{}",
                                                   base::to_hex(block.header.parent_hash),
                                                   head->number(), base::to_hex(head->hash())));
  }
  if (head->has_pending_cheats()) {
    return refuse(block, "the state was changed by hand after this chain's last block");
  }
  return Outcome::added;
}

Judged<std::vector<Address>> BlockImporter::recover(const types::Block& block,
                                                    types::Fork fork) const {
  const std::uint64_t chain_id = chain_.head()->config().chain_id;
  std::vector<std::optional<Judged<Address>>> found(block.transactions.size());
  pool_.for_each_index(found.size(), [&](std::size_t i) {
    found[i] = execution::sender_of(block.transactions[i], fork, chain_id);
  });
  std::vector<Address> out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!*found[i]) {
      execution::Refusal refusal = found[i]->error();
      refusal.message = fmt::format("transaction {}: {}", i, refusal.message);
      return std::unexpected(std::move(refusal));
    }
    out.push_back(**found[i]);
  }
  return out;
}

Result<void> BlockImporter::append(types::Block block, std::size_t size, Durability durability) {
  const auto parent = chain_.head();
  const types::ChainConfig& config = parent->config();
  const types::Header& header = block.header;
  const types::Fork fork =
      config.fork_at(header.number, header.timestamp, is_merged_after(parent->header()));
  const types::Fork parent_fork =
      config.fork_at(parent->number(), parent->header().timestamp,
                     parent->header().difficulty.is_zero() && config.terminal_total_difficulty);
  const auto judge = [&]() -> Judged<std::pair<Executed, std::vector<Address>>> {
    CAIRN_CHECK(execution::validate_header(header, parent->header(), config, fork, parent_fork));
    CAIRN_CHECK(execution::validate_body(block, size, fork));
    if (!block.ommers.empty()) {
      CAIRN_CHECK(execution::validate_ommers(header, block.ommers, ancestors_of(*parent), config));
    }
    CAIRN_TRY(auto senders, recover(block, fork));
    CAIRN_TRY(auto executed, execute(*parent, block, senders, fork));
    // The state root is compared by the chain, which computes it as it writes.
    CAIRN_CHECK(execution::validate_outcome(block, executed.outcome, header.state_root, fork));
    return std::pair{std::move(executed), std::move(senders)};
  };
  auto judged = judge();
  if (!judged) {
    return refuse(block, judged.error().message);
  }
  ProducedBlock produced;
  produced.senders = std::move(judged->second);
  produced.receipts = std::move(judged->first.outcome.receipts);
  produced.changes = std::move(judged->first.changes);
  produced.expected_state_root = header.state_root;
  for (const types::Transaction& transaction : block.transactions) {
    produced.transaction_hashes.push_back(types::transaction_hash(transaction));
  }
  const U256 difficulty = header.difficulty;
  produced.block = std::move(block);
  CAIRN_CHECK(chain_.append(std::move(produced), {}, durability));
  total_difficulty_ += difficulty;
  return {};
}

}  // namespace cairn::chain
