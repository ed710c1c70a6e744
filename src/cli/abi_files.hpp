#pragma once
// ABIs of contracts in files, as compilers, Hardhat and Foundry leave them.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "nodelog/names.hpp"

namespace cairn::cli {

// Each path is a file that has an ABI (a list, an artifact's `abi`, a compiler's output) or a
// folder, of which all .json files that have one are taken. Not found where a path has none.
Result<void> learn_abis(const std::vector<std::string>& paths, nodelog::Names& names);

}  // namespace cairn::cli
