#pragma once
// What the node's log tells of requests: those that change how a dev chain goes on, and those that
// are refused. Reading is not told of.

#include <optional>
#include <string>
#include <string_view>

#include "api/context.hpp"
#include "api/method.hpp"

namespace cairn::api {

// The parameters of evm_mine, anvil_setBalance ... for the log, to be told of once it is done, and
// not where it is refused. Nothing of other methods, and where nobody reads the log.
std::optional<std::string> cheat_parameters(const Context& context, const Method& method,
                                            Arguments arguments);
// With the answer, where it says more than that it is done.
void log_cheat(const Context& context, std::string_view method, std::string parameters,
               std::string_view answer);

// Calls that fail are told of with more by call_methods.
void log_refusal(const Context& context, std::string_view method, const RpcError& error);

}  // namespace cairn::api
