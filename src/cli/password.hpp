#pragma once
// Secrets that a person gives: from a file, or typed where nobody sees it. Never from the command
// line, which other users of the machine can read.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cairn::cli {

// A file's lines without their ends, as geth reads --password: the first account's on the first
// line. `role` is what errors call the file.
Result<std::vector<std::string>> read_secret_file(const std::string& path, std::string_view role);

// Asks on the terminal without echo. An error where there is no terminal, naming `instead`.
Result<std::string> ask_secret(std::string_view prompt, std::string_view instead);

// The password of account number `index` of several: from the file if one is named (its last line
// where it has fewer), else asked for.
Result<std::string> password_of(const std::string& file, std::size_t index,
                                std::string_view prompt);
// For something new: asked for twice.
Result<std::string> new_password(const std::string& file);

// Whether a person at the terminal answers `yes`; an error without one.
Result<bool> confirm(std::string_view question);

}  // namespace cairn::cli
