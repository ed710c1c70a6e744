#pragma once
// geth's callTracer: the tree of calls.

#include "trace/call_collector.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

// Forwards a transaction's frames to a collector. What is made of the tree is a subclass's.
class FrameTracer : public TransactionTracer {
 public:
  explicit FrameTracer(const CollectorOptions& options) : options_(options) {
    options_.max_bytes = kMostTraceBytes;
  }

  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  bool is_truncated() const override { return collector_->is_truncated(); }

  void on_enter(const evm::Message& message) override { collector_->on_enter(message); }
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override {
    collector_->on_exit(status, gas_left, output);
  }
  void on_log(const types::Log& log) override { collector_->on_log(log); }
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override {
    collector_->on_selfdestruct(address, beneficiary, balance);
  }
  void on_fault(const evm::Fault& fault) override { collector_->on_fault(fault); }

 protected:
  // After the end.
  const CallFrame& outermost() const { return outermost_; }

 private:
  CollectorOptions options_;
  std::optional<CallCollector> collector_;
  std::uint64_t gas_limit_ = 0;
  CallFrame outermost_;
};

class CallTracer final : public FrameTracer {
 public:
  using FrameTracer::FrameTracer;
  void write(codec::JsonWriter& out) override;
};

// The fields of a frame that its log list, its calls and what else there may be follow.
void write_frame_fields(codec::JsonWriter& out, const CallFrame& frame);
void write_logs(codec::JsonWriter& out, const CallFrame& frame);

}  // namespace cairn::trace
