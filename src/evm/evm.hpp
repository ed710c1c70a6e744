#pragma once
// The Ethereum Virtual Machine (Yellow Paper 9, and the EIPs named in gas.hpp), Frontier to Osaka.

#include "evm/host.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

class Tracer;  // evm/tracer.hpp

// Runs one message call or creation with everything it leads to: value transfer, precompiles,
// EIP-7702 delegation, nested frames, code deposit. On failure the host is as before the call
// (but for the sender's nonce of a creation).
//
// For a top-level creation the sender's nonce has been raised by the caller already, and the
// address follows from `nonce - 1`; nested creations raise it here. Intrinsic gas, fees and refunds
// are the caller's. `tracer` may be null: then the loop without any trace of tracing runs.
class Evm {
 public:
  Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
      Tracer* tracer = nullptr);

  CallResult call(const Message& message);

  // VMTests: runs `code` as one frame with `message`'s environment; nested calls work as ever.
  CallResult run_frame(const Message& message, const Code& code);

 private:
  Host& host_;
  const BlockContext& block_;
  const TransactionContext& transaction_;
  Tracer* tracer_;
};

// CREATE: keccak256(rlp([sender, nonce])); CREATE2: EIP-1014.
Address create_address(const Address& sender, std::uint64_t nonce);
Address create2_address(const Address& sender, const Hash256& salt, BytesView init_code);

// Whether a precompiled contract lives at this address under this fork; all are warm from the
// start.
bool is_precompile(const Address& address, Fork fork);

}  // namespace cairn::evm
