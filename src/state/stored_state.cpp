#include "state/stored_state.hpp"

#include <map>
#include <utility>

#include "state/state_writer.hpp"

namespace cairn::state {
namespace {

using store::Column;
using store::Reader;

std::optional<AccountRecord> head_record(const Reader& reader, const Address& address) {
  const auto bytes = reader.get(Column::accounts, address);
  return bytes ? std::optional{decode_account_record(*bytes)} : std::nullopt;
}

std::shared_ptr<const Bytes> code_of(const Reader& reader, const StateView* below,
                                     const Hash256& code_hash) {
  if (auto bytes = reader.get(Column::codes, code_hash)) {
    return std::make_shared<const Bytes>(*std::move(bytes));
  }
  return below != nullptr ? below->code(code_hash) : nullptr;
}

std::optional<types::Account> account_of(const std::optional<AccountRecord>& record,
                                         const StateView* below, const Address& address) {
  if (record) {
    return record->gone ? std::nullopt : std::optional{record->account};
  }
  return below != nullptr ? below->account(address) : std::nullopt;
}

bool shows_below(const std::optional<AccountRecord>& record, const StateView* below) {
  return below != nullptr && !(record && record->hides_below);
}

U256 slot_of(const std::optional<Bytes>& flat, const std::optional<AccountRecord>& record,
             const StateView* below, const Address& address, const U256& key) {
  if (flat) {
    return decode_slot_value(*flat);
  }
  return shows_below(record, below) ? below->storage(address, key) : U256{};
}

bool has_storage_with(const std::optional<AccountRecord>& record, const StateView* below,
                      const Address& address) {
  return (record && record->storage_root != types::kEmptyTrieRoot) ||
         (shows_below(record, below) && below->has_storage(address));
}

bool is_as_below(BytesView history_value) { return base::equal(history_value, kAsBelow); }

bool has_prefix(BytesView key, BytesView prefix) {
  return key.size() >= prefix.size() && base::equal(key.first(prefix.size()), prefix);
}

// What a key's history says of its value at a block; nothing: the flat value holds.
std::optional<Bytes> past_value(const Reader& reader, Column history, BytesView key,
                                std::uint64_t block) {
  const auto cursor = reader.cursor(history);
  cursor->seek(history_key(key, block + 1));
  if (!cursor->valid() || !has_prefix(cursor->key(), key)) {
    return std::nullopt;
  }
  return base::to_bytes(cursor->value());
}

// All keys of a flat column that begin with `prefix`, with their values at a block (empty: none).
std::map<Bytes, Bytes> past_values(const Reader& reader, Column flat, Column history,
                                   std::size_t key_size, BytesView prefix, std::uint64_t block) {
  std::map<Bytes, Bytes> out;
  const auto past = reader.cursor(history);
  for (past->seek(prefix); past->valid() && has_prefix(past->key(), prefix);) {
    const Bytes key = base::to_bytes(past->key().first(key_size));
    past->seek(history_key(key, block + 1));
    if (past->valid() && has_prefix(past->key(), key)) {
      out.emplace(key, base::to_bytes(past->value()));
      past->seek(history_key(key, ~std::uint64_t{0}));
    }
  }
  const auto now = reader.cursor(flat);
  for (now->seek(prefix); now->valid() && has_prefix(now->key(), prefix); now->next()) {
    out.emplace(base::to_bytes(now->key()), base::to_bytes(now->value()));
  }
  std::erase_if(
      out, [](const auto& entry) { return entry.second.empty() || is_as_below(entry.second); });
  return out;
}

}  // namespace

StoredState::StoredState(std::shared_ptr<const Reader> reader,
                         std::shared_ptr<const StateView> below)
    : reader_(std::move(reader)), below_(std::move(below)) {}

std::optional<types::Account> StoredState::account(const Address& address) const {
  return account_of(head_record(*reader_, address), below_.get(), address);
}

U256 StoredState::storage(const Address& address, const U256& key) const {
  const auto value = reader_->get(Column::slots, slot_key(address, key));
  if (value || !below_) {
    return value ? decode_slot_value(*value) : U256{};
  }
  return slot_of(value, head_record(*reader_, address), below_.get(), address, key);
}

std::shared_ptr<const Bytes> StoredState::code(const Hash256& code_hash) const {
  return code_of(*reader_, below_.get(), code_hash);
}

bool StoredState::has_storage(const Address& address) const {
  return has_storage_with(head_record(*reader_, address), below_.get(), address);
}

void StoredState::for_each_slot(const Address& address, const SlotVisitor& visit) const {
  const auto cursor = reader_->cursor(Column::slots);
  for (cursor->seek(address); cursor->valid() && has_prefix(cursor->key(), address);
       cursor->next()) {
    const U256 value = decode_slot_value(cursor->value());
    if (!value.is_zero() && !visit(base::from_be(cursor->key().subspan(20)), value)) {
      return;
    }
  }
}

bool StoredState::has_unlisted_storage(const Address& address) const {
  return below_ && shows_below(head_record(*reader_, address), below_.get());
}

void StoredState::for_each_account(const AccountVisitor& visit) const {
  const auto cursor = reader_->cursor(Column::accounts);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    const AccountRecord record = decode_account_record(cursor->value());
    if (!record.gone &&
        !visit(Address::from_right(cursor->key()), record.account, record.storage_root)) {
      return;
    }
  }
}

