#pragma once
// Ids of filters and subscriptions: 16 random bytes, which nobody guesses, as execution-apis' uint
// (no zeros in front).

#include <array>
#include <cstdint>
#include <string>

#include "base/random.hpp"
#include "base/u256.hpp"

namespace cairn::api {

inline std::string random_id(base::SystemRandom& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return base::to_quantity(base::from_be(bytes));
}

}  // namespace cairn::api
