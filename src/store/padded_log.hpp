#pragma once
// Files whose sync writes their bytes and nothing else. A log that grows with every record makes
// the file system write down its new length too, in its journal, each time it is synced; one that
// lies there in zeros already does not: half the time of a sync and less.
//
// Files named *.log (RocksDB's write-ahead logs) are written over zeros that were written ahead,
// 64 KiB at first and up to 1 MiB; other files are as ever. After a power loss such a log ends in
// zeros, or in a torn record and zeros, which RocksDB takes for its end.
//
// A sync is mostly waiting for the disk. Whoever writes to the logs may put it off, do what else
// there is to do while the bytes are on their way, and wait for the rest of it then.

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace cairn::store {

class PaddedLogs : public rocksdb::FileSystemWrapper {
 public:
  explicit PaddedLogs(const std::shared_ptr<rocksdb::FileSystem>& files);
  ~PaddedLogs() override;

  // From now on a log's Sync() only begins to write its bytes. For the thread that alone appends to
  // the logs.
  void put_off_syncs();
  // Back to syncs that sync; makes up for the one that was put off.
  rocksdb::IOStatus sync();

  const char* Name() const override { return "PaddedLogs"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;

 private:
  class Log;
  struct Waiting {
    std::atomic<bool> puts_off = false;
    std::atomic<Log*> log = nullptr;
  };
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();  // the logs' too
};

}  // namespace cairn::store
