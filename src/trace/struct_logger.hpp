#pragma once
// geth's struct log, the answer where no tracer is named: one row an instruction.

#include <map>
#include <optional>
#include <string>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

struct StructLogOptions {
  bool enable_memory = false;
  bool disable_stack = false;
  bool disable_storage = false;
  bool enable_return_data = false;
  std::uint64_t limit = 0;  // bytes of rows, after which none are added; 0: none
};

class StructLogger final : public TransactionTracer {
 public:
  explicit StructLogger(const StructLogOptions& options) : options_(options) {}

  void write_to(codec::JsonWriter& out) override { out_ = &out; }
  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  void write(codec::JsonWriter& out) override;

  bool is_truncated() const override { return truncated_; }
  bool wants_steps() const override { return true; }
  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault& fault) override;

 private:
  using Storage = std::map<Hash256, Hash256>;

  // The last step, which waits for its cost.
  struct Row {
    std::uint64_t pc = 0;
    std::uint8_t opcode = 0;
    std::uint64_t gas = 0;
    std::uint64_t depth = 0;
    std::uint64_t static_cost = 0;
    std::int64_t refund = 0;
    Address address;
    std::optional<std::pair<U256, U256>> slot;  // that is read or written, and its value
  };

  bool is_full() const { return options_.limit != 0 && row_bytes_ > options_.limit; }
  void note_tail(const evm::Step& step);
  void finish_row(std::uint64_t cost, std::int64_t refund, std::string_view error);
  void write_storage(std::string& out);

  StructLogOptions options_;
  state::Overlay* overlay_ = nullptr;
  evm::Fork fork_ = types::kLatestFork;
  std::map<Address, Storage> storage_;  // seen so far
  std::optional<Row> row_;
  std::string tail_;       // its stack, memory, return data
  codec::JsonWriter own_;  // without one from outside
  codec::JsonWriter* out_ = &own_;
  std::size_t row_bytes_ = 0;
  std::uint64_t gas_used_ = 0;
  bool failed_ = false;
  bool truncated_ = false;
  Bytes output_;
};

}  // namespace cairn::trace
