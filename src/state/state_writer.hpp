#pragma once
// How changesets become the state of a store: flat values, codes, trie nodes and history. These add
// to a batch what makes the changes part of the state behind the reader, and return the new state
// root. One call a batch: it does not see what the batch already holds. StateFault if a `before`
// value is not what stands in the state; the batch is then of no use.
//
// `below` is the state of a fork's source (StoredState); null on a chain of its own. A key whose
// value becomes what it is below loses its flat entry, so that the root follows from the state
// alone.

#include <cstdint>

#include "state/changeset.hpp"
#include "state/state_view.hpp"
#include "store/store.hpp"

namespace cairn::state {

// Of the account trie behind a reader, from its root node.
Hash256 state_root(const store::Reader& reader);

// Block `block`'s own changes, on the state at `block` - 1. Block 0 leaves no history.
Hash256 add_block_changes(const store::Reader& reader, store::Batch& batch, std::uint64_t block,
                          const Changeset& changeset, const StateView* below = nullptr);
// Changes without a block (cheats) on the head `block`: they become part of its state.
Hash256 add_cheat(const store::Reader& reader, store::Batch& batch, std::uint64_t block,
                  const Changeset& changeset, const StateView* below = nullptr);
// Takes back the newest changes, a block's or a cheat's, as they were added on the head `block`.
// Codes stay.
Hash256 undo_changes(const store::Reader& reader, store::Batch& batch, std::uint64_t block,
                     const Changeset& changeset, const StateView* below = nullptr);

}  // namespace cairn::state
