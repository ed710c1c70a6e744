#pragma once
// The state's tries in memory over those of a store: as they were before changes that are taken
// back, as they would be after changes that are made; and proofs from them (EIP-1186). Nodes that
// no change touches are read from the store. StateFault when a change does not fit. One thread.

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "state/changeset.hpp"
#include "state/trie.hpp"
#include "store/store.hpp"

namespace cairn::state {

// The nodes from a trie's root towards a key, as Ethereum's proofs list them: nodes that stand
// within their parent are not listed by themselves. `value` is empty where the key is not there;
// the nodes then show that it is not.
struct TrieProof {
  std::vector<Bytes> nodes;
  Bytes value;
};
TrieProof prove(const NodeReader& nodes, const Hash256& root, const Hash256& hashed_key);

struct AccountProof {
  std::vector<Bytes> nodes;
  std::optional<types::Account> account;
  Hash256 storage_root = types::kEmptyTrieRoot;
};
struct SlotProof {
  std::vector<Bytes> nodes;
  U256 value;
};

class Tries {
 public:
  // The tries that stand in the store. Not those of a fork: there they hold what differs alone.
  explicit Tries(std::shared_ptr<const store::Reader> reader);

  // Takes a changeset's `after` values.
  void apply(const Changeset& changeset);
  const Hash256& root() const { return root_; }

  AccountProof prove_account(const Address& address) const;
  // `storage_root` is what prove_account answers.
  SlotProof prove_slot(const Address& address, const Hash256& storage_root, const U256& key) const;

 private:
  using Nodes = std::map<Path, std::optional<Bytes>>;  // changed; nothing: removed

  NodeReader account_nodes() const;
  NodeReader storage_nodes(const Hash256& hashed_address) const;
  Hash256 storage_root(const Address& address) const;
  Hash256 changed_storage(const Address& address, const AccountChange& change);

  std::shared_ptr<const store::Reader> reader_;
  Hash256 root_;
  Nodes accounts_;
  std::map<Hash256, Nodes> storages_;         // by hashed address
  std::map<Address, Hash256> storage_roots_;  // of accounts that were changed
};

}  // namespace cairn::state
