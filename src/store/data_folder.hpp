#pragma once
// A node's folder: made where it is missing, and held by one process at a time.

#include <filesystem>

#include "base/result.hpp"

namespace cairn::store {

// Holds `cairn.lock` in the folder, which names the process that has it. The operating system lets
// the lock go with the process, however it ends; the file stays.
class DataFolder {
 public:
  // Conflict when another process (or another DataFolder of this one) holds it: the sentence names
  // its id.
  static Result<DataFolder> open(const std::filesystem::path& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, int lock_file);

  std::filesystem::path path_;
  int lock_file_;  // a file descriptor; -1 when moved from
};

}  // namespace cairn::store
