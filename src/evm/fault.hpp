#pragma once
// Where a frame halted: read from what the loops leave behind, so that code that does not fail pays
// nothing for it.

#include "evm/tracer.hpp"

namespace cairn::evm {

struct Frame;

// Of a frame that has just halted exceptionally.
Fault fault_of(Frame& frame);

}  // namespace cairn::evm
