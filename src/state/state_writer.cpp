#include "state/state_writer.hpp"

#include <utility>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "state/account_trie.hpp"
#include "state/state_keys.hpp"
#include "state/state_view.hpp"
#include "state/trie.hpp"

namespace cairn::state {
namespace {

using store::Batch;
using store::Column;
using store::Reader;

// How history entries of the head block's number come to be. They keep one rule: where a key has no
// entry of this number, its value before the block is its flat value.
enum class History : std::uint8_t {
  none,   // genesis: there is nothing before it
  fresh,  // a new block: there are no entries of its number
  merge,  // cheats and undoing: entries come and go, so that the rule holds
};

[[noreturn]] void unfit(const Address& address) {
  throw StateFault("the changes of " + base::to_hex(address) + " do not fit the stored state");
}

class StateWriter {
 public:
  StateWriter(const Reader& reader, Batch& batch, std::uint64_t block, History history,
              const StateView* below)
      : reader_(reader), batch_(batch), block_(block), history_(history), below_(below) {}

  Hash256 write(const Changeset& changeset);

 private:
  // An account's storage before and after.
  struct Storage {
    Hash256 root;
    bool hid_below = false;
    bool hides_below = false;
  };
  using Entry = std::optional<Bytes>;  // of a flat column, where there is one

  void write_account(const Address& address, const AccountChange& change);
  Hash256 write_slots(const Address& address, const Storage& storage,
                      const std::map<U256, SlotChange>& slots);
  Entry slot_entry(const Address& address, const U256& key, const U256& value, const Entry& flat,
                   bool hides_below) const;
  std::optional<types::Account> account_of(const Address& address,
                                           const std::optional<AccountRecord>& record) const;
  Entry account_entry(const Address& address, const std::optional<types::Account>& after,
                      const Storage& storage) const;

  void put(Column flat, BytesView key, const Entry& entry);
  void write_history(Column history, BytesView key, const Entry& before, const Entry& after);
  // How an entry, or none, stands in the history.
  Bytes as_history(const Entry& entry) const {
    return entry ? *entry : below_ != nullptr ? base::to_bytes(kAsBelow) : Bytes{};
  }

