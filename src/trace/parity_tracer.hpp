#pragma once
// The answers of Parity's trace_ methods about one transaction: its calls as a flat list, what it
// changed in the state, and its instructions.

#include <vector>

#include "state/changeset.hpp"
#include "trace/call_collector.hpp"
#include "trace/transaction_tracer.hpp"
#include "trace/vm_trace.hpp"

namespace cairn::trace {

struct ParityOptions {
  bool trace = true;
  bool state_diff = false;
  bool vm_trace = false;
};

// One line of the list.
struct ParityFrame {
  const CallFrame* frame = nullptr;
  std::vector<std::uint64_t> address;  // of the call among its parent's, from the outermost on
  std::uint64_t subtraces = 0;
  bool is_mined = false;  // and not a call
};

// Where a mined transaction stands.
struct ParityPlace {
  Hash256 block_hash;
  std::uint64_t block_number = 0;
  Hash256 transaction_hash;
  std::uint64_t transaction_index = 0;
};

class ParityTracer final : public TransactionTracer {
 public:
  explicit ParityTracer(const ParityOptions& options) : options_(options) {}

  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  // The members `output`, `stateDiff`, `trace` and `vmTrace` of an object that the caller opens. Of
  // a mined transaction, what it reverted with is no output but a `revertReason`.
  void write_members(codec::JsonWriter& out) const;
  void write(codec::JsonWriter& out) override;
  bool is_truncated() const override {
    return collector_->is_truncated() || (vm_trace_ && vm_trace_->is_truncated());
  }
  bool wants_steps() const override { return options_.vm_trace; }

  // After the end. Calls to precompiled contracts are left out, as Parity does.
  std::vector<ParityFrame> frames() const;
  const std::optional<ParityPlace>& place() const { return place_; }

  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override {
    collector_->on_selfdestruct(address, beneficiary, balance);
  }
  void on_step(const evm::Step& step) override { vm_trace_->on_step(step); }
  void on_cost(std::int64_t gas, std::int64_t /*refund*/) override { vm_trace_->on_cost(gas); }
  void on_fault(const evm::Fault& fault) override;

 private:
  void write_state_diff(codec::JsonWriter& out) const;
  Bytes code_of(const std::optional<types::Account>& account) const;

  ParityOptions options_;
  std::optional<CallCollector> collector_;
  std::optional<VmTrace> vm_trace_;
  std::optional<ParityPlace> place_;
  state::Overlay* overlay_ = nullptr;
  const state::StateView* base_ = nullptr;
  state::Changeset before_;
  state::Changeset after_;
  CallFrame outermost_;
  Bytes output_;
};

// `place`: for methods that name the block; others leave it out.
void write_parity_frame(codec::JsonWriter& out, const ParityFrame& line,
                        const std::optional<ParityPlace>& place);

}  // namespace cairn::trace
