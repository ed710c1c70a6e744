#pragma once
// Who has to do with a transaction: its sender, and whom its frames called (precompiles too),
// created or tried to, and whom a self-destruction paid, whether or not that failed. Who emits a
// log was called.

#include <compare>
#include <cstdint>

#include "base/bytes.hpp"

namespace cairn::execution {

struct Appearance {
  Address address;
  std::uint32_t transaction = 0;  // in the block

  auto operator<=>(const Appearance&) const = default;
};

}  // namespace cairn::execution
