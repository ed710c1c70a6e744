#include <algorithm>
#include <memory>
#include <utility>

#include "crypto/keccak.hpp"
#include "state/state_view.hpp"
#include "state/trie.hpp"
#include "state/trie_node.hpp"

namespace cairn::state {
namespace {

using Children = std::array<ChildRef, 16>;

struct Change {
  Bytes key;           // in nibbles
  const Bytes* value;  // null: remove
};
using Changes = std::span<const Change>;

// A node on its way to its place.
struct Node {
  enum class Kind : std::uint8_t { none, leaf, extension, branch };

  Kind kind = Kind::none;
  Bytes path;                          // of a leaf or extension
  Bytes value;                         // of a leaf
  ChildRef child;                      // of an extension
  std::unique_ptr<Children> children;  // of a branch
};

Node make_leaf(Nibbles path, BytesView value) {
  return {.kind = Node::Kind::leaf,
          .path = base::to_bytes(path),
          .value = base::to_bytes(value),
          .child = {},
          .children = nullptr};
}

Node make_extension(Nibbles path, const ChildRef& child) {
  return {.kind = Node::Kind::extension,
          .path = base::to_bytes(path),
          .value = {},
          .child = child,
          .children = nullptr};
}

Node make_branch(const Children& children) {
  return {.kind = Node::Kind::branch,
          .path = {},
          .value = {},
          .child = {},
          .children = std::make_unique<Children>(children)};
}

Node make_node(BytesView bytes) {
  const DecodedNode decoded = decode_node(bytes);
  switch (decoded.kind) {
    case DecodedNode::Kind::leaf:
      return make_leaf(decoded.path, decoded.value);
    case DecodedNode::Kind::extension:
      return make_extension(decoded.path, decoded.child);
    case DecodedNode::Kind::branch:
      break;
  }
  return make_branch(decoded.children);
}

Bytes encode(const Node& node) {
  switch (node.kind) {
    case Node::Kind::leaf:
      return encode_leaf(node.path, node.value);
    case Node::Kind::extension:
      return encode_extension(node.path, node.child);
    case Node::Kind::branch:
      return encode_branch(*node.children, {});
    case Node::Kind::none:
      break;
  }
  throw StateFault("a trie node stands where nothing should");
}

Path joined(Nibbles above, Nibbles below) {
  Path out = base::to_bytes(above);
  base::append(out, below);
  return out;
}

// The changes, which all share `depth` nibbles, whose next ones are `prefix`.
Changes below(Changes changes, std::size_t depth, Nibbles prefix) {
  const auto next = [&](const Change& change) {
    return Nibbles{change.key}.subspan(depth, prefix.size());
  };
  const auto before = [&](const Change& change) {
    return std::ranges::lexicographical_compare(next(change), prefix);
  };
  const auto within = [&](const Change& change) { return base::equal(next(change), prefix); };
  const auto first = std::ranges::partition_point(changes, before);
  const auto last = std::partition_point(first, changes.end(), within);
  return {first, last};
}

class Updater {
 public:
  explicit Updater(const NodeReader& read) : read_(read) {}

  TrieUpdate run(const std::optional<Hash256>& root, Changes changes);

 private:
  Node apply(Node node, std::size_t depth, Changes changes);
  Node apply_to_leaf(const Node& leaf, std::size_t depth, Changes changes);
  Node apply_to_extension(Node node, std::size_t depth, Changes changes);
  Node apply_to_branch(Node node, std::size_t depth, Changes changes);
  Node build(std::size_t depth, Changes insertions);

  Node load(const ChildRef& ref, const Path& path);
  ChildRef store(const Path& path, const Node& node);
  Node prefixed(Nibbles above, Nibbles prefix, Node node);

