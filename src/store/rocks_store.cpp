#include "store/rocks_store.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <mutex>
#include <utility>
#include <vector>

#include "store/padded_log.hpp"
#include "store/recent_values.hpp"

namespace cairn::store {
namespace {

// The names of the column families, by Column.
constexpr std::array<const char*, kColumnCount> kColumnNames = {
    "meta",          "records",      "headers",         "bodies",       "receipts",
    "block_numbers", "transactions", "accounts",        "slots",        "codes",
    "account_trie",  "storage_trie", "account_history", "slot_history", "logs",
    "pool",          "drops",        "upstream",        "appearances",  "sidecars"};

constexpr int kCacheShardBits = 2;  // four locks

// RocksDB counts each comparison of keys for the thread that makes it, unless told not to.
void count_nothing() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

rocksdb::Slice slice(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

BytesView view(const rocksdb::Slice& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

Error error_of(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return {ErrorCode::conflict, "the store is open in another process"};
  }
  if (status.IsCorruption()) {
    return {ErrorCode::corrupt, "the store is damaged: " + text};
  }
  if (status.IsInvalidArgument()) {
    return {ErrorCode::unsupported, "the store is not of this version: " + text};
  }
  return {ErrorCode::io, "the store failed: " + text};
}

void demand(const rocksdb::Status& status) {
  if (!status.ok()) {
    throw StoreFault(error_of(status).message);
  }
}

// RocksDB's words for its own developers. Its file of them would be one more on a full disk, where
// it ends the program with an assertion.
class Silence : public rocksdb::Logger {
 public:
  Silence() : Logger(rocksdb::FATAL_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options(const RocksOptions& options) {
  rocksdb::DBOptions out;
  out.env = options.env.get();
  out.create_if_missing = true;
  out.create_missing_column_families = true;
  out.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_size);
  out.max_total_wal_size = 4 * options.write_buffer_size;
  out.max_manifest_file_size = options.max_manifest_size;
  out.max_open_files = 256;
  out.max_file_opening_threads = 1;  // per column: more are more start-up than help
  out.max_background_jobs = 2;
  out.max_bgerror_resume_count = 0;  // a failed write is never tried again
  out.info_log = std::make_shared<Silence>();
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  return out;
}

rocksdb::ColumnFamilyOptions column_options(const RocksOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_size, kCacheShardBits);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // So that the cache bounds them too. In parts: the whole filter of a large table is larger than a
  // shard of the cache, which would read it anew for every question.
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  rocksdb::ColumnFamilyOptions out;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.write_buffer_size = options.write_buffer_size / 2;
  // A column in use takes one such block at least, and all columns share the buffer.
  out.arena_block_size =
      std::clamp(options.write_buffer_size / 64, std::size_t{4} << 10, std::size_t{64} << 10);
  out.compression = rocksdb::kLZ4Compression;
  return out;
}

}  // namespace

// What the store and its snapshots share; closed when the last of them goes.
struct RocksStore::Database {
  std::shared_ptr<rocksdb::Env> env;
  std::shared_ptr<PaddedLogs> logs;  // may be null
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // RocksDB wants them back before it closes
  bool sync = true;

  std::mutex write_mutex;
  std::optional<Error> failure;  // of a write: there will be no other
  std::uint64_t commits = 0;     // the version of the newest batch

  RecentValues recent;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      db->DestroyColumnFamilyHandle(handle);
    }
  }

  rocksdb::Status open(const std::string& folder, const RocksOptions& options);

  rocksdb::ColumnFamilyHandle* handle(Column column) const {
    return handles[static_cast<std::size_t>(column)];
  }

  rocksdb::WriteBatch writes_of(const Batch& batch) const;
  // `before_sync` runs while the log is on its way to the disk.
  template <class Work>
  rocksdb::Status write(rocksdb::WriteBatch writes, Work&& before_sync);
  Error failed_write(const rocksdb::Status& status);

  std::optional<Bytes> get(const rocksdb::ReadOptions& options, Column column,
                           BytesView key) const {
    count_nothing();
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db->Get(options, handle(column), slice(key), &value);
    if (status.IsNotFound()) {
      return std::nullopt;
    }
    demand(status);
    return base::to_bytes(view(value));
  }
};

rocksdb::WriteBatch RocksStore::Database::writes_of(const Batch& batch) const {
  rocksdb::WriteBatch writes(batch.byte_size() + 1024);
  batch.replay(
      [&](Column column, BytesView key, BytesView value) {
        demand(writes.Put(handle(column), slice(key), slice(value)));
      },
      [&](Column column, BytesView key) { demand(writes.Delete(handle(column), slice(key))); },
      [&](Column column, BytesView first, BytesView end) {
        demand(writes.DeleteRange(handle(column), slice(first), slice(end)));
      });
  return writes;
}

