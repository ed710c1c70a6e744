#pragma once
// Why a chain that was changed by hand cannot be executed again elsewhere.

#include <optional>
#include <string>

#include "chain/chain.hpp"

namespace cairn::chain {

struct ExportObstacle {
  std::uint64_t block = 0;
  std::string reason;
};

// The first block up to `last` whose header or state no other node could arrive at: an impersonated
// sender, a cheat before it, a state that a dump left out, a header that breaks a rule of its
// parent, another chain's id.
Result<std::optional<ExportObstacle>> find_export_obstacle(const Chain& chain, std::uint64_t last);

}  // namespace cairn::chain
