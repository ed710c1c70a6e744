#pragma once
// `cairn init`: makes the chain of a genesis file in a data folder.

#include "cli/command.hpp"

namespace cairn::cli {

Command init_command();

}  // namespace cairn::cli
