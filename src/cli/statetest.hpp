#pragma once
// `cairn statetest`: runs Ethereum's official state tests.

#include "cli/command.hpp"

namespace cairn::cli {

Command statetest_command();
Command blockchaintest_command();

}  // namespace cairn::cli
