#pragma once
// How often a transaction ran each instruction, and what these cost together (gasCost of the struct
// log, and no more than there was), as reth's trace_transactionOpcodeGas tells it.

#include <array>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class OpcodeGasTracer final : public TransactionTracer {
 public:
  bool wants_steps() const override { return true; }
  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault& fault) override;
  // A list in the order of the codes.
  void write(codec::JsonWriter& out) override;

 private:
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t gas = 0;
  };
  std::array<Sum, 256> sums_;
  std::uint8_t opcode_ = 0;  // of the last step
  std::uint64_t gas_ = 0;    // before it
};

}  // namespace cairn::trace
