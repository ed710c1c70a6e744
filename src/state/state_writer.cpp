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
  StateWriter(const Reader& reader, Batch& batch, std::uint64_t block, History history)
      : reader_(reader), batch_(batch), block_(block), history_(history) {}

  Hash256 write(const Changeset& changeset);

 private:
  // The account's entry in the account trie; nothing: it is gone.
  std::optional<Bytes> write_account(const Address& address, const AccountChange& change);
  Hash256 write_slots(const Address& address, const Hash256& storage_root,
                      const std::map<U256, SlotChange>& slots);
  void write_history(Column history, BytesView key, BytesView before, BytesView after);

  const Reader& reader_;
  Batch& batch_;
  std::uint64_t block_;
  History history_;
};

void StateWriter::write_history(Column history, BytesView key, BytesView before, BytesView after) {
  if (history_ == History::none) {
    return;
  }
  const Bytes entry = history_key(key, block_);
  if (history_ == History::fresh) {
    batch_.put(history, entry, before);
    return;
  }
  const auto there = reader_.get(history, entry);
  const bool is_needed = !base::equal(there ? BytesView{*there} : before, after);
  if (is_needed && !there) {
    batch_.put(history, entry, before);
  } else if (!is_needed && there) {
    batch_.erase(history, entry);
  }
}

Hash256 StateWriter::write_slots(const Address& address, const Hash256& storage_root,
                                 const std::map<U256, SlotChange>& slots) {
  std::map<Hash256, std::optional<Bytes>> changes;
  for (const auto& [key, slot] : slots) {
    const Bytes flat_key = slot_key(address, key);
    const Bytes before = base::to_be_compact(slot.before);
    const Bytes after = base::to_be_compact(slot.after);
    if (reader_.get(Column::slots, flat_key).value_or(Bytes{}) != before) {
      unfit(address);
    }
    if (after.empty()) {
      batch_.erase(Column::slots, flat_key);
    } else {
      batch_.put(Column::slots, flat_key, after);
    }
    write_history(Column::slot_history, flat_key, before, after);
    changes[trie_key(key)] = after.empty() ? std::nullopt : std::optional{trie_slot(slot.after)};
  }
  const Hash256 hashed = trie_key(address);
  const auto read = [&](const Path& path) {
    return reader_.get(Column::storage_trie, storage_trie_key(hashed, path));
  };
  const TrieUpdate update = update_trie(read, storage_root, changes);
  for (const auto& [path, node] : update.nodes) {
    if (node) {
      batch_.put(Column::storage_trie, storage_trie_key(hashed, path), *node);
    } else {
      batch_.erase(Column::storage_trie, storage_trie_key(hashed, path));
    }
  }
  return update.root;
}

std::optional<Bytes> StateWriter::write_account(const Address& address,
                                                const AccountChange& change) {
  const Bytes before = reader_.get(Column::accounts, address).value_or(Bytes{});
  AccountRecord record;
  if (!before.empty()) {
    record = decode_account_record(before);
  }
  if (change.before ? before.empty() || record.account != *change.before : !before.empty()) {
    unfit(address);
  }
  if (!change.slots.empty()) {
    record.storage_root = write_slots(address, record.storage_root, change.slots);
  }
  if (!change.after) {
    if (record.storage_root != types::kEmptyTrieRoot) {
      unfit(address);
    }
    batch_.erase(Column::accounts, address);
    write_history(Column::account_history, address, before, {});
    return std::nullopt;
  }
  record.account = *change.after;
  const Bytes after = encode_account_record(record);
  batch_.put(Column::accounts, address, after);
  write_history(Column::account_history, address, before, after);
  return trie_account(record.account, record.storage_root);
}

Hash256 StateWriter::write(const Changeset& changeset) {
  for (const auto& [hash, code] : changeset.codes) {
    batch_.put(Column::codes, hash, *code);
  }
  std::map<Hash256, std::optional<Bytes>> changes;
  for (const auto& [address, change] : changeset.accounts) {
    changes[trie_key(address)] = write_account(address, change);
  }
  const auto read = [&](const Path& path) { return reader_.get(Column::account_trie, path); };
  const TrieUpdate update = update_trie(read, state_root(reader_), changes);
  for (const auto& [path, node] : update.nodes) {
    if (node) {
      batch_.put(Column::account_trie, path, *node);
    } else {
      batch_.erase(Column::account_trie, path);
    }
  }
  return update.root;
}

}  // namespace

Hash256 state_root(const Reader& reader) {
  const auto node = reader.get(Column::account_trie, {});
  return node ? crypto::keccak256(*node) : types::kEmptyTrieRoot;
}

Hash256 add_block_changes(const Reader& reader, Batch& batch, std::uint64_t block,
                          const Changeset& changeset) {
  const History history = block == 0 ? History::none : History::fresh;
  return StateWriter(reader, batch, block, history).write(changeset);
}

Hash256 add_cheat(const Reader& reader, Batch& batch, std::uint64_t block,
                  const Changeset& changeset) {
  const History history = block == 0 ? History::none : History::merge;
  return StateWriter(reader, batch, block, history).write(changeset);
}

Hash256 undo_changes(const Reader& reader, Batch& batch, std::uint64_t block,
                     const Changeset& changeset) {
  return add_cheat(reader, batch, block, inverted(changeset));
}

}  // namespace cairn::state
