#pragma once
// Files that a person names, read whole. Any thread.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::base {

// Every byte up to the end, also of a pipe, a terminal or standard input. Errors are sentences that
// begin with `role`, what the file is for ("genesis file"; empty: nothing to add): not_found where
// it is not there, io where it is a folder or cannot be read.
Result<std::string> read_file(const std::filesystem::path& path, std::string_view role = {});

}  // namespace cairn::base
