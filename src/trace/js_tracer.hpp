#pragma once
// Tracers that a request brings with it, in JavaScript, with the objects that geth hands to them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "trace/js_engine.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class JsTracer final : public TransactionTracer {
 public:
  // `code` is an expression: an object with result() and fault() and, as it likes, step(), enter()
  // and exit(), and setup(), which gets the JSON text `config`. invalid_argument with the engine's
  // words.
  static Result<std::unique_ptr<TransactionTracer>> make(const std::string& code,
                                                         const std::string& config);

  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  bool may_fail() const override { return true; }
  std::optional<std::string> error() const override { return error_; }
  void write(codec::JsonWriter& out) override { out.raw(result_); }

  bool wants_steps() const override { return step_ != nullptr; }
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault& fault) override;

 private:
  friend struct JsTracerObjects;  // what JavaScript sees of all this

  // An EVM frame that is open.
  struct Scope {
    Address caller;
    Address address;
    U256 value;
    Bytes input;
    std::uint64_t gas = 0;
    Address code_address;
    bool creates = false;
    bool reverts = false;  // its last instruction is REVERT
  };
  // `log`: the last instruction.
  struct Log {
    std::uint8_t opcode = 0;
    std::uint64_t pc = 0;
    std::uint64_t gas = 0;
    std::uint64_t cost = 0;
    std::uint64_t depth = 0;
    std::int64_t refund = 0;
    std::optional<std::string> error;
    std::vector<U256> stack;
    Bytes memory;
  };
  // The argument of enter().
  struct Call {
    std::string type;
    Address from;
    Address to;
    Bytes input;
    std::uint64_t gas = 0;
    std::optional<U256> value;
  };
  // The argument of exit().
  struct CallResult {
    std::uint64_t gas_used = 0;
    Bytes output;
    std::optional<std::string> error;
  };

  JsTracer() : engine_(this) {}
  std::optional<std::string> load(const std::string& code, const std::string& config);
  void call(void* function, std::string_view name, std::initializer_list<void*> arguments);
  void note_failure(std::string_view name, const std::string& why);
  void step();
  void enter(Call call);
  void exit(CallResult result);
  std::string failure_of(evm::Status status, const Scope& scope, BytesView output) const;

  JsEngine engine_;
  // Of the heap, kept alive there.
  void* object_ = nullptr;
  void* step_ = nullptr;
  void* fault_function_ = nullptr;
  void* enter_ = nullptr;
  void* exit_ = nullptr;
  void* result_function_ = nullptr;
  void* log_object_ = nullptr;
  void* db_object_ = nullptr;
  void* frame_object_ = nullptr;
  void* frame_result_object_ = nullptr;

  std::optional<Subject> subject_;
  std::vector<Scope> scopes_;
  std::optional<evm::Fault> fault_;
  bool step_pending_ = false;    // it waits for its cost
  bool memory_is_same_ = false;  // as in `log_`
  Log log_;
  Call call_;
  CallResult call_result_;
  Scope outermost_;
  CallResult outermost_result_;
  std::optional<std::string> interrupt_;  // what a function of ours refused
  std::optional<std::string> error_;
  std::string result_ = "null";
};

}  // namespace cairn::trace
