#pragma once
// Files whose sync writes their bytes and nothing else. A log that grows with every record makes
// the file system write down its new length too, in its journal, each time it is synced; one that
// lies there in zeros already does not: half the time of a sync and less.
//
// Files named *.log (RocksDB's write-ahead logs) are written over zeros that were written ahead,
// 64 KiB at first and up to 1 MiB; other files are as ever. After a power loss such a log ends in
// zeros, or in a torn record and zeros, which RocksDB takes for its end.

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace cairn::store {

std::shared_ptr<rocksdb::FileSystem> with_padded_logs(
    const std::shared_ptr<rocksdb::FileSystem>& files);

}  // namespace cairn::store
