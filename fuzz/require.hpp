#pragma once
// What a fuzz target holds the code to.

#include <cstdlib>

namespace cairn::fuzz {

inline void require(bool held) {
  if (!held) {
    std::abort();
  }
}

}  // namespace cairn::fuzz
