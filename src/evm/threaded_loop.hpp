#pragma once
// The fast loop.

#include "evm/frame.hpp"

namespace cairn::evm {

// Runs frame.threaded from frame.next until the frame ends, wants a callee, or is handed to the
// byte-by-byte loop (Exit::none, frame.threaded null).
void run_threaded(Frame& frame);

// Addresses of the loop's handlers by Kind.
const void* const* threaded_handlers();

}  // namespace cairn::evm
