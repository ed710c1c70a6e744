#pragma once
// geth's muxTracer: several tracers over one execution; and noopTracer.

#include <memory>
#include <string>
#include <vector>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class MuxTracer final : public TransactionTracer {
 public:
  struct Part {
    std::string name;
    std::unique_ptr<TransactionTracer> tracer;
  };
  explicit MuxTracer(std::vector<Part> parts) : parts_(std::move(parts)) {}

  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  void write(codec::JsonWriter& out) override;

  bool is_truncated() const override;
  bool may_fail() const override { return true; }  // where a part may
  std::optional<std::string> error() const override;
  bool wants_steps() const override;
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_log(const types::Log& log) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault& fault) override;

 private:
  std::vector<Part> parts_;
};

class NoopTracer final : public TransactionTracer {
 public:
  void write(codec::JsonWriter& out) override { out.begin_object().end_object(); }
};

}  // namespace cairn::trace
