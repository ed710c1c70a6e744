#pragma once
// What a fuzz target holds the code to.

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace cairn::fuzz {

inline void require(bool held, std::source_location at = std::source_location::current()) {
  if (!held) {
    std::fprintf(stderr, "%s:%u: this did not hold\n", at.file_name(),
                 static_cast<unsigned>(at.line()));
    std::abort();
  }
}

}  // namespace cairn::fuzz
