#pragma once
// What a tracer sees of an execution. Called by the traced loop only, on the thread that executes.
// Order for one instruction: on_step, then on_cost, then its effect (for calls: on_enter ...
// on_exit); an exceptional halt ends with on_fault.

#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

// The frame before an instruction. Views are valid during the call alone.
struct Step {
  std::uint64_t pc = 0;
  std::uint8_t opcode = 0;
  std::string_view name;         // empty for undefined codes
  std::int64_t gas = 0;          // before the instruction's cost
  std::int64_t static_cost = 0;  // on_cost tells the whole
  std::int64_t refund = 0;       // of the transaction so far
  int depth = 0;                 // 0 in the outermost frame
  Address address;               // whose storage this is
  std::span<const U256> stack;   // the top is the last
  BytesView memory;
  BytesView return_data;
};

class Tracer {
 public:
  virtual ~Tracer() = default;

  // A call or creation begins (precompiles too; for creations `recipient` is the new address).
  virtual void on_enter(const Message& message) = 0;
  virtual void on_exit(Status status, std::int64_t gas_left, BytesView output) = 0;
  // SELFDESTRUCT moved `balance` wei.
  virtual void on_selfdestruct(const Address& address, const Address& beneficiary,
                               const U256& balance) = 0;

  virtual void on_step(const Step& step) = 0;
  // All gas of the last step, what it hands to a callee included; known once it has been charged.
  virtual void on_cost(std::int64_t gas) = 0;
  virtual void on_fault(Status status) = 0;
};

}  // namespace cairn::evm
