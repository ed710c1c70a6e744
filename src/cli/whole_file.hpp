#pragma once
// Files that are there whole or not at all.

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace cairn::cli {

// Writes beside it, syncs, and takes the place of what was there: whoever reads the path finds the
// old text or the new one, also after a crash or on a full disk (ErrorCode::io, a sentence).
Result<void> write_whole(const std::filesystem::path& path, std::string_view text);

// The whole text to an open file, and the file to the disk; where not, errno says why.
bool write_and_sync(int file, std::string_view text);

}  // namespace cairn::cli
