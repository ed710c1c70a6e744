#include "store/padded_log.hpp"

#include <rocksdb/file_system.h>

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

class PaddedLog : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
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
    return target()->Truncate(size, options, debug);
  }

  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    if (padded_ > size_) {
      if (const IOStatus status = Truncate(size_, options, debug); !status.ok()) {
        return status;
      }
    }
    return target()->Close(options, debug);
  }

  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

 private:
  IOStatus pad(const IOOptions& options, IODebugContext* debug) {
    const std::string zeros(std::clamp(size_, kLeastPadding, kMostPadding), '\0');
    padded_ = size_ + zeros.size();
    return target()->PositionedAppend(zeros, size_, options, debug);
  }

  std::uint64_t size_ = 0;
  std::uint64_t padded_ = 0;  // the file's length
};

class PaddedLogs : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;

  const char* Name() const override { return "PaddedLogs"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    IOStatus status = target()->NewWritableFile(path, options, result, debug);
    if (status.ok() && path.ends_with(".log")) {
      *result = std::make_unique<PaddedLog>(std::move(*result));
    }
    return status;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> with_padded_logs(
    const std::shared_ptr<rocksdb::FileSystem>& files) {
  return std::make_shared<PaddedLogs>(files);
}

}  // namespace cairn::store
