#pragma once
// The root of a trie from its pairs in key order, in one pass: only the branches on the path to the
// last key are held, so that a million accounts need a few kilobytes.

#include <array>
#include <vector>

#include "state/trie_node.hpp"

namespace cairn::state {

class TrieBuilder {
 public:
  // Keys come in strictly growing order; one may be a prefix of a later one. Values are not empty.
  void add(BytesView key, BytesView value);
  // Ends the trie: kEmptyTrieRoot if nothing was added. The builder is empty again.
  Hash256 root();

 private:
  struct Branch {
    std::size_t depth;  // nibbles above it
    std::array<ChildRef, 16> children;
    Bytes value;
  };

  Branch& branch_at(std::size_t depth);
  void settle(std::size_t shared);

  std::vector<Branch> open_;  // from the root down
  Bytes path_;                // of the last pair, in nibbles
  Bytes value_;               // of the last pair; empty before the first
};

}  // namespace cairn::state
