#pragma once
// A tracer in the sense of geth's debug_trace*: it follows one transaction and answers with JSON.

#include <cstdint>
#include <optional>
#include <string>

#include "codec/json_writer.hpp"
#include "evm/tracer.hpp"
#include "execution/transaction_processor.hpp"
#include "state/overlay.hpp"

namespace cairn::trace {

// What a tracer is told of the transaction before it runs. The references outlive the run.
struct Subject {
  state::Overlay& overlay;
  const execution::BlockEnvironment& environment;
  const types::Transaction& transaction;
  Address sender;
  const state::StateView& base;  // beneath the overlay
  // Of a mined transaction.
  std::optional<Hash256> hash{};
  std::optional<Hash256> block_hash{};
  std::uint64_t index = 0;
  std::uint64_t first_log_index = 0;  // logs of the block before it

  evm::Fork fork() const { return environment.context.fork; }
};

// What one answer may hold.
inline constexpr std::size_t kMostTraceBytes = std::size_t{512} << 20;

// Order: write_to, begin, the execution with this as its tracer, end, write. One transaction, one
// thread. A tracer overrides what it looks at.
class TransactionTracer : public evm::Tracer {
 public:
  // Where write() will write to, for those whose answer may be large: they may begin it during the
  // run. It lives until then.
  virtual void write_to(codec::JsonWriter& /*out*/) {}
  virtual void begin(const Subject& /*subject*/) {}
  virtual void end(const execution::TransactionOutcome& /*outcome*/) {}
  // Whether there was more than it may keep.
  virtual bool is_truncated() const { return false; }
  // Whether there can be an error(). Then nothing is written before write().
  virtual bool may_fail() const { return false; }
  // After the end: why there is nothing to write.
  virtual std::optional<std::string> error() const { return std::nullopt; }
  // One JSON value.
  virtual void write(codec::JsonWriter& out) = 0;

  bool wants_steps() const override { return false; }
  void on_enter(const evm::Message& /*message*/) override {}
  void on_exit(evm::Status /*status*/, std::int64_t /*gas_left*/, BytesView /*output*/) override {}
  void on_log(const types::Log& /*log*/) override {}
  void on_selfdestruct(const Address& /*address*/, const Address& /*beneficiary*/,
                       const U256& /*balance*/) override {}
  void on_step(const evm::Step& /*step*/) override {}
  void on_cost(std::int64_t /*gas*/, std::int64_t /*refund*/) override {}
  void on_fault(const evm::Fault& /*fault*/) override {}
};

}  // namespace cairn::trace