Hash256 StoredState::root() const { return state_root(*reader_); }

Hash256 StoredState::root_after(const Changeset& changeset) const {
  store::Batch unused;
  return add_block_changes(*reader_, unused, 0, changeset, below_.get());
}

PastState::PastState(std::shared_ptr<const Reader> reader, std::uint64_t block,
                     std::shared_ptr<const StateView> below)
    : reader_(std::move(reader)), block_(block), below_(std::move(below)) {}

std::optional<AccountRecord> PastState::record(const Address& address) const {
  const auto past = past_value(*reader_, Column::account_history, address, block_);
  if (!past) {
    return head_record(*reader_, address);
  }
  return past->empty() || is_as_below(*past) ? std::nullopt
                                             : std::optional{decode_account_record(*past)};
}

std::optional<types::Account> PastState::account(const Address& address) const {
  return account_of(record(address), below_.get(), address);
}

U256 PastState::storage(const Address& address, const U256& key) const {
  const Bytes flat_key = slot_key(address, key);
  auto value = past_value(*reader_, Column::slot_history, flat_key, block_);
  if (!value) {
    value = reader_->get(Column::slots, flat_key);
  } else if (is_as_below(*value)) {
    value.reset();
  }
  if (value || !below_) {
    return value ? decode_slot_value(*value) : U256{};
  }
  return slot_of(value, record(address), below_.get(), address, key);
}

std::shared_ptr<const Bytes> PastState::code(const Hash256& code_hash) const {
  return code_of(*reader_, below_.get(), code_hash);
}

bool PastState::has_storage(const Address& address) const {
  return has_storage_with(record(address), below_.get(), address);
}

void PastState::for_each_slot(const Address& address, const SlotVisitor& visit) const {
  for (const auto& [key, value] :
       past_values(*reader_, Column::slots, Column::slot_history, 52, address, block_)) {
    if (!visit(base::from_be(BytesView{key}.subspan(20)), decode_slot_value(value))) {
      return;
    }
  }
}

bool PastState::has_unlisted_storage(const Address& address) const {
  return below_ && shows_below(record(address), below_.get());
}

void PastState::for_each_account(const AccountVisitor& visit) const {
  for (const auto& [key, value] :
       past_values(*reader_, Column::accounts, Column::account_history, 20, {}, block_)) {
    const AccountRecord record = decode_account_record(value);
    if (!record.gone && !visit(Address::from_right(key), record.account, record.storage_root)) {
      return;
    }
  }
}

}  // namespace cairn::state
