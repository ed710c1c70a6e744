#pragma once
// Makes a block out of waiting transactions: the producer of a dev chain, and its pending block.

#include <functional>
#include <optional>
#include <vector>

#include "chain/chain.hpp"
#include "execution/transaction_processor.hpp"
#include "node/events.hpp"
#include "txpool/txpool.hpp"

namespace cairn::node {

// Gives transactions in the order in which the block should take them; null at the end.
using Candidates = std::function<txpool::EntryPtr()>;

struct BuiltBlock {
  chain::ProducedBlock produced;  // the header's state root is still open
  bool full = false;              // something was left for the next block
  // Where the environment keeps it: a megabyte in all, what came later is counted alone.
  ConsoleLogs console{};
};

// Builds on the head's state. A candidate that the rules refuse is left out, with those of its
// sender that follow; one that fails when it runs is taken and has status 0. Refused only when the
// block itself cannot be (a system call fails). `max_transactions`: more are left for the next one.
execution::Judged<BuiltBlock> build_block(const chain::ChainView& head, types::Header header,
                                          const execution::BlockEnvironment& environment,
                                          const Candidates& candidates,
                                          std::optional<std::uint64_t> max_transactions = {});

}  // namespace cairn::node
