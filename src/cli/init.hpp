#pragma once
// `cairn init`: makes the chain of a genesis file in a data folder.

#include "cli/command.hpp"
#include "types/genesis.hpp"

namespace cairn::cli {

// The genesis of a file in geth's form; what it does not know it says on the error output.
Result<types::Genesis> read_genesis(const std::string& path);

Command init_command();

}  // namespace cairn::cli
