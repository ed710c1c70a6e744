#pragma once
// What `cairn COMMAND --help` prints, from the table of the command's options.

#include <string>

#include "cli/command.hpp"

namespace cairn::cli {

// Options under the names of their groups, in the table's order; those without help are left out.
std::string help_of(const Command& command);

}  // namespace cairn::cli
