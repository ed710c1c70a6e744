#pragma once
// geth's callTracer where no logs are asked for: each frame is written as it begins and ends, so
// that nothing is kept but the frames that are open. With logs a frame that fails takes back what
// was told of it, and the whole tree is collected first (call_tracer.hpp).

#include <optional>
#include <vector>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class CallStream final : public TransactionTracer {
 public:
  explicit CallStream(bool only_top_call) : only_top_call_(only_top_call) {}

  void write_to(codec::JsonWriter& out) override { out_ = &out; }
  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  void write(codec::JsonWriter& out) override;
  bool is_truncated() const override { return out_->kept() > kMostTraceBytes; }

  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_fault(const evm::Fault& fault) override { fault_ = fault; }

 private:
  struct Open {
    std::uint64_t gas = 0;
    Address to;
    bool creates = false;
    bool has_calls = false;
    Bytes precompile_input;  // of which its error tells
  };

  void begin_call();
  void write_failure(evm::Status status, const Open& frame, BytesView output);

  bool only_top_call_;
  evm::Fork fork_ = types::kLatestFork;
  std::uint64_t gas_limit_ = 0;
  codec::JsonWriter own_;  // without one from outside
  codec::JsonWriter* out_ = &own_;
  std::vector<Open> open_;
  std::size_t left_out_ = 0;  // open frames above these
  std::optional<evm::Fault> fault_;
  bool begun_ = false;
};

}  // namespace cairn::trace
