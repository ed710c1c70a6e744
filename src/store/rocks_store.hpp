#pragma once
// The store over RocksDB: a column family a column, one write-ahead log for all, so that a batch is
// one record of it and one sync. RocksDB starts background threads of its own for flushes and
// compactions.

#include <cstddef>
#include <filesystem>
#include <memory>

#include "store/store.hpp"

namespace rocksdb {
class Env;
}

namespace cairn::store {

class PaddedLogs;

struct RocksOptions {
  // Held as long as the store or a snapshot of it lives; null: the operating system's files, logs
  // padded (padded_log.hpp).
  std::shared_ptr<rocksdb::Env> env;
  std::shared_ptr<PaddedLogs> logs;                       // of `env`, where it has such
  std::size_t write_buffer_size = std::size_t{16} << 20;  // bytes, of all columns together
  std::size_t block_cache_size = std::size_t{2} << 20;    // bytes
  std::size_t max_manifest_size = std::size_t{64} << 20;  // bytes until it is written anew
  bool sync = true;  // false: acknowledged batches may be lost with the machine; tests only
};

class RocksStore : public Store {
 public:
  // Makes the folder and the store where there is none. Errors: conflict (another process has it
  // open), corrupt, unsupported (columns of a newer version), io.
  static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& folder,
                                                  const RocksOptions& options = {});
  // The same in memory: gone when the store is.
  static Result<std::unique_ptr<RocksStore>> open_in_memory();
  ~RocksStore() override;

  std::optional<Bytes> get(Column column, BytesView key) const override;
  std::unique_ptr<Cursor> cursor(Column column) const override;
  Result<void> commit(Batch batch) override;
  std::shared_ptr<const Reader> snapshot() const override;

 private:
  struct Database;
  class Snapshot;
  explicit RocksStore(std::shared_ptr<Database> database);

  std::shared_ptr<Database> database_;
  mutable std::mutex latest_mutex_;
  std::shared_ptr<const Snapshot> latest_;  // of what is on disk
};

}  // namespace cairn::store
