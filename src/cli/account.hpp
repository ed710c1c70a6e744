#pragma once
// `cairn account`: keys in files, and signatures without a node.

#include "cli/command.hpp"

namespace cairn::cli {

Command account_command();

}  // namespace cairn::cli
