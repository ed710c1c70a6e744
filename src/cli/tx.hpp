#pragma once
// `cairn tx`: where a transaction is, for people.

#include "cli/command.hpp"

namespace cairn::cli {

Command tx_command();

}  // namespace cairn::cli
