#pragma once
// The nodes of a Merkle Patricia trie and their bytes (Yellow Paper appendix D). Used by the two
// forms in trie.hpp; nothing else should need it.
//
//   leaf       [hex-prefix(path, 1), value]
//   extension  [hex-prefix(path, 0), child]
//   branch     [child 0, ..., child 15, value]
//
// A child stands in its parent as the node's own RLP when that is shorter than 32 bytes, else as
// its Keccak-256.

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace cairn::state {

// A string of nibbles, one a byte.
using Nibbles = std::span<const std::uint8_t>;

// How a parent names a child: RLP of at most 33 bytes; none where there is no child.
class ChildRef {
 public:
  ChildRef() = default;
  // `rlp`: the item as it stands in the parent.
  explicit ChildRef(BytesView rlp);

  bool none() const { return size_ == 0; }
  bool is_hash() const { return size_ == 33; }
  bool is_embedded() const { return size_ != 0 && size_ != 33; }
  BytesView rlp() const { return {bytes_.data(), size_}; }
  Hash256 hash() const;  // where is_hash()

  bool operator==(const ChildRef& other) const { return base::equal(rlp(), other.rlp()); }

 private:
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, 33> bytes_{};
};

Bytes encode_leaf(Nibbles path, BytesView value);
Bytes encode_extension(Nibbles path, const ChildRef& child);
Bytes encode_branch(const std::array<ChildRef, 16>& children, BytesView value);

// The reference of a node from its bytes: the one place where nodes are hashed.
ChildRef reference(BytesView node);

struct DecodedNode {
  enum class Kind : std::uint8_t { leaf, extension, branch };
  Kind kind = Kind::branch;
  Bytes path;   // nibbles
  Bytes value;  // of a leaf or branch
  ChildRef child;
  std::array<ChildRef, 16> children;
};

// Throws StateFault for bytes that are no node: stored nodes are the program's own.
DecodedNode decode_node(BytesView bytes);

Bytes nibbles_of(BytesView key);
std::size_t common_prefix(Nibbles a, Nibbles b);

}  // namespace cairn::state
