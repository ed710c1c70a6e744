#pragma once
// `cairn node`: serves the chain of a data folder.

#include "cli/command.hpp"

namespace cairn::cli {

Command node_command();

}  // namespace cairn::cli
