#include "chain/block_import.hpp"

#include <fmt/format.h>

#include <ranges>

#include "base/hex.hpp"
#include "execution/block_rules.hpp"
#include "execution/header_rules.hpp"
#include "execution/transaction_rules.hpp"

namespace cairn::chain {
namespace {

using execution::Judged;

constexpr std::uint64_t kGenerations = 7;  // that ommers are judged by

constexpr std::size_t kMostBeside = std::size_t{256} << 20;  // bytes of blocks beside the chain

RejectedBlock rejected(const types::Block& block, std::string_view why,
                       std::optional<execution::Refusal> rule = {}) {
  return {{ErrorCode::invalid_argument, fmt::format("block {}: {}", block.header.number, why)},
          std::move(rule)};
}

RejectedBlock rejected(const types::Block& block, execution::Refused rule, const std::string& why) {
  return rejected(block, why, execution::Refusal{rule, why});
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
  processor.keep_appearances();
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

BlockImporter::BlockImporter(Chain& chain, base::ThreadPool& pool, AfterMerge after_merge)
    : chain_(chain), pool_(pool), after_merge_(after_merge) {
  const auto head = chain.head();
  const auto& terminal = head->config().terminal_total_difficulty;
  if (terminal && head->number() > 0 && head->header().difficulty.is_zero()) {
    total_difficulty_ = *terminal;
    return;
  }
  for (std::uint64_t n = 0; n <= head->number(); ++n) {
    total_difficulty_ += head->header_at(n)->header.difficulty;
  }
}

bool BlockImporter::is_known(const Hash256& hash) const {
  return beside_.contains(hash) || chain_.head()->number_of(hash).has_value();
}

Result<BlockImporter::Outcome, RejectedBlock> BlockImporter::add(BytesView rlp) {
  const auto head = chain_.head();
  auto block = types::decode_block(rlp);
  if (!block) {
    const std::string& why = block.error().message;
    return std::unexpected(
        RejectedBlock({ErrorCode::malformed,
                       fmt::format("after block {}: this is no block: {}", head->number(), why)},
                      execution::Refusal{execution::Refused::malformed, why}));
  }
  if (is_known(types::header_hash(block->header))) {
    return Outcome::known;
  }
  if (!is_known(block->header.parent_hash)) {
    return std::unexpected(not_connected(*block));
  }
  if (head->has_pending_cheats()) {
    return std::unexpected(
        rejected(*block, "the state was changed by hand after this chain's last block"));
  }
  if (block->header.parent_hash != head->hash()) {
    return add_beside(*std::move(block), rlp);
  }
  CAIRN_CHECK(append(*std::move(block), rlp.size()));
  return Outcome::added;
}

RejectedBlock BlockImporter::not_connected(const types::Block& block) const {
  using execution::Refused;
  const auto head = chain_.head();
  const std::uint64_t number = block.header.number;
  if (number == 0) {
    return rejected(block, Refused::unknown_parent,
                    fmt::format("another genesis: this chain began with {}, the file has {}",
                                base::to_hex(head->header_at(0)->hash),
                                base::to_hex(types::header_hash(block.header))));
  }
  if (number == 1) {
    return rejected(block, Refused::unknown_parent,
                    fmt::format("made on another genesis: this chain began with {}, its parent is "
                                "{}",
                                base::to_hex(head->header_at(0)->hash),
                                base::to_hex(block.header.parent_hash)));
  }
  if (number > head->number() + 1) {
    return rejected(block, Refused::unknown_parent,
                    fmt::format("a gap: this chain ends at block {}", head->number()));
  }
  return rejected(block, Refused::unknown_parent,
                  fmt::format("its parent is {}, but this chain's block {} is {}",
                              base::to_hex(block.header.parent_hash), number - 1,
                              base::to_hex(head->header_at(number - 1)->hash)));
}

// The chain goes where the block stands, and back unless the block is the head now.
Result<BlockImporter::Outcome, RejectedBlock> BlockImporter::add_beside(types::Block block,
                                                                        BytesView rlp) {
  const auto old_head = chain_.head();
  const types::ChainConfig& config = old_head->config();
  const bool was_merged = config.fork_of(old_head->header()) >= types::Fork::paris;
  if (beside_size_ + rlp.size() > kMostBeside) {
    return std::unexpected(rejected(block, "too many blocks stand beside the chain"));
  }
  if (was_merged && after_merge_ == AfterMerge::is_final) {
    return leave_beside(block, rlp);
  }
  const U256 old_difficulty = total_difficulty_;
  const bool is_merged = config.fork_of(block.header) >= types::Fork::paris;
  CAIRN_CHECK(switch_to(block.header.parent_hash));
  const auto done = append(std::move(block), rlp.size());
  const bool wins = done && (is_merged || (!was_merged && total_difficulty_ > old_difficulty));
  if (!wins) {
    CAIRN_CHECK(switch_to(old_head->hash()));
  }
  CAIRN_CHECK(done);
  return wins ? Outcome::added : Outcome::beside;
}

// A merged chain is final: of a branch that left it before, which a file may hold that is imported
// again, only the headers are judged.
Result<BlockImporter::Outcome, RejectedBlock> BlockImporter::leave_beside(const types::Block& block,
                                                                          BytesView rlp) {
  const auto head = chain_.head();
  const types::ChainConfig& config = head->config();
  const Hash256& parent_hash = block.header.parent_hash;
  types::Header parent;
  if (const auto number = head->number_of(parent_hash)) {
    parent = head->header_at(*number)->header;
  } else {
    CAIRN_TRY(types::Block decoded, types::decode_block(beside_.at(parent_hash).rlp));
    parent = std::move(decoded.header);
  }
  const types::Fork fork = config.fork_of(block.header);
  const types::Fork parent_fork = config.fork_of(parent);
  if (std::max(fork, parent_fork) >= types::Fork::paris) {
    return std::unexpected(rejected(
        block, fmt::format("this chain has another block {} already, and what is merged is final",
                           block.header.number)));
  }
  const auto judged = execution::validate_header(block.header, parent, config, fork, parent_fork);
  if (!judged) {
    return std::unexpected(rejected(block, judged.error().message, judged.error()));
  }
  beside_size_ += rlp.size();
  beside_.emplace(types::header_hash(block.header),
                  Beside{.rlp = base::to_bytes(rlp), .parent = parent_hash});
  return Outcome::beside;
}

Result<void, RejectedBlock> BlockImporter::switch_to(const Hash256& hash) {
  std::vector<Hash256> branch;  // from `hash` down, what is not the chain's
  Hash256 at = hash;
  auto number = chain_.head()->number_of(at);
  while (!number) {
    branch.push_back(at);
    at = beside_.at(at).parent;
    number = chain_.head()->number_of(at);
  }
  if (*number < chain_.head()->number()) {
    CAIRN_TRY(const std::uint64_t record, chain_.record_upon(*number));
    CAIRN_TRY(const auto removed, chain_.truncate_to(record));
    for (const RemovedBlock& one : removed) {
      const types::Block& block = one.block->block;
      total_difficulty_ -= block.header.difficulty;
      Bytes rlp = types::encode_block(block);
      beside_size_ += rlp.size();
      beside_.emplace(one.block->hash,
                      Beside{.rlp = std::move(rlp), .parent = block.header.parent_hash});
    }
  }
  for (const Hash256& next : std::ranges::reverse_view(branch)) {
    const auto found = beside_.find(next);
    CAIRN_TRY(types::Block block, types::decode_block(found->second.rlp));
    CAIRN_CHECK(append(std::move(block), found->second.rlp.size()));
    beside_size_ -= found->second.rlp.size();
    beside_.erase(found);
  }
  return {};
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

Result<void, RejectedBlock> BlockImporter::append(types::Block block, std::size_t size) {
  const auto parent = chain_.head();
  const types::ChainConfig& config = parent->config();
  const types::Header& header = block.header;
  // EIP-3675: the blocks after the one that reaches the terminal total difficulty.
  const auto merged_after = [&](const U256& total_difficulty) {
    return config.terminal_total_difficulty &&
           total_difficulty >= *config.terminal_total_difficulty;
  };
  const types::Fork fork =
      config.fork_at(header.number, header.timestamp, merged_after(total_difficulty_));
  const types::Fork parent_fork =
      config.fork_at(parent->number(), parent->header().timestamp,
                     merged_after(total_difficulty_ - parent->header().difficulty));
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
    return std::unexpected(rejected(block, judged.error().message, judged.error()));
  }
  ProducedBlock produced;
  produced.senders = std::move(judged->second);
  produced.receipts = std::move(judged->first.outcome.receipts);
  produced.appearances = std::move(judged->first.outcome.appearances);
  produced.changes = std::move(judged->first.changes);
  produced.expected_state_root = header.state_root;
  for (const types::Transaction& transaction : block.transactions) {
    produced.transaction_hashes.push_back(types::transaction_hash(transaction));
  }
  const U256 difficulty = header.difficulty;
  produced.block = std::move(block);
  if (auto done = chain_.append(std::move(produced)); !done) {
    if (done.error().code != ErrorCode::invalid_argument) {
      return std::unexpected(done.error());
    }
    execution::Refusal rule{execution::Refused::invalid_state_root, done.error().message};
    return std::unexpected(RejectedBlock(std::move(done).error(), std::move(rule)));
  }
  total_difficulty_ += difficulty;
  return {};
}

}  // namespace cairn::chain
