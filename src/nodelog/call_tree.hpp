#pragma once
// A transaction's calls as a tree, for people: a line a call, indented under its caller.
//
//   CALL 0x5fbd.. transfer(to: 0x7099.., amount: 5) gas=24013 reverted: paused
//     STATICCALL 0xe7f1.. 0x5c975abb gas=2302 -> 0x00..01
//
// Pure; any thread.

#include <string>

#include "base/logger.hpp"
#include "nodelog/names.hpp"
#include "trace/call_frame.hpp"

namespace cairn::nodelog {

// At most this many calls are shown: the way to the failure first, then in the order of execution.
inline constexpr std::size_t kMostFrames = 100;

// `is_truncated`: the frames are not all.
base::LogBlock call_tree(const trace::CallFrame& outermost, bool is_truncated, const Names& names);

// "1.5 ether", "7 wei".
std::string ether_text(const U256& wei);

}  // namespace cairn::nodelog
