#pragma once
// Bytecode to threaded code. Pure; any thread.

#include <memory>

#include "evm/threaded_code.hpp"

namespace cairn::evm {

std::unique_ptr<const ThreadedCode> translate(BytesView bytecode, Fork fork);

}  // namespace cairn::evm
