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
#include <optional>

namespace cairn::store {

class PaddedLogs : public rocksdb::FileSystemWrapper {
 public:
  explicit PaddedLogs(const std::shared_ptr<rocksdb::FileSystem>& files);
  ~PaddedLogs() override;

  // A batch begins: from now on a log's Sync() only begins to write its bytes. For the thread that
  // alone appends to the logs.
  void put_off_syncs();
  // Back to syncs that sync; makes up for the one that was put off.
  rocksdb::IOStatus sync();
  // Takes the batch out of its log again, since a part of writing it failed; nothing may be
  // appended after it. Without an error it is gone for good.
  rocksdb::IOStatus cut_back();

  const char* Name() const override { return "PaddedLogs"; }
  // Asked only to find out when a write that failed for want of room can be tried again: never.
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, std::uint64_t*,
                                 rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("failed writes are not tried again");
  }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;

 private:
  class Log;
  struct Waiting {
    std::atomic<bool> puts_off = false;
    std::atomic<Log*> log = nullptr;
    std::atomic<Log*> batch_log = nullptr;     // that has something of the batch
    std::optional<std::uint64_t> batch_begin;  // its size before
  };
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();  // the logs' too
};

}  // namespace cairn::store
