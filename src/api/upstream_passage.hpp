#pragma once
// What a fork does not answer itself: blocks, transactions and receipts up to its beginning, and
// states and calls before it. The source answers, and its answer goes on as it is.

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "api/method.hpp"

namespace cairn::api {

// Whether it may have to wait for a fork's source: on a fork such methods keep to the workers.
bool may_ask_source(const Method& method);

// Whether a block, transaction or receipt (JSON text) has its number, the value of `member`, up to
// the fork's: what the source has after it is not of this chain.
std::function<bool(std::string_view)> up_to_fork(std::uint64_t fork, std::string_view member);

// Nothing where this node answers. May wait for the source.
std::optional<Answer> pass_upstream(Context& context, const Method& method, Arguments arguments);

}  // namespace cairn::api
