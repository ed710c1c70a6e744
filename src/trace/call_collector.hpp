#pragma once
// Collects the call frames of one transaction. Code under it runs in the fast loop.

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "evm/tracer.hpp"
#include "trace/call_frame.hpp"

namespace cairn::trace {

struct CollectorOptions {
  bool with_logs = false;
  bool only_top_call = false;
  std::uint64_t first_log_index = 0;  // logs of the block before this transaction
  // Of the frames kept, in bytes; those beyond are left out.
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
};

// geth's word for a frame's end other than success. `to` and `input` are those of a precompiled
// contract, `output_size` that of code which is too large.
std::string frame_error(evm::Status status, const Address& to, BytesView input,
                        std::size_t output_size, const evm::Fault* fault, evm::Fork fork);

// Give it to an execution as its tracer, then call finish(). One transaction, one thread.
class CallCollector final : public evm::Tracer {
 public:
  explicit CallCollector(evm::Fork fork, const CollectorOptions& options = {})
      : fork_(fork), options_(options) {}

  // The outermost frame, once the transaction has ended, with the whole transaction's gas.
  // Nothing: no frame was told of.
  std::optional<CallFrame> finish(std::uint64_t gas_limit, std::uint64_t gas_used);
  // The same, with the gas of the frame alone.
  std::optional<CallFrame> finish_frame();
  bool is_truncated() const { return truncated_; }

  bool wants_steps() const override { return false; }
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_log(const types::Log& log) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_step(const evm::Step&) override {}
  void on_cost(std::int64_t, std::int64_t) override {}
  void on_fault(const evm::Fault& fault) override { fault_ = fault; }

 private:
  struct OpenFrame {
    CallFrame frame;
    std::uint64_t log_index = 0;  // when it began
  };

  bool has_room(std::size_t bytes);
  void close(evm::Status status, std::int64_t gas_left, BytesView output);

  evm::Fork fork_;
  CollectorOptions options_;
  std::vector<OpenFrame> open_;
  std::size_t left_out_ = 0;  // open frames above these
  std::optional<CallFrame> outermost_;
  std::optional<evm::Fault> fault_;
  std::uint64_t logs_ = 0;  // of the transaction, without those taken back
  std::size_t bytes_ = 0;
  bool truncated_ = false;
};

}  // namespace cairn::trace
