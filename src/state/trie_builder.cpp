#include "state/trie_builder.hpp"

#include <utility>

#include "crypto/keccak.hpp"
#include "types/header.hpp"

namespace cairn::state {

TrieBuilder::Branch& TrieBuilder::branch_at(std::size_t depth) {
  if (open_.empty() || open_.back().depth < depth) {
    open_.push_back({depth, {}, {}});
  }
  return open_.back();
}

// Hangs the last pair, and every branch deeper than `shared`, below a branch of depth `shared` or
// the deepest one above: no later key reaches into them.
void TrieBuilder::settle(std::size_t shared) {
  Branch& parent = branch_at(shared);
  if (parent.depth == path_.size()) {
    parent.value = std::move(value_);
  } else {
    const Nibbles rest = Nibbles{path_}.subspan(parent.depth + 1);
    parent.children[path_[parent.depth]] = reference(encode_leaf(rest, value_));
  }
  while (open_.back().depth > shared) {
    const Branch done = std::move(open_.back());
    open_.pop_back();
    Branch& above = branch_at(shared);
    ChildRef child = reference(encode_branch(done.children, done.value));
    const Nibbles between = Nibbles{path_}.subspan(above.depth + 1, done.depth - above.depth - 1);
    if (!between.empty()) {
      child = reference(encode_extension(between, child));
    }
    above.children[path_[above.depth]] = child;
  }
}

void TrieBuilder::add(BytesView key, BytesView value) {
  Bytes path = nibbles_of(key);
  if (!value_.empty()) {
    settle(common_prefix(path_, path));
  }
  path_ = std::move(path);
  value_ = base::to_bytes(value);
}

Hash256 TrieBuilder::root() {
  if (value_.empty()) {
    return types::kEmptyTrieRoot;
  }
  Bytes node;
  if (open_.empty()) {
    node = encode_leaf(path_, value_);
  } else {
    settle(open_.front().depth);
    const Branch& top = open_.front();
    node = encode_branch(top.children, top.value);
    if (top.depth > 0) {
      node = encode_extension(Nibbles{path_}.first(top.depth), reference(node));
    }
  }
  *this = {};
  return crypto::keccak256(node);
}

}  // namespace cairn::state
