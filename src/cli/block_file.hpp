#pragma once
// Files of blocks: RLP after RLP, as geth exports them, gzip where the name or the content says so.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace cairn::cli {

// In the place of a path: standard input or output, plain.
inline constexpr std::string_view kStandardStream = "-";

class BlockReader {
 public:
  static Result<BlockReader> open(const std::string& path);
  ~BlockReader();
  BlockReader(BlockReader&&) noexcept;

  // The next block's bytes; nothing at the end. Errors say at which byte the file is cut, or holds
  // something else.
  Result<std::optional<Bytes>> next();

  // How much of the file has been read, from 0 to 1.
  double fraction() const;

 private:
  struct Impl;
  explicit BlockReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// No half of a file is left, as WholeFile (whole_file.hpp) says.
class BlockWriter {
 public:
  static Result<BlockWriter> create(const std::string& path);
  ~BlockWriter();
  BlockWriter(BlockWriter&&) noexcept;

  Result<void> write(BytesView block);
  Result<void> finish();

 private:
  struct Impl;
  explicit BlockWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::cli
