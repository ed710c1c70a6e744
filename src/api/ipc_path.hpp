#pragma once
// The file of an IPC socket: who may connect is who may open it, so only its owner can.

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace cairn::api {

// A listening Unix socket at a path, until it dies; then the file goes, if it is still this one's.
class IpcPath {
 public:
  // What a program that was killed has left there is replaced; a socket that somebody listens on,
  // or a file of another kind, is an error.
  static Result<IpcPath> listen(const std::filesystem::path& path);

  IpcPath(IpcPath&& other) noexcept;
  IpcPath& operator=(IpcPath&& other) noexcept;
  ~IpcPath();

  // The listening descriptor goes to the caller, who closes it.
  int release();

 private:
  explicit IpcPath(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;  // empty: moved from
  int socket_ = -1;
  std::uint64_t inode_ = 0;
};

}  // namespace cairn::api
