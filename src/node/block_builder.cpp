#include "node/block_builder.hpp"

#include <limits>
#include <unordered_set>

#include "execution/block_processor.hpp"
#include "execution/block_rules.hpp"
#include "execution/requests.hpp"

namespace cairn::node {
namespace {

using execution::Refused;
using types::Fork;

constexpr std::uint64_t kLeastGas = 21'000;      // of any transaction
constexpr std::size_t kHeaderAllowance = 2'048;  // bytes of a block that are not transactions
constexpr std::size_t kMostConsoleBytes = 1024 * 1024;  // of a block

class Builder {
 public:
  Builder(const chain::ChainView& head, types::Header header,
          const execution::BlockEnvironment& environment)
      : state_(head.state()),
        overlay_(*state_),
        header_(std::move(header)),
        fork_(environment.context.fork),
        processor_(overlay_, header_, head.config(), environment,
                   [&head](const state::Overlay& overlay) {
                     return head.state_root_after(overlay.changeset());
                   }) {
    processor_.keep_appearances();
  }

  execution::Judged<BuiltBlock> build(const Candidates& candidates,
                                      std::optional<std::uint64_t> most) {
    processor_.begin();
    take(candidates, most.value_or(std::numeric_limits<std::uint64_t>::max()));
    std::vector<types::Withdrawal> withdrawals;
    CAIRN_TRY(execution::BlockOutcome outcome, processor_.finish(withdrawals, {}));
    return seal(std::move(outcome));
  }

 private:
  void take(const Candidates& candidates, std::uint64_t most) {
    while (const txpool::EntryPtr entry = candidates()) {
      if (skipped_.contains(entry->sender)) {
        continue;
      }
      if (built_.produced.senders.size() >= most ||
          header_.gas_limit - processor_.gas_used() < kLeastGas) {
        built_.full = true;
        return;
      }
      if (!fits(*entry) || !add(*entry)) {
        skipped_.insert(entry->sender);
      }
    }
  }

  // EIP-7934
  bool fits(const txpool::Entry& entry) {
    const std::size_t size = types::encode_transaction(entry.transaction).size();
    if (fork_ >= Fork::osaka && size_ + size > execution::kMaxBlockSize) {
      built_.full = true;
      return false;
    }
    size_ += size;
    return true;
  }

  bool add(const txpool::Entry& entry) {
    auto outcome = processor_.add(entry.transaction, entry.sender, nullptr,
                                  {.sender_code = entry.impersonated});
    if (!outcome) {
      const Refused code = outcome.error().code;
      built_.full |= !built_.produced.senders.empty() && (code == Refused::gas_limit_above_block ||
                                                          code == Refused::too_many_blobs_in_block);
      return false;
    }
    chain::ProducedBlock& block = built_.produced;
    if (entry.impersonated) {
      block.impersonated.push_back(static_cast<std::uint32_t>(block.senders.size()));
    }
    block.block.transactions.push_back(entry.transaction);
    block.transaction_hashes.push_back(entry.hash);
    block.senders.push_back(entry.sender);
    keep_console(entry.hash, std::move(outcome->console));
    return true;
  }

  void keep_console(const Hash256& transaction, evm::ConsoleLog console) {
    if (console.empty()) {
      return;
    }
    if (console.bytes() > kMostConsoleBytes - console_bytes_) {
      console.forget();
    }
    console_bytes_ += console.bytes();
    built_.console.emplace(transaction, std::move(console));
  }

  BuiltBlock seal(execution::BlockOutcome outcome) {
    chain::ProducedBlock& block = built_.produced;
    header_ = execution::with_outcome(std::move(header_), block.block.transactions, outcome);
    if (fork_ >= Fork::shanghai) {
      block.block.withdrawals.emplace();
    }
    block.block.header = header_;
    block.receipts = std::move(outcome.receipts);
    block.appearances = std::move(outcome.appearances);
    block.changes = overlay_.changeset();
    return std::move(built_);
  }

  std::shared_ptr<const state::StateView> state_;
  state::Overlay overlay_;
  types::Header header_;
  Fork fork_;
  execution::BlockProcessor processor_;
  BuiltBlock built_;
  std::size_t size_ = kHeaderAllowance;
  std::size_t console_bytes_ = 0;
  std::unordered_set<Address> skipped_;
};

}  // namespace

execution::Judged<BuiltBlock> build_block(const chain::ChainView& head, types::Header header,
                                          const execution::BlockEnvironment& environment,
                                          const Candidates& candidates,
                                          std::optional<std::uint64_t> max_transactions) {
  return Builder(head, std::move(header), environment).build(candidates, max_transactions);
}

}  // namespace cairn::node
