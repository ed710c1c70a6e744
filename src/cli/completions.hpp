#pragma once
// What a shell needs to complete the program's commands and their flags, from the same tables as
// help.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/command.hpp"

namespace cairn::cli {

// The script that bash, zsh or fish reads; another shell is an invalid argument.
Result<std::string> completions_of(std::span<const Command> commands, std::string_view shell);

// `cairn completions SHELL` for these commands and itself.
Command completions_command(std::vector<Command> commands);

}  // namespace cairn::cli