template <class Work>
rocksdb::Status RocksStore::Database::write(rocksdb::WriteBatch writes, Work&& before_sync) {
  count_nothing();
  if (logs) {
    logs->put_off_syncs();
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  rocksdb::Status status = db->Write(options, &writes);
  if (status.ok()) {
    before_sync();
  }
  if (logs) {
    const rocksdb::Status synced = logs->sync();
    status = status.ok() ? synced : status;
  }
  return status;
}

// A record that is in the log is found when the store is opened again, whatever failed after it.
Error RocksStore::Database::failed_write(const rocksdb::Status& status) {
  failure = error_of(status);
  Error out = *failure;
  if (!logs || !logs->cut_back().ok()) {
    out.code = ErrorCode::in_doubt;
    out.message += "; what was being written may be there after a restart";
  }
  return out;
}

rocksdb::Status RocksStore::Database::open(const std::string& folder, const RocksOptions& options) {
  const rocksdb::DBOptions for_database = database_options(options);
  const rocksdb::ColumnFamilyOptions for_columns = column_options(options);
  const std::vector<std::string> names(kColumnNames.begin(), kColumnNames.end());
  rocksdb::DB* opened = nullptr;
  if (for_database.env->FileExists(folder + "/CURRENT").IsNotFound()) {
    // Opening makes missing columns one by one, each with three syncs; this way it is one each.
    const rocksdb::Status status =
        rocksdb::DB::Open(rocksdb::Options(for_database, for_columns), folder, &opened);
    db.reset(opened);
    return status.ok() ? db->CreateColumnFamilies(for_columns, names, &handles) : status;
  }
  // RocksDB insists on its default column, which nothing uses.
  std::vector<rocksdb::ColumnFamilyDescriptor> columns{
      {rocksdb::kDefaultColumnFamilyName, for_columns}};
  for (const std::string& name : names) {
    columns.emplace_back(name, for_columns);
  }
  const rocksdb::Status status =
      rocksdb::DB::Open(for_database, folder, columns, &handles, &opened);
  db.reset(opened);
  if (!status.ok()) {
    handles.clear();
    return status;
  }
  db->DestroyColumnFamilyHandle(handles.front());
  handles.erase(handles.begin());
  return status;
}

namespace {

class RocksCursor : public Cursor {
 public:
  explicit RocksCursor(std::unique_ptr<rocksdb::Iterator> iterator)
      : iterator_(std::move(iterator)) {}

  void seek(BytesView key) override { iterator_->Seek(slice(key)); }
  void seek_for_prev(BytesView key) override { iterator_->SeekForPrev(slice(key)); }
  void next() override { iterator_->Next(); }
  void prev() override { iterator_->Prev(); }
  bool valid() const override {
    if (iterator_->Valid()) {
      return true;
    }
    demand(iterator_->status());
    return false;
  }
  BytesView key() const override { return view(iterator_->key()); }
  BytesView value() const override { return view(iterator_->value()); }

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

class RocksStore::Snapshot : public Reader {
 public:
  Snapshot(std::shared_ptr<Database> database, std::uint64_t version)
      : database_(std::move(database)), version_(version) {
    options_.snapshot = database_->db->GetSnapshot();
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() override { database_->db->ReleaseSnapshot(options_.snapshot); }

  std::optional<Bytes> get(Column column, BytesView key) const override {
    if (!RecentValues::keeps(column)) {
      return database_->get(options_, column, key);
    }
    if (auto found = database_->recent.find(column, key, version_)) {
      return *std::move(found);
    }
    auto value = database_->get(options_, column, key);
    database_->recent.add(column, key, value, version_);
    return value;
  }
  std::unique_ptr<Cursor> cursor(Column column) const override {
    return std::make_unique<RocksCursor>(std::unique_ptr<rocksdb::Iterator>(
        database_->db->NewIterator(options_, database_->handle(column))));
  }

 private:
  std::shared_ptr<Database> database_;
  std::uint64_t version_;
  rocksdb::ReadOptions options_;
};

RocksStore::RocksStore(std::shared_ptr<Database> database)
    : database_(std::move(database)),
      latest_(std::make_shared<const Snapshot>(database_, database_->commits)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& folder,
                                                     const RocksOptions& options) {
  auto database = std::make_shared<Database>();
  RocksOptions with_env = options;
  if (!with_env.env) {
    with_env.logs = std::make_shared<PaddedLogs>(rocksdb::FileSystem::Default());
    with_env.env = rocksdb::NewCompositeEnv(with_env.logs);
  }
  database->env = with_env.env;
  database->logs = options.sync ? with_env.logs : nullptr;
  database->sync = options.sync;
  if (const rocksdb::Status status = database->open(folder.string(), with_env); !status.ok()) {
    Error error = error_of(status);
    error.message = fmt::format("{}: {}", folder.string(), error.message);
    return std::unexpected(std::move(error));
  }
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(database)));
}

Result<std::unique_ptr<RocksStore>> RocksStore::open_in_memory() {
  RocksOptions options;
  options.env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  return open("/cairn", options);
}

std::optional<Bytes> RocksStore::get(Column column, BytesView key) const {
  return snapshot()->get(column, key);
}

// It has what it walks through, and needs no snapshot any more.
std::unique_ptr<Cursor> RocksStore::cursor(Column column) const {
  return snapshot()->cursor(column);
}

// The log's bytes go to the disk while the batch is put where readers find it. The snapshot that
// shows it is theirs only once the disk has said that they are there; no flush can have taken the
// batch by then, because the next batch is what begins one.
Result<void> RocksStore::commit(Batch batch) {
  auto writes = database_->writes_of(batch);
  const std::lock_guard lock(database_->write_mutex);
  if (database_->failure) {
    return fail(database_->failure->code,
                "the store takes no more writes since one failed: " + database_->failure->message);
  }
  std::shared_ptr<const Snapshot> shown;
  const rocksdb::Status status = database_->write(std::move(writes), [&] {
    database_->recent.write(batch, ++database_->commits);
    shown = std::make_shared<const Snapshot>(database_, database_->commits);
  });
  if (!status.ok()) {
    return std::unexpected(database_->failed_write(status));
  }
  const std::scoped_lock latest_lock(latest_mutex_);
  latest_.swap(shown);
  return {};
}

std::shared_ptr<const Reader> RocksStore::snapshot() const {
  const std::scoped_lock lock(latest_mutex_);
  return latest_;
}

}  // namespace cairn::store
