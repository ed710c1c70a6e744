#pragma once
// Custom errors of contracts by their names, for people. Any thread.

#include "api/context.hpp"
#include "api/errors.hpp"

namespace cairn::api {

// The error of a call that ended with `output`; where it reverted with a custom error its message
// says which: "execution reverted: Unauthorized()" where the node's log would name it, else
// "execution reverted: custom error 0x82b42900".
RpcError with_error_name(const Context& context, RpcError error, BytesView output);

}  // namespace cairn::api
