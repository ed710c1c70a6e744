#pragma once
// The embedded key-value store: ordered keys in a few columns, atomic synced batches, consistent
// snapshots. Knows bytes, not Ethereum. What stands in each column is said where it is written.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace cairn::store {

// The store cannot be read: the disk failed, or a checksum does not fit.
class StoreFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A column's number is part of the stored form: columns are only ever added, at the end.
enum class Column : std::uint8_t {
  meta,             // single values: format version, genesis, head, settings
  records,          // the chain's log: sequence number -> block, cheat or truncate record
  headers,          // number -> header hash and header
  bodies,           // number -> body
  receipts,         // number -> receipts
  block_numbers,    // block hash -> number
  transactions,     // transaction hash -> number, index
  accounts,         // flat state: address -> account
  slots,            // flat state: address, key -> value
  codes,            // code hash -> code
  account_trie,     // path -> node
  storage_trie,     // hashed address, path -> node
  account_history,  // address, block -> account before that block
  slot_history,     // address, key, block -> value before that block
  logs,             // log index (address or topic, block)
  pool,             // journal of waiting transactions
  drops,            // why transactions left the pool
  upstream,         // what another node said, of a chain that is forked from it
  appearances,      // index of who has to do with a block's transactions
  sidecars,         // blobs of mined transactions (chain/sidecars.hpp)
};
inline constexpr std::size_t kColumnCount = 20;

// Writes that become visible and durable together; a later one on the same key wins. Not
// thread-safe; cheap to move.
class Batch {
 public:
  void put(Column column, BytesView key, BytesView value);
  void erase(Column column, BytesView key);
  void erase_range(Column column, BytesView first, BytesView end);  // [first, end)
  bool empty() const { return operations_.empty(); }
  std::size_t byte_size() const { return bytes_.size(); }  // of keys and values

  // For implementations of Store, in the order of the calls.
  template <class Put, class Erase, class EraseRange>
  void replay(Put&& on_put, Erase&& on_erase, EraseRange&& on_erase_range) const {
    BytesView rest = bytes_;
    for (const Operation& one : operations_) {
      const BytesView first = rest.first(one.first_size);
      const BytesView second = rest.subspan(one.first_size, one.second_size);
      rest = rest.subspan(one.first_size + one.second_size);
      switch (one.kind) {
        case Kind::put:
          on_put(one.column, first, second);
          break;
        case Kind::erase:
          on_erase(one.column, first);
          break;
        case Kind::erase_range:
          on_erase_range(one.column, first, second);
          break;
      }
    }
  }

 private:
  enum class Kind : std::uint8_t { put, erase, erase_range };
  struct Operation {
    Kind kind;
    Column column;
    std::uint32_t first_size;
    std::uint32_t second_size;
  };

  void add(Kind kind, Column column, BytesView first, BytesView second);

  std::vector<Operation> operations_;
  Bytes bytes_;  // what the operations name, one after the other
};

// Walks a column in key order. Belongs to the reader that made it and must die before it.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void seek(BytesView key) = 0;           // first key >= `key`
  virtual void seek_for_prev(BytesView key) = 0;  // last key <= `key`
  virtual void next() = 0;
  virtual void prev() = 0;
  virtual bool valid() const = 0;
  virtual BytesView key() const = 0;    // until the next move
  virtual BytesView value() const = 0;  // until the next move
};

// A consistent view. Any thread may read; a cursor stays with one thread.
// A disk fault while reading is an exception (StoreFault).
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::optional<Bytes> get(Column column, BytesView key) const = 0;
  virtual std::unique_ptr<Cursor> cursor(Column column) const = 0;
};

// Any thread may call; batches are written one after the other.
class Store : public Reader {
 public:
  // Durable when it returns: every byte synced. On an error nothing of the batch is visible, now or
  // after opening the store again (in_doubt: then it may be, because the disk did not take back
  // what it had), and the store refuses all further writes: a failed sync is never retried.
  virtual Result<void> commit(Batch batch) = 0;
  // The state of this moment, for as long as it is held.
  virtual std::shared_ptr<const Reader> snapshot() const = 0;
};

}  // namespace cairn::store
