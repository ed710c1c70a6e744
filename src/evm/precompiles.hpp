#pragma once
// The precompiled contracts (Yellow Paper appendix E; EIP-152, 196, 197, 198, 2537, 4844, 7951) and
// what they cost under each fork. Pure; any thread.

#include <cstdint>

#include "base/bytes.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

struct PrecompileResult {
  Status status = Status::success;  // or out_of_gas, precompile_failure; then all gas is gone
  std::int64_t gas_left = 0;
  Bytes output;
};

// `address` is one for which is_precompile(address, fork) holds.
PrecompileResult run_precompile(const Address& address, Fork fork, BytesView input,
                                std::int64_t gas);

}  // namespace cairn::evm
