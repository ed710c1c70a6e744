#pragma once
// What the node's log tells of requests: those that change how a dev chain goes on, and those that
// are refused. Reading is not told of.

#include "api/context.hpp"
#include "api/method.hpp"

namespace cairn::api {

// evm_mine, anvil_setBalance ... with their parameters.
void log_cheat(const Context& context, const Method& method, Arguments arguments);

// Calls that fail are told of with more by call_methods.
void log_refusal(const Context& context, std::string_view method, const RpcError& error);

}  // namespace cairn::api
