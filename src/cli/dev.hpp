#pragma once
// `cairn dev`: a developer's chain in one command.

#include "cli/command.hpp"

namespace cairn::cli {

Command dev_command();

}  // namespace cairn::cli
