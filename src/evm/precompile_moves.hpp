#pragma once
// Precompiled contracts elsewhere than at their own addresses: a call of JSON-RPC may move them, or
// put code in their place.

#include <map>
#include <optional>

#include "base/bytes.hpp"

namespace cairn::evm {

// By address: the precompile (its own address) that answers there; none: no precompile any more.
using PrecompileMoves = std::map<Address, std::optional<Address>>;

}  // namespace cairn::evm
