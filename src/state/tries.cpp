#include "state/tries.hpp"

#include <utility>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "state/account_trie.hpp"
#include "state/state_keys.hpp"
#include "state/state_view.hpp"
#include "state/state_writer.hpp"
#include "state/trie_node.hpp"

namespace cairn::state {
namespace {

using store::Column;

// The child that a node leads to; `path` grows by the nibbles that it takes. None: the key is not
// below this node. A leaf that fits has no child: its value is the key's.
struct Step {
  ChildRef child;
  Bytes value;
};

Step step_of(const DecodedNode& node, Nibbles key, Path& path) {
  const Nibbles rest = key.subspan(path.size());
  if (node.kind == DecodedNode::Kind::branch) {
    if (rest.empty()) {
      return {{}, node.value};
    }
    path.push_back(rest[0]);
    return {node.children[rest[0]], {}};
  }
  if (common_prefix(rest, node.path) != node.path.size()) {
    return {};
  }
  base::append(path, node.path);
  return {node.child, node.value};
}

types::Account account_of(BytesView leaf, Hash256& storage_root) {
  const auto sound = [](auto result) {
    if (!result) {
      throw StateFault("a leaf of the account trie is no account");
    }
    return *std::move(result);
  };
  codec::RlpReader rest = sound(codec::read_rlp_list(leaf, "account"));
  types::Account out;
  out.nonce = sound(rest.u64("nonce"));
  out.balance = sound(rest.u256("balance"));
  storage_root = sound(rest.fixed<32>("storage root"));
  out.code_hash = sound(rest.fixed<32>("code hash"));
  return out;
}

}  // namespace

TrieProof prove(const NodeReader& nodes, const Hash256& root, const Hash256& hashed_key) {
  TrieProof out;
  if (root == types::kEmptyTrieRoot) {
    return out;
  }
  const Bytes key = nibbles_of(hashed_key);
  Path path;
  std::optional<Bytes> bytes = nodes(path);
  while (true) {
    if (!bytes) {
      throw StateFault("a trie node is missing");
    }
    out.nodes.push_back(*bytes);
    DecodedNode node = decode_node(*bytes);
    Step step = step_of(node, key, path);
    while (step.child.is_embedded()) {
      node = decode_node(step.child.rlp());
      step = step_of(node, key, path);
    }
    if (step.child.none()) {
      out.value = std::move(step.value);
      return out;
    }
    bytes = nodes(path);
  }
}

Tries::Tries(std::shared_ptr<const store::Reader> reader)
    : reader_(std::move(reader)), root_(state_root(*reader_)) {}

NodeReader Tries::account_nodes() const {
  return [this](const Path& path) -> std::optional<Bytes> {
    const auto changed = accounts_.find(path);
    return changed != accounts_.end() ? changed->second : reader_->get(Column::account_trie, path);
  };
}

NodeReader Tries::storage_nodes(const Hash256& hashed_address) const {
  const auto found = storages_.find(hashed_address);
  const Nodes* changed = found != storages_.end() ? &found->second : nullptr;
  return [this, hashed_address, changed](const Path& path) -> std::optional<Bytes> {
    if (changed != nullptr) {
      if (const auto node = changed->find(path); node != changed->end()) {
        return node->second;
      }
    }
    return reader_->get(Column::storage_trie, storage_trie_key(hashed_address, path));
  };
}

Hash256 Tries::storage_root(const Address& address) const {
  if (const auto changed = storage_roots_.find(address); changed != storage_roots_.end()) {
    return changed->second;
  }
  const auto record = reader_->get(Column::accounts, address);
  return record ? decode_account_record(*record).storage_root : types::kEmptyTrieRoot;
}

Hash256 Tries::changed_storage(const Address& address, const AccountChange& change) {
  const Hash256 before = storage_root(address);
  if (change.slots.empty()) {
    return before;
  }
  std::map<Hash256, std::optional<Bytes>> slots;
  for (const auto& [key, slot] : change.slots) {
    slots[trie_key(key)] =
        slot.after.is_zero() ? std::nullopt : std::optional(trie_slot(slot.after));
  }
  const Hash256 hashed = trie_key(address);
  TrieUpdate update = update_trie(storage_nodes(hashed), before, slots);
  Nodes& nodes = storages_[hashed];
  for (auto& [path, node] : update.nodes) {
    nodes[path] = std::move(node);
  }
  return update.root;
}

void Tries::apply(const Changeset& changeset) {
  std::map<Hash256, std::optional<Bytes>> leaves;
  for (const auto& [address, change] : changeset.accounts) {
    const Hash256 root = changed_storage(address, change);
    storage_roots_[address] = root;
    leaves[trie_key(address)] =
        change.after ? std::optional(trie_account(*change.after, root)) : std::nullopt;
  }
  TrieUpdate update = update_trie(account_nodes(), root_, leaves);
  for (auto& [path, node] : update.nodes) {
    accounts_[path] = std::move(node);
  }
  root_ = update.root;
}

AccountProof Tries::prove_account(const Address& address) const {
  TrieProof proof = prove(account_nodes(), root_, trie_key(address));
  AccountProof out;
  out.nodes = std::move(proof.nodes);
  if (!proof.value.empty()) {
    out.account = account_of(proof.value, out.storage_root);
  }
  return out;
}

SlotProof Tries::prove_slot(const Address& address, const Hash256& storage_root,
                            const U256& key) const {
  TrieProof proof = prove(storage_nodes(trie_key(address)), storage_root, trie_key(key));
  SlotProof out{.nodes = std::move(proof.nodes), .value = {}};
  if (!proof.value.empty()) {
    const auto value = codec::RlpReader(proof.value).u256("slot");
    if (!value) {
      throw StateFault("a leaf of a storage trie is no number");
    }
    out.value = *value;
  }
  return out;
}

}  // namespace cairn::state
