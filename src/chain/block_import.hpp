#pragma once
// Blocks made elsewhere, one after the other onto a chain: each is judged by its parent, executed,
// held to every root of its header, and only then kept. Seals of proof of work are not verified.
// One thread; senders are recovered on the pool that is lent.

#include <memory>

#include "base/thread_pool.hpp"
#include "chain/chain.hpp"

namespace cairn::chain {

class BlockImporter {
 public:
  // Both outlive it. Reads the chain's total difficulty, where that still decides the rules.
  BlockImporter(Chain& chain, base::ThreadPool& pool);

  enum class Outcome : std::uint8_t { added, known };
  // `rlp` is a whole block. Errors name the block and say why it is refused: malformed bytes,
  // another genesis, a gap, another block where this chain has one, or a rule; then the chain is as
  // before.
  Result<Outcome> add(BytesView rlp, Durability durability = Durability::now);

 private:
  Result<Outcome> place(const types::Block& block) const;
  Result<void> append(types::Block block, std::size_t size, Durability durability);
  bool is_merged_after(const types::Header& parent) const;
  execution::Judged<std::vector<Address>> recover(const types::Block& block,
                                                  types::Fork fork) const;

  Chain& chain_;
  base::ThreadPool& pool_;
  U256 total_difficulty_;  // of the head; not kept up once a block without difficulty has come
};

}  // namespace cairn::chain
