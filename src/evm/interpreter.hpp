#pragma once
// The loop that goes instruction by instruction with every check where the Yellow Paper has it
// (9.4.2). kTraced: it tells the environment's tracer of each step; the other instance has no trace
// of that.

#include "evm/frame.hpp"

namespace cairn::evm {

// From frame.pc until the frame ends, wants a callee (frame.exit), or turns out to loop and is
// handed to the fast loop (Exit::none, frame.threaded set).
template <bool kTraced>
void interpret(Frame& frame);

extern template void interpret<false>(Frame& frame);
extern template void interpret<true>(Frame& frame);

}  // namespace cairn::evm
