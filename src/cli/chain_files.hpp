#pragma once
// `cairn import` and `cairn export`: chains as files of blocks.

#include "cli/command.hpp"

namespace cairn::cli {

Command import_command();
Command export_command();

}  // namespace cairn::cli
