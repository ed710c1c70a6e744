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
    std::string tail;                           // stack, memory, return data
  };

  bool is_full() const { return options_.limit != 0 && rows_.size() > options_.limit; }
  std::string tail_of(const evm::Step& step) const;
  void finish_row(std::uint64_t cost, std::int64_t refund, const std::string& error);
  void write_storage(std::string& out);

  StructLogOptions options_;
  state::Overlay* overlay_ = nullptr;
  evm::Fork fork_ = types::kLatestFork;
  std::map<Address, Storage> storage_;  // seen so far
  std::optional<Row> row_;
  std::string rows_;  // JSON objects with commas between
  std::uint64_t gas_used_ = 0;
  bool failed_ = false;
  bool truncated_ = false;
  Bytes output_;
};

}  // namespace cairn::trace
