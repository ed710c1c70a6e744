#include "chain/export_check.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "chain/record.hpp"
#include "execution/header_rules.hpp"
#include "execution/transaction_rules.hpp"

namespace cairn::chain {
namespace {

// Of the records.
Result<std::optional<ExportObstacle>> by_hand(const store::Reader& reader, const ChainView& head,
                                              std::uint64_t last) {
  bool cheated = false;
  const auto cursor = reader.cursor(store::Column::records);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    CAIRN_TRY(const Record record, decode_record(cursor->value()));
    cheated |= std::holds_alternative<CheatRecord>(record);
    const auto* block = std::get_if<BlockRecord>(&record);
    if (block == nullptr) {
      continue;
    }
    if (block->number > last) {
      return std::nullopt;
    }
    if (block->changes.empty() && head.header_at(block->number)->header.gas_used > 0) {
      return ExportObstacle{block->number,
                            "it was taken over from a dump, which does not say the state after it"};
    }
    if (cheated) {
      return ExportObstacle{block->number,
                            "before it the state was changed by hand (a balance, code, nonce or "
                            "slot was set), which no block says"};
    }
    if (!block->impersonations.empty()) {
      const Impersonation& first = block->impersonations.front();
      return ExportObstacle{block->number,
                            fmt::format("transaction {} was sent for {} without its key "
                                        "(impersonation), so its signature is none",
                                        first.index, base::to_hex(first.sender))};
    }
  }
  return std::nullopt;
}

std::optional<ExportObstacle> by_rule(const ChainView& chain, std::uint64_t number) {
  const types::ChainConfig& config = chain.config();
  const auto header = chain.header_at(number);
  const auto parent = chain.header_at(number - 1);
  // Chains from before the merge come from elsewhere, and were judged when they came.
  if (!header->header.difficulty.is_zero() || !parent->header.difficulty.is_zero()) {
    return std::nullopt;
  }
  const auto fork = config.fork_of(header->header);
  const auto judged = execution::validate_header(header->header, parent->header, config, fork,
                                                 config.fork_of(parent->header));
  if (!judged) {
    return ExportObstacle{number,
                          "a setting of this chain, or a dump that was loaded into it, has broken "
                          "a rule that others keep: " +
                              judged.error().message};
  }
  const auto& transactions = chain.block_at(number)->block.transactions;
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const auto& signed_for = transactions[i].chain_id;
    if (signed_for.value_or(config.chain_id) != config.chain_id) {
      return ExportObstacle{number,
                            fmt::format("transaction {} is signed for chain {} (the chain id was "
                                        "changed by hand), and genesis says {}",
                                        i, *signed_for, config.chain_id)};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<ExportObstacle>> find_export_obstacle(const Chain& chain, std::uint64_t last) {
  const auto head = chain.head();
  CAIRN_TRY(auto found, by_hand(chain.store(), *head, last));
  const std::uint64_t end = found ? found->block : last + 1;
  for (std::uint64_t number = 1; number < end && number <= head->number(); ++number) {
    if (auto broken = by_rule(*head, number)) {
      return broken;
    }
  }
  return found;
}

}  // namespace cairn::chain
