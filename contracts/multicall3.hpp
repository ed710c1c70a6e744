// Multicall3.sol as the build compiled it; the build generates the source.
#pragma once

#include "base/bytes.hpp"

namespace cairn::contracts {

// Run-time code, as an account holds it. Valid for the life of the program; any thread.
base::BytesView multicall3_runtime_code();

}  // namespace cairn::contracts
