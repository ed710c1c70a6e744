#pragma once
// eth_createAccessList: which accounts and slots a call looks at (EIP-2930). Pure; any thread.

#include "node/call.hpp"

namespace cairn::node {

struct CreatedAccessList {
  types::AccessList list;  // by address and slot; not what is warm without it
  std::uint64_t gas_used = 0;
  evm::Status status = evm::Status::success;  // of the call with this list
  Bytes output;
};

// Runs the call with the list that it was given and what it found so far, until it finds nothing
// more: a call may look elsewhere when its gas is another. `options.tracer` is this function's own.
execution::Judged<CreatedAccessList> create_access_list(const CallSite& site, CallRequest request,
                                                        CallOptions options);

}  // namespace cairn::node
