#pragma once
// Where a dev chain's state comes from and goes to, in anvil's files.

#include <cstdint>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace cairn::cli {

struct StateFileOptions {
  std::string both;             // loaded where it is there, and written
  std::string load;             // a path; a folder stands for state.json in it
  std::string dump;             // likewise; written at the end
  std::uint64_t interval = 60;  // seconds, from one writing to the next
  bool past_states = false;     // written too
};

// The table; `options` must outlive it.
std::vector<Option> options_of(StateFileOptions& options);

}  // namespace cairn::cli