  const Reader& reader_;
  Batch& batch_;
  std::uint64_t block_;
  History history_;
  const StateView* below_;
  std::map<Hash256, std::optional<Bytes>> trie_changes_;  // of the account trie
};

void StateWriter::put(Column flat, BytesView key, const Entry& entry) {
  if (entry) {
    batch_.put(flat, key, *entry);
  } else {
    batch_.erase(flat, key);
  }
}

void StateWriter::write_history(Column history, BytesView key, const Entry& before,
                                const Entry& after) {
  if (history_ == History::none) {
    return;
  }
  const Bytes entry = history_key(key, block_);
  if (history_ == History::fresh) {
    batch_.put(history, entry, as_history(before));
    return;
  }
  const auto there = reader_.get(history, entry);
  const bool is_needed = there.value_or(as_history(before)) != as_history(after);
  if (is_needed && !there) {
    batch_.put(history, entry, as_history(before));
  } else if (!is_needed && there) {
    batch_.erase(history, entry);
  }
}

// On a fork: none where the value is that below; where that is hidden an entry once made stays,
// unless the one before the block is restored.
StateWriter::Entry StateWriter::slot_entry(const Address& address, const U256& key,
                                           const U256& value, const Entry& flat,
                                           bool hides_below) const {
  Entry written = base::to_be_compact(value);
  if (below_ == nullptr) {
    return value.is_zero() ? std::nullopt : written;
  }
  if (!hides_below) {
    return below_->storage(address, key) == value ? std::nullopt : written;
  }
  if (value.is_zero() && history_ == History::merge) {
    const auto there =
        reader_.get(Column::slot_history, history_key(slot_key(address, key), block_));
    if (there && base::equal(*there, kAsBelow)) {
      return std::nullopt;
    }
  }
  return value.is_zero() && !flat ? std::nullopt : written;
}

Hash256 StateWriter::write_slots(const Address& address, const Storage& storage,
                                 const std::map<U256, SlotChange>& slots) {
  std::map<Hash256, std::optional<Bytes>> changes;
  for (const auto& [key, slot] : slots) {
    const Bytes flat_key = slot_key(address, key);
    const Entry flat = reader_.get(Column::slots, flat_key);
    const U256 now = flat                                      ? decode_slot_value(*flat)
                     : below_ != nullptr && !storage.hid_below ? below_->storage(address, key)
                                                               : U256{};
    if (now != slot.before) {
      unfit(address);
    }
    const Entry after = slot_entry(address, key, slot.after, flat, storage.hides_below);
    put(Column::slots, flat_key, after);
    write_history(Column::slot_history, flat_key, flat, after);
    if (after && !after->empty()) {
      changes[trie_key(key)] = trie_slot(slot.after);
    } else if (flat && !flat->empty()) {
      changes[trie_key(key)] = std::nullopt;
    }
  }
  const Hash256 hashed = trie_key(address);
  const auto read = [&](const Path& path) {
    return reader_.get(Column::storage_trie, storage_trie_key(hashed, path));
  };
  const TrieUpdate update = update_trie(read, storage.root, changes);
  for (const auto& [path, node] : update.nodes) {
    put(Column::storage_trie, storage_trie_key(hashed, path), node);
  }
  return update.root;
}

std::optional<types::Account> StateWriter::account_of(
    const Address& address, const std::optional<AccountRecord>& record) const {
  if (record) {
    return record->gone ? std::nullopt : std::optional{record->account};
  }
  return below_ != nullptr ? below_->account(address) : std::nullopt;
}

StateWriter::Entry StateWriter::account_entry(const Address& address,
                                              const std::optional<types::Account>& after,
                                              const Storage& storage) const {
  if (below_ == nullptr ? !after
                        : !storage.hides_below && storage.root == types::kEmptyTrieRoot &&
                              after == below_->account(address)) {
    return std::nullopt;
  }
  return encode_account_record({.account = after.value_or(types::Account{}),
                                .storage_root = storage.root,
                                .gone = !after,
                                .hides_below = storage.hides_below});
}

void StateWriter::write_account(const Address& address, const AccountChange& change) {
  const Entry before = reader_.get(Column::accounts, address);
  std::optional<AccountRecord> record;
  Storage storage{.root = types::kEmptyTrieRoot};
  if (before) {
    record = decode_account_record(*before);
    storage = {record->storage_root, record->hides_below, record->hides_below};
  }
  if (account_of(address, record) != change.before) {
    unfit(address);
  }
  if (change.beneath != AccountChange::Beneath::stays) {
    storage.hides_below = change.beneath == AccountChange::Beneath::hidden;
  }
  if (!change.slots.empty()) {
    storage.root = write_slots(address, storage, change.slots);
  }
  if (!change.after && storage.root != types::kEmptyTrieRoot) {
    unfit(address);
  }
  const Entry after = account_entry(address, change.after, storage);
  put(Column::accounts, address, after);
  write_history(Column::account_history, address, before, after);
  if (after && change.after) {
    trie_changes_[trie_key(address)] = trie_account(*change.after, storage.root);
  } else if (record && !record->gone) {
    trie_changes_[trie_key(address)] = std::nullopt;
  }
}

Hash256 StateWriter::write(const Changeset& changeset) {
  for (const auto& [hash, code] : changeset.codes) {
    batch_.put(Column::codes, hash, *code);
  }
  for (const auto& [address, change] : changeset.accounts) {
    write_account(address, change);
  }
  const auto read = [&](const Path& path) { return reader_.get(Column::account_trie, path); };
  const TrieUpdate update = update_trie(read, std::nullopt, trie_changes_);
  for (const auto& [path, node] : update.nodes) {
    put(Column::account_trie, path, node);
  }
  return update.root;
}

}  // namespace

Hash256 state_root(const Reader& reader) {
  const auto node = reader.get(Column::account_trie, {});
  return node ? crypto::keccak256(*node) : types::kEmptyTrieRoot;
}

Hash256 add_block_changes(const Reader& reader, Batch& batch, std::uint64_t block,
                          const Changeset& changeset, const StateView* below) {
  const History history = block == 0 ? History::none : History::fresh;
  return StateWriter(reader, batch, block, history, below).write(changeset);
}

Hash256 add_cheat(const Reader& reader, Batch& batch, std::uint64_t block,
                  const Changeset& changeset, const StateView* below) {
  const History history = block == 0 ? History::none : History::merge;
  return StateWriter(reader, batch, block, history, below).write(changeset);
}

Hash256 undo_changes(const Reader& reader, Batch& batch, std::uint64_t block,
                     const Changeset& changeset, const StateView* below) {
  return add_cheat(reader, batch, block, inverted(changeset), below);
}

}  // namespace cairn::state
