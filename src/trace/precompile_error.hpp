#pragma once
// What geth says of a precompiled contract that refused its input.

#include <string_view>

#include "base/bytes.hpp"

namespace cairn::trace {

// The contract failed with gas enough.
std::string_view precompile_error(const Address& address, BytesView input);

}  // namespace cairn::trace
