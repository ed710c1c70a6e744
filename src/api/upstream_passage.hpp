#pragma once
// What a fork does not answer itself: blocks, transactions and receipts up to its beginning, and
// states and calls before it. The source answers, and its answer goes on as it is.

#include <optional>

#include "api/method.hpp"

namespace cairn::api {

// Nothing where this node answers. May wait for the source.
std::optional<Answer> pass_upstream(Context& context, const Method& method, Arguments arguments);

}  // namespace cairn::api
