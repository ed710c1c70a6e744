#pragma once
// What the disk itself costs: the fdatasync of a 4 KiB write into a file whose blocks are all
// there.

#include <filesystem>

namespace cairn::bench {

class SyncProbe {
 public:
  explicit SyncProbe(const std::filesystem::path& path);
  ~SyncProbe();
  SyncProbe(const SyncProbe&) = delete;
  SyncProbe& operator=(const SyncProbe&) = delete;

  // Milliseconds that one block took.
  double measure();

 private:
  void write_block() const;

  int file_;
  std::size_t written_ = 0;
};

}  // namespace cairn::bench
