#include "store/padded_log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cairn::store {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::uint64_t kLeastPadding = std::uint64_t{64} << 10;
constexpr std::uint64_t kMostPadding = std::uint64_t{1} << 20;

}  // namespace

class PaddedLogs::Log : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Log(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<Waiting> waiting)
      : FSWritableFileOwnerWrapper(std::move(file)), waiting_(std::move(waiting)) {}
  ~Log() override { (void)leave(); }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (waiting_->puts_off && waiting_->batch_log != this) {
      waiting_->batch_begin = size_;
      waiting_->batch_log = this;
    }
    const std::uint64_t end = size_ + data.size();
    IOStatus status = target()->PositionedAppend(data, size_, options, debug);
    if (status.ok()) {
      size_ = end;
      status = end > padded_ ? pad(options, debug) : status;
    }
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    size_ = size;
    padded_ = size;
    begun_ = std::min(begun_, size);
    return target()->Truncate(size, options, debug);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (!waiting_->puts_off) {
      begun_ = size_;
      return target()->Sync(options, debug);
    }
    const std::uint64_t begin = std::exchange(begun_, size_);
    if (begin == size_) {  // an older log, synced with the last of its records
      return IOStatus::OK();
    }
    Log* other = waiting_->log.exchange(this);
    if (other != nullptr && other != this) {
      if (const IOStatus status = other->sync_now(); !status.ok()) {
        return status;
      }
    }
    return target()->RangeSync(begin, size_ - begin, options, debug);
  }

  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    if (const IOStatus status = leave(); !status.ok()) {
      return status;
    }
    if (padded_ > size_) {
      if (const IOStatus status = Truncate(size_, options, debug); !status.ok()) {
        return status;
      }
    }
    return target()->Close(options, debug);
  }

  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

  IOStatus sync_now() { return target()->Sync({}, nullptr); }
  IOStatus cut_back(std::uint64_t size) {
    const IOStatus status = Truncate(size, {}, nullptr);
    return status.ok() ? target()->Fsync({}, nullptr) : status;
  }

 private:
  IOStatus pad(const IOOptions& options, IODebugContext* debug) {
    const std::string zeros(std::clamp(size_, kLeastPadding, kMostPadding), '\0');
    padded_ = size_ + zeros.size();
    return target()->PositionedAppend(zeros, size_, options, debug);
  }

  // Nobody waits for a sync of it any more.
  IOStatus leave() {
    Log* batch = this;
    waiting_->batch_log.compare_exchange_strong(batch, nullptr);
    Log* self = this;
    return waiting_->log.compare_exchange_strong(self, nullptr) ? sync_now() : IOStatus::OK();
  }

  std::shared_ptr<Waiting> waiting_;
  std::uint64_t size_ = 0;
  std::uint64_t padded_ = 0;  // the file's length
  std::uint64_t begun_ = 0;   // what a sync has begun to write
};

PaddedLogs::PaddedLogs(const std::shared_ptr<rocksdb::FileSystem>& files)
    : FileSystemWrapper(files) {}
PaddedLogs::~PaddedLogs() = default;

void PaddedLogs::put_off_syncs() {
  waiting_->batch_log = nullptr;
  waiting_->batch_begin.reset();
  waiting_->puts_off = true;
}

IOStatus PaddedLogs::sync() {
  waiting_->puts_off = false;
  Log* log = waiting_->log.exchange(nullptr);
  return log != nullptr ? log->sync_now() : IOStatus::OK();
}

IOStatus PaddedLogs::cut_back() {
  if (!waiting_->batch_begin) {
    return IOStatus::OK();
  }
  Log* log = waiting_->batch_log.exchange(nullptr);
  return log != nullptr ? log->cut_back(*waiting_->batch_begin)
                        : IOStatus::IOError("the log is closed");
}

IOStatus PaddedLogs::NewWritableFile(const std::string& path, const FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result,
                                     IODebugContext* debug) {
  IOStatus status = target()->NewWritableFile(path, options, result, debug);
  if (status.ok() && path.ends_with(".log")) {
    *result = std::make_unique<Log>(std::move(*result), waiting_);
  }
  return status;
}

}  // namespace cairn::store
