#pragma once
// Blocks made elsewhere, one after the other onto a chain: each is judged by its parent, executed,
// held to every root of its header, and only then kept. Seals of proof of work are not verified.
//
// Before the merge the chain of the greatest total difficulty is the head, of equal ones the one
// that came first. Blocks beside the chain are kept in memory; when their branch becomes the chain,
// the blocks that it replaces are taken back (Chain::truncate_to).
// One thread; senders are recovered on the pool that is lent.

#include <memory>
#include <optional>
#include <unordered_map>

#include "base/thread_pool.hpp"
#include "chain/chain.hpp"
#include "execution/refusal.hpp"

namespace cairn::chain {

// Why a block is not taken. `message` names the block.
struct RejectedBlock : Error {
  explicit(false) RejectedBlock(Error error, std::optional<execution::Refusal> rule = {})
      : Error(std::move(error)), refusal(std::move(rule)) {}

  std::optional<execution::Refusal> refusal;  // the rule that it breaks; none: disk, another chain
};

// What a block after the merge does that stands beside the chain: it is refused, because what is
// merged is final, or it becomes the head, as a fork choice that names it would have it.
enum class AfterMerge : std::uint8_t { is_final, last_is_head };

class BlockImporter {
 public:
  // Both outlive it. Reads the chain's total difficulty, where that still decides the rules.
  BlockImporter(Chain& chain, base::ThreadPool& pool,
                AfterMerge after_merge = AfterMerge::is_final);

  enum class Outcome : std::uint8_t {
    added,  // it is the head
    known,  // it was here
    // Valid, but on a branch that is not the chain. Where that is merged and final, only the header
    // of a block from before the merge is judged.
    beside,
  };
  // `rlp` is a whole block. Errors name the block and say why it is refused: malformed bytes,
  // another genesis, a gap, another block where this chain has one, or a rule; then the chain is as
  // before.
  Result<Outcome, RejectedBlock> add(BytesView rlp);

 private:
  struct Beside {
    Bytes rlp;
    Hash256 parent;
  };

  bool is_known(const Hash256& hash) const;
  RejectedBlock not_connected(const types::Block& block) const;
  Result<Outcome, RejectedBlock> add_beside(types::Block block, BytesView rlp);
  Result<Outcome, RejectedBlock> leave_beside(const types::Block& block, BytesView rlp);
  Result<void, RejectedBlock> append(types::Block block, std::size_t size);
  // Makes a block that is_known() the head.
  Result<void, RejectedBlock> switch_to(const Hash256& hash);
  execution::Judged<std::vector<Address>> recover(const types::Block& block,
                                                  types::Fork fork) const;

  Chain& chain_;
  base::ThreadPool& pool_;
  AfterMerge after_merge_;
  U256 total_difficulty_;  // of the head; at least the terminal one once it is merged
  std::unordered_map<Hash256, Beside> beside_;
  std::size_t beside_size_ = 0;  // bytes
};

}  // namespace cairn::chain
