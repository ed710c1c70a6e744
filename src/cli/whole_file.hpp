#pragma once
// Files that are there whole or not at all, where their place allows it.

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace cairn::cli {

// A file that is being written: beside its path, whose place it takes at the end, so that whoever
// reads the path finds the old bytes or the new ones, also after a crash or on a full disk. A link
// stays, and what it points to is replaced, or made. Straight into the path go the bytes for what
// nothing can take the place of: devices, pipes, /dev/stdout and other descriptors of this process,
// a single file that is mounted, a file in a folder that takes no new ones. A crash may cut these.
class WholeFile {
 public:
  // Errors here and below: ErrorCode::io, a sentence.
  static Result<WholeFile> create(const std::filesystem::path& path);
  // Into an open descriptor, which stays open; errors call it `name`.
  static Result<WholeFile> around(int descriptor, const std::filesystem::path& name);
  // Without finish() nothing is left of what took no place yet.
  ~WholeFile();
  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&&) = delete;

  // Where the bytes are written to.
  int descriptor() const { return descriptor_; }
  // On the disk and in its place when it returns. Once, when all is written.
  Result<void> finish();

 private:
  WholeFile(std::filesystem::path path, std::filesystem::path target,
            std::filesystem::path unfinished, int descriptor);
  // Both: errno, 0 where it went well.
  int take_place() const;
  int copy_into_target() const;

  std::filesystem::path path_;        // as it was named
  std::filesystem::path target_;      // behind all links
  std::filesystem::path unfinished_;  // empty: the bytes go straight in
  int descriptor_;
};

// The whole of a text, as WholeFile says.
Result<void> write_whole(const std::filesystem::path& path, std::string_view text);

// Whether the system would let a WholeFile be made there now. Opens nothing.
bool may_write(const std::filesystem::path& path);

// Whether what is written there comes out where this program's standard output does.
bool is_standard_output(const std::filesystem::path& path);

// The whole text to an open file, and the file to the disk; where not, errno says why.
bool write_and_sync(int file, std::string_view text);

}  // namespace cairn::cli