  const NodeReader& read_;
  std::map<Path, Bytes> loaded_;  // as they were
  std::map<Path, std::optional<Bytes>> nodes_;
};

Node Updater::load(const ChildRef& ref, const Path& path) {
  if (ref.none()) {
    return {};
  }
  if (ref.is_embedded()) {
    return make_node(ref.rlp());
  }
  if (const auto pending = nodes_.find(path); pending != nodes_.end() && pending->second) {
    return make_node(*std::exchange(pending->second, std::nullopt));
  }
  auto bytes = read_(path);
  if (!bytes) {
    throw StateFault("a trie node is missing");
  }
  nodes_[path] = std::nullopt;
  return make_node(loaded_[path] = *std::move(bytes));
}

ChildRef Updater::store(const Path& path, const Node& node) {
  if (node.kind == Node::Kind::none) {
    return {};
  }
  Bytes bytes = encode(node);
  const ChildRef ref = reference(bytes);
  if (ref.is_hash()) {
    nodes_[path] = std::move(bytes);
  }
  return ref;
}

// The node that stands at `above` when `node` hangs `prefix` below it and nothing else does.
Node Updater::prefixed(Nibbles above, Nibbles prefix, Node node) {
  if (prefix.empty() || node.kind == Node::Kind::none) {
    return node;
  }
  if (node.kind == Node::Kind::branch) {
    return make_extension(prefix, store(joined(above, prefix), node));
  }
  node.path.insert(node.path.begin(), prefix.begin(), prefix.end());
  return node;
}

Node Updater::apply(Node node, std::size_t depth, Changes changes) {
  if (changes.empty()) {
    return node;
  }
  switch (node.kind) {
    case Node::Kind::leaf:
      return apply_to_leaf(node, depth, changes);
    case Node::Kind::extension:
      return apply_to_extension(std::move(node), depth, changes);
    case Node::Kind::branch:
      return apply_to_branch(std::move(node), depth, changes);
    case Node::Kind::none:
      break;
  }
  std::vector<Change> insertions;
  std::ranges::copy_if(changes, std::back_inserter(insertions),
                       [](const Change& change) { return change.value != nullptr; });
  return build(depth, insertions);
}

Node Updater::apply_to_leaf(const Node& leaf, std::size_t depth, Changes changes) {
  const Bytes key = joined(Nibbles{changes.front().key}.first(depth), leaf.path);
  std::vector<Change> all(changes.begin(), changes.end());
  const auto at = std::ranges::lower_bound(all, key, {}, &Change::key);
  if (at == all.end() || at->key != key) {
    all.insert(at, {key, &leaf.value});
  }
  return apply({}, depth, all);
}

Node Updater::apply_to_extension(Node node, std::size_t depth, Changes changes) {
  const Bytes above = base::to_bytes(Nibbles{changes.front().key}.first(depth));
  const Nibbles path = node.path;
  std::size_t shared = path.size();  // a removal that leaves the path removes nothing
  for (const Change& change : changes) {
    if (change.value != nullptr) {
      shared = std::min(shared, common_prefix(Nibbles{change.key}.subspan(depth), path));
    }
  }
  const Nibbles kept = path.first(shared);
  const Changes within = below(changes, depth, kept);
  if (shared == path.size()) {
    if (within.empty()) {
      return node;
    }
    Node child = apply(load(node.child, joined(above, path)), depth + shared, within);
    return prefixed(above, kept, std::move(child));
  }
  Children children;
  ChildRef& old_way = children[path[shared]];
  const Nibbles rest = path.subspan(shared + 1);
  old_way = rest.empty()
                ? node.child
                : store(joined(above, path.first(shared + 1)), make_extension(rest, node.child));
  Node branch = apply_to_branch(make_branch(children), depth + shared, within);
  return prefixed(above, kept, std::move(branch));
}

Node Updater::apply_to_branch(Node node, std::size_t depth, Changes changes) {
  const Bytes above = base::to_bytes(Nibbles{changes.front().key}.first(depth));
  std::array<Node, 16> changed;
  std::size_t left = 0;
  std::uint8_t last = 0;
  for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
    const std::array<std::uint8_t, 1> step{nibble};
    ChildRef& ref = (*node.children)[nibble];
    if (const Changes within = below(changes, depth, step); !within.empty()) {
      changed[nibble] = apply(load(ref, joined(above, step)), depth + 1, within);
      ref = {};
    }
    if (!ref.none() || changed[nibble].kind != Node::Kind::none) {
      ++left;
      last = nibble;
    }
  }
  if (left == 0) {
    return {};
  }
  const std::array<std::uint8_t, 1> step{last};
  if (left == 1) {  // a branch has two children at least
    Node& child = changed[last];
    if (child.kind == Node::Kind::none) {
      child = load((*node.children)[last], joined(above, step));
    }
    return prefixed(above, step, std::move(child));
  }
  for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
    if (changed[nibble].kind != Node::Kind::none) {
      const std::array<std::uint8_t, 1> way{nibble};
      (*node.children)[nibble] = store(joined(above, way), changed[nibble]);
    }
  }
  return node;
}

// A new subtree at `depth` of pairs that share so many nibbles.
Node Updater::build(std::size_t depth, Changes insertions) {
  if (insertions.empty()) {
    return {};
  }
  const Nibbles first = insertions.front().key;
  if (insertions.size() == 1) {
    return make_leaf(first.subspan(depth), *insertions.front().value);
  }
  const std::size_t fork = common_prefix(first, insertions.back().key);
  Children children;
  for (Changes rest = insertions; !rest.empty();) {
    const Nibbles way = Nibbles{rest.front().key}.first(fork + 1);
    const Changes group = below(rest, fork, way.subspan(fork));
    children[way[fork]] = store(base::to_bytes(way), build(fork + 1, group));
    rest = rest.subspan(group.size());
  }
  return prefixed(first.first(depth), first.subspan(depth, fork - depth), make_branch(children));
}

TrieUpdate Updater::run(const std::optional<Hash256>& root, Changes changes) {
  Node top;
  if (root != types::kEmptyTrieRoot) {
    auto bytes = read_({});
    if (root && (!bytes || crypto::keccak256(*bytes) != *root)) {
      throw StateFault("the root node of a trie is missing or another's");
    }
    if (bytes) {
      nodes_[{}] = std::nullopt;
      top = make_node(loaded_[{}] = *std::move(bytes));
    }
  }
  top = apply(std::move(top), 0, changes);
  TrieUpdate out{types::kEmptyTrieRoot, {}};
  if (top.kind != Node::Kind::none) {
    Bytes bytes = encode(top);
    out.root = crypto::keccak256(bytes);
    nodes_[{}] = std::move(bytes);
  }
  out.nodes = std::move(nodes_);
  std::erase_if(out.nodes, [&](const auto& node) {
    const auto was = loaded_.find(node.first);
    return was == loaded_.end() ? !node.second : node.second == was->second;
  });
  return out;
}

}  // namespace

TrieUpdate update_trie(const NodeReader& nodes, const std::optional<Hash256>& root,
                       const std::map<Hash256, std::optional<Bytes>>& changes) {
  std::vector<Change> sorted;
  sorted.reserve(changes.size());
  for (const auto& [key, value] : changes) {
    sorted.push_back({nibbles_of(key), value ? &*value : nullptr});
  }
  return Updater(nodes).run(root, sorted);
}

}  // namespace cairn::state
