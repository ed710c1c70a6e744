#pragma once
// Why a call halted, in geth's words: which opcode, or how many stack items were missing. Found by
// running the call once more under a tracer, so that calls that succeed pay nothing for it.

#include <string>

#include "api/errors.hpp"
#include "node/call.hpp"

namespace cairn::api {

// The error of a call at `site` that ended with `status` and `output`.
RpcError explain_failure(const node::CallSite& site, const node::CallRequest& request,
                         node::CallOptions options, evm::Status status, BytesView output);

}  // namespace cairn::api
