#pragma once
// The Ethereum Virtual Machine (Yellow Paper 9, and the EIPs named in gas.hpp), Frontier to Osaka.

#include <cstddef>
#include <memory>
#include <optional>

#include "evm/host.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

class Tracer;     // evm/tracer.hpp
class FramePool;  // evm/frame.hpp

// Stacks and memory that outlive one Evm, so that a block's transactions share them. One thread.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  FramePool& frames() { return *frames_; }

 private:
  std::unique_ptr<FramePool> frames_;
};

// Runs one message call or creation with everything it leads to: value transfer, precompiles,
// EIP-7702 delegation, nested frames, code deposit. On failure the host is as before the call
// (but for the sender's nonce of a creation).
//
// For a top-level creation the sender's nonce has been raised by the caller already, and the
// address follows from `nonce - 1`; nested creations raise it here. Intrinsic gas, fees and refunds
// are the caller's. `tracer` may be null: then the loop without any trace of tracing runs. Frames
// nest on a stack of their own, so any depth fits any thread. Everything given must outlive it.
class Evm {
 public:
  Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
      Tracer* tracer = nullptr);
  Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
      Workspace& workspace, Tracer* tracer = nullptr);
  ~Evm();

  CallResult call(const Message& message);

  // VMTests: runs `code` as one frame with `message`'s environment; nested calls work as ever.
  CallResult run_frame(const Message& message, const Code& code);

 private:
  struct Driver;
  std::optional<Workspace> own_workspace_;
  std::unique_ptr<Driver> driver_;
};

// CREATE: keccak256(rlp([sender, nonce])); CREATE2: EIP-1014.
Address create_address(const Address& sender, std::uint64_t nonce);
Address create2_address(const Address& sender, const Hash256& salt, BytesView init_code);

// Whether a precompiled contract lives at this address under this fork; all are warm from the
// start.
bool is_precompile(const Address& address, Fork fork);

}  // namespace cairn::evm
