#pragma once
// Merkle Patricia tries (Yellow Paper appendix D) in two forms: built at once from sorted pairs,
// and kept as nodes by path so that a block's changes cost only the nodes they touch.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "types/header.hpp"

namespace cairn::state {

// The root over key-value pairs sorted by key, keys distinct and none a prefix of another. Keys
// stand as they are: the caller hashes them for a secure trie.
Hash256 root_of_sorted(std::span<const std::pair<Bytes, Bytes>> pairs);

// The root over items keyed by rlp(index): transactions, receipts, withdrawals.
Hash256 ordered_root(std::span<const Bytes> items);

// A trie whose nodes live elsewhere: each node's RLP by its path from the root, a string of
// nibbles, one a byte. Nodes shorter than 32 bytes stand only within their parent; the root always
// stands by itself, at the empty path.
using Path = Bytes;
using NodeReader = std::function<std::optional<Bytes>(const Path& path)>;

struct TrieUpdate {
  Hash256 root;
  std::map<Path, std::optional<Bytes>> nodes;  // changed; nothing: removed
};

// Applies sorted changes (hashed key -> value, or nothing to remove it) to the trie behind `nodes`.
// `root` is its root so far (kEmptyTrieRoot for an empty one), or nothing where the node there is
// all that tells it. Reads only nodes on the paths to the changes. StateFault if the nodes are not
// those of `root`.
TrieUpdate update_trie(const NodeReader& nodes, const std::optional<Hash256>& root,
                       const std::map<Hash256, std::optional<Bytes>>& changes);

}  // namespace cairn::state
