#pragma once
// A disk in memory that loses power. Give it to a store as RocksOptions::env, a SteppedEnv
// (stepped_env.hpp):
//
//   disk->crash_at(disk->calls() + n);  // the n-th write, sync, rename, create or delete from now
//   ... work until the store fails; close the store and its snapshots ...
//   disk->lose_power();                 // what was not synced is gone; open the store again
//
// What survives: a file as of its last sync, names of a folder as of its last sync. In a third of
// the power losses more does: a random part of the bytes appended to each file, from their
// beginning, and of what was written over older bytes any sectors, so that records are torn and
// have holes; and a random part of the unsynced creations, renames and deletions, in their order.
// The seed decides all of it; RocksDB's background work is the SteppedEnv's.

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::testing {

class CrashFileSystem : public rocksdb::FileSystemWrapper {
 public:
  using IOStatus = rocksdb::IOStatus;

  explicit CrashFileSystem(std::uint64_t seed)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), random_(seed) {}

  const char* Name() const override { return "CrashFileSystem"; }

  // How many calls there were that write, sync, rename, create or delete.
  std::uint64_t calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // From this call on, all fail.
  void crash_at(std::uint64_t call) {
    const std::lock_guard lock(mutex_);
    crash_at_ = call;
  }
  // This call fails, and no other.
  void fail_at(std::uint64_t call) {
    const std::lock_guard lock(mutex_);
    fail_at_ = call;
  }
  bool crashed() const {
    const std::lock_guard lock(mutex_);
    return crashed_;
  }

  // Forgets what does not survive; the disk works again and no crash is planned.
  void lose_power() {
    const std::lock_guard lock(mutex_);
    const bool more_survives = random_() % 3 == 0;
    for (auto& [path, folder] : folders_) {
      if (more_survives) {
        const std::size_t kept = random_() % (folder.unsynced.size() + 1);
        for (std::size_t i = 0; i < kept; ++i) {
          folder.unsynced[i].apply(folder.durable);
        }
      }
      folder.unsynced.clear();
      folder.live = folder.durable;
      for (auto& [name, file] : folder.live) {
        const std::size_t unsynced = file->data.size() - file->synced;
        file->data.resize(file->synced + (more_survives ? random_() % (unsynced + 1) : 0));
        for (auto sector = file->overwritten.begin(); sector != file->overwritten.end(); ++sector) {
          if (!more_survives || random_() % 2 == 0) {
            file->data.replace(sector->first, sector->second.size(), sector->second);
          }
        }
        file->sync();
      }
    }
    locked_.clear();
    crashed_ = false;
    crash_at_ = kNever;
  }

  // How many files whose name holds `part` were made or taken away, to see that a run had flushes
  // (".sst" made), compactions (".sst" taken away) and a new manifest.
  std::uint64_t made(const std::string& part) const { return count(made_, part); }
  std::uint64_t removed(const std::string& part) const { return count(removed_, part); }

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    const auto file = find(path);
    if (!file) {
      return not_found(path);
    }
    *result = std::make_unique<SequentialFile>(*this, file);
    return IOStatus::OK();
  }

  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    const auto file = find(path);
    if (!file) {
      return not_found(path);
    }
    *result = std::make_unique<RandomAccessFile>(*this, file);
    return IOStatus::OK();
  }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    if (const IOStatus status = call(); !status.ok()) {
      return status;
    }
    const auto file = std::make_shared<File>();
    change(path, {.add = split(path).second, .remove = {}, .file = file});
    ++made_[split(path).second];
    *result = std::make_unique<WritableFile>(*this, file);
    return IOStatus::OK();
  }

  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              rocksdb::IODebugContext* debug) override {
    {
      const std::lock_guard lock(mutex_);
      if (const auto file = find(path)) {
        *result = std::make_unique<WritableFile>(*this, file);
        return IOStatus::OK();
      }
    }
    return NewWritableFile(path, options, result, debug);
  }

  IOStatus ReuseWritableFile(const std::string& path, const std::string&,
                             const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>*,
                             rocksdb::IODebugContext*) override {
    return unsupported(path);
  }
  IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSRandomRWFile>*,
                           rocksdb::IODebugContext*) override {
    return unsupported(path);
  }
  IOStatus NewMemoryMappedFileBuffer(const std::string& path,
                                     std::unique_ptr<rocksdb::MemoryMappedFileBuffer>*) override {
    return unsupported(path);
  }

  IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        rocksdb::IODebugContext*) override {
    *result = std::make_unique<OpenFolder>(*this, clean(path));
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const rocksdb::IOOptions&,
                      rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    return find(path) || folders_.contains(clean(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
  }

  IOStatus GetChildren(const std::string& path, const rocksdb::IOOptions&,
                       std::vector<std::string>* result, rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    const auto folder = folders_.find(clean(path));
    if (folder == folders_.end()) {
      return not_found(path);
    }
    result->clear();
    for (const auto& [name, file] : folder->second.live) {
      result->push_back(name);
    }
    return IOStatus::OK();
  }

  IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions&,
                      rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    if (const IOStatus status = call(); !status.ok()) {
      return status;
    }
    if (!find(path)) {
      return not_found(path);
    }
    change(path, {.add = {}, .remove = split(path).second, .file = nullptr});
    ++removed_[split(path).second];
    return IOStatus::OK();
  }

  // Folders are there at once and stay: the operator made them long ago.
  IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions&,
                     rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    folders_.try_emplace(clean(path));
    return IOStatus::OK();
  }
  IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return CreateDir(path, options, debug);
  }
  IOStatus DeleteDir(const std::string& path, const rocksdb::IOOptions&,
                     rocksdb::IODebugContext*) override {
    return unsupported(path);
  }

  IOStatus GetFileSize(const std::string& path, const rocksdb::IOOptions&, std::uint64_t* size,
                       rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    const auto file = find(path);
    if (!file) {
      return not_found(path);
    }
    *size = file->data.size();
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string&, const rocksdb::IOOptions&,
                                   std::uint64_t* time, rocksdb::IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }

  IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions&,
                      rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    if (const IOStatus status = call(); !status.ok()) {
      return status;
    }
    const auto file = find(from);
    if (!file) {
      return not_found(from);
    }
    if (split(from).first != split(to).first) {
      return unsupported(to);
    }
    change(to, {.add = split(to).second, .remove = split(from).second, .file = file});
    return IOStatus::OK();
  }
  IOStatus LinkFile(const std::string& path, const std::string&, const rocksdb::IOOptions&,
                    rocksdb::IODebugContext*) override {
    return unsupported(path);
  }
  IOStatus Truncate(const std::string& path, std::size_t, const rocksdb::IOOptions&,
                    rocksdb::IODebugContext*) override {
    return unsupported(path);
  }

  IOStatus LockFile(const std::string& path, const rocksdb::IOOptions&, rocksdb::FileLock** lock,
                    rocksdb::IODebugContext*) override {
    const std::lock_guard guard(mutex_);
    if (!locked_.insert(path).second) {
      return IOStatus::IOError("lock " + path, "held");
    }
    *lock = new Lock{path};  // RocksDB gives it back to UnlockFile
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions&,
                      rocksdb::IODebugContext*) override {
    const std::lock_guard guard(mutex_);
    const std::unique_ptr<Lock> owned(static_cast<Lock*>(lock));
    locked_.erase(owned->path);
    return IOStatus::OK();
  }

  IOStatus NewLogger(const std::string&, const rocksdb::IOOptions&,
                     std::shared_ptr<rocksdb::Logger>* result, rocksdb::IODebugContext*) override {
    *result = std::make_shared<NoLogger>();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const rocksdb::IOOptions&, std::string* result,
                           rocksdb::IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions&, std::uint64_t*,
                        rocksdb::IODebugContext*) override {
    return unsupported(path);
  }
  IOStatus IsDirectory(const std::string& path, const rocksdb::IOOptions&, bool* result,
                       rocksdb::IODebugContext*) override {
    const std::lock_guard lock(mutex_);
    *result = folders_.contains(clean(path));
    return IOStatus::OK();
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  static constexpr std::size_t kSector = 512;

  struct File {
    std::string data;
    std::size_t synced = 0;                          // so many bytes are durable
    std::map<std::size_t, std::string> overwritten;  // of them, by offset: sectors as last synced

    void write(std::size_t offset, std::string_view bytes) {
      const std::size_t end = offset + bytes.size();
      for (std::size_t at = offset / kSector * kSector; at < std::min(end, synced); at += kSector) {
        overwritten.try_emplace(at, data.substr(at, std::min(kSector, synced - at)));
      }
      data.resize(std::max(data.size(), end));
      data.replace(offset, bytes.size(), bytes);
    }
    void sync() {
      synced = data.size();
      overwritten.clear();
    }
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;

  // A creation, deletion or rename: atomic.
  struct NameChange {
    std::string add;
    std::string remove;
    std::shared_ptr<File> file;

    void apply(Names& names) const {
      if (!remove.empty()) {
        names.erase(remove);
      }
      if (!add.empty()) {
        names[add] = file;
      }
    }
  };

  struct Folder {
    Names live;
    Names durable;
    std::vector<NameChange> unsynced;
  };

  struct Lock : rocksdb::FileLock {
    explicit Lock(std::string locked) : path(std::move(locked)) {}
    std::string path;
  };

  class NoLogger : public rocksdb::Logger {
   public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
    std::size_t GetLogFileSize() const override { return 0; }
  };

  class WritableFile : public rocksdb::FSWritableFile {
   public:
    WritableFile(CrashFileSystem& disk, std::shared_ptr<File> file)
        : disk_(disk), file_(std::move(file)) {}

    using FSWritableFile::Append;
    IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions&,
                    rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      return write(file_->data.size(), data);
    }
    using FSWritableFile::PositionedAppend;
    IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset,
                              const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      return write(offset, data);
    }
    IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions&,
                      rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      if (const IOStatus status = disk_.call(); !status.ok()) {
        return status;
      }
      file_->data.resize(size);
      file_->synced = std::min(file_->synced, file_->data.size());
      std::erase_if(file_->overwritten, [&](const auto& old) { return old.first >= size; });
      if (!file_->overwritten.empty()) {
        auto& [at, bytes] = *file_->overwritten.rbegin();
        bytes.resize(std::min(bytes.size(), size - at));
      }
      return IOStatus::OK();
    }
    IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return IOStatus::OK();
    }
    IOStatus Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return IOStatus::OK();
    }
    IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      if (const IOStatus status = disk_.call(); !status.ok()) {
        return status;
      }
      file_->sync();
      return IOStatus::OK();
    }
    bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      return file_->data.size();
    }

   private:
    // The mutex is held by the caller.
    IOStatus write(std::size_t offset, const rocksdb::Slice& data) {
      if (const IOStatus status = disk_.call(); !status.ok()) {
        // The write that fails first may have got through in part.
        if (disk_.calls_ == disk_.crash_at_ || disk_.calls_ == disk_.fail_at_) {
          file_->write(offset, {data.data(), disk_.random_() % (data.size() + 1)});
        }
        return status;
      }
      file_->write(offset, {data.data(), data.size()});
      return IOStatus::OK();
    }

    CrashFileSystem& disk_;
    std::shared_ptr<File> file_;
  };

  class SequentialFile : public rocksdb::FSSequentialFile {
   public:
    SequentialFile(CrashFileSystem& disk, std::shared_ptr<File> file)
        : disk_(disk), file_(std::move(file)) {}

    IOStatus Read(std::size_t n, const rocksdb::IOOptions&, rocksdb::Slice* result, char* scratch,
                  rocksdb::IODebugContext*) override {
      const IOStatus status = disk_.read(*file_, at_, n, result, scratch);
      at_ += result->size();
      return status;
    }
    IOStatus Skip(std::uint64_t n) override {
      at_ += n;
      return IOStatus::OK();
    }

   private:
    CrashFileSystem& disk_;
    std::shared_ptr<File> file_;
    std::uint64_t at_ = 0;
  };

  class RandomAccessFile : public rocksdb::FSRandomAccessFile {
   public:
    RandomAccessFile(CrashFileSystem& disk, std::shared_ptr<File> file)
        : disk_(disk), file_(std::move(file)) {}

    IOStatus Read(std::uint64_t offset, std::size_t n, const rocksdb::IOOptions&,
                  rocksdb::Slice* result, char* scratch, rocksdb::IODebugContext*) const override {
      return disk_.read(*file_, offset, n, result, scratch);
    }

   private:
    CrashFileSystem& disk_;
    std::shared_ptr<File> file_;
  };

  class OpenFolder : public rocksdb::FSDirectory {
   public:
    OpenFolder(CrashFileSystem& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

    IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      const std::lock_guard lock(disk_.mutex_);
      if (const IOStatus status = disk_.call(); !status.ok()) {
        return status;
      }
      Folder& folder = disk_.folders_[path_];
      folder.durable = folder.live;
      folder.unsynced.clear();
      return IOStatus::OK();
    }

   private:
    CrashFileSystem& disk_;
    std::string path_;
  };

  // Below, the mutex is held by the caller.

  IOStatus call() {
    ++calls_;
    crashed_ |= calls_ >= crash_at_;
    return crashed_ || calls_ == fail_at_ ? no_power() : IOStatus::OK();
  }

  std::shared_ptr<File> find(const std::string& path) const {
    const auto [folder, name] = split(path);
    const auto found = folders_.find(folder);
    if (found == folders_.end()) {
      return nullptr;
    }
    const auto file = found->second.live.find(name);
    return file == found->second.live.end() ? nullptr : file->second;
  }

  void change(const std::string& path, NameChange change) {
    Folder& folder = folders_[split(path).first];
    change.apply(folder.live);
    folder.unsynced.push_back(std::move(change));
  }

  // Takes the mutex.
  IOStatus read(const File& file, std::uint64_t offset, std::size_t n, rocksdb::Slice* result,
                char* scratch) const {
    const std::lock_guard lock(mutex_);
    *result = rocksdb::Slice(scratch, 0);
    if (crashed_) {
      return no_power();
    }
    if (offset < file.data.size()) {
      const std::size_t size = std::min<std::size_t>(n, file.data.size() - offset);
      std::memcpy(scratch, file.data.data() + offset, size);
      *result = rocksdb::Slice(scratch, size);
    }
    return IOStatus::OK();
  }

  std::uint64_t count(const std::map<std::string, std::uint64_t>& names,
                      const std::string& part) const {
    const std::lock_guard lock(mutex_);
    std::uint64_t out = 0;
    for (const auto& [name, times] : names) {
      out += name.find(part) != std::string::npos ? times : 0;
    }
    return out;
  }

  static std::string clean(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) {
      path.pop_back();
    }
    return path;
  }
  static std::pair<std::string, std::string> split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return {clean(path.substr(0, slash)), path.substr(slash + 1)};
  }
  static IOStatus no_power() { return IOStatus::IOError("the power is out"); }
  static IOStatus not_found(const std::string& path) { return IOStatus::PathNotFound(path); }
  static IOStatus unsupported(const std::string& path) { return IOStatus::NotSupported(path); }

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::uint64_t calls_ = 0;
  std::uint64_t crash_at_ = kNever;
  std::uint64_t fail_at_ = kNever;
  bool crashed_ = false;
  std::map<std::string, Folder> folders_;
  std::set<std::string> locked_;
  std::map<std::string, std::uint64_t> made_;
  std::map<std::string, std::uint64_t> removed_;
};

}  // namespace cairn::testing
