#include "trace/js_tracer.hpp"

#include <duktape.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evm/opcodes.hpp"
#include "trace/call_collector.hpp"
#include "trace/failure_text.hpp"
#include "trace/js_tracer_objects.hpp"

namespace cairn::trace {
namespace {

using evm::Op;

// Units of JsEngine::allow(): some tenths of a second to be set up, then what the time limit
// allows.
constexpr std::uint64_t kSetUpRounds = 64;
constexpr std::uint64_t kRounds = 1 << 16;

// Whether memory may be another one after the instruction.
bool changes_memory(std::uint8_t opcode) {
  switch (static_cast<Op>(opcode)) {
    case Op::mload:
    case Op::mstore:
    case Op::mstore8:
    case Op::mcopy:
    case Op::keccak256:
    case Op::calldatacopy:
    case Op::codecopy:
    case Op::extcodecopy:
    case Op::returndatacopy:
      return true;
    default:
      return opcode >= 0xa0;  // logs, calls, creations, ends of frames
  }
}

// The function of this name of the object on top, or nullptr.
void* function_of(duk_context* js, const char* name) {
  duk_get_prop_string(js, -1, name);
  void* out = duk_is_function(js, -1) ? duk_get_heapptr(js, -1) : nullptr;
  // Kept alive whatever becomes of the object.
  duk_push_global_stash(js);
  duk_dup(js, -2);
  duk_put_prop_string(js, -2, name);
  duk_pop_2(js);
  return out;
}

// The object on top goes to the stash.
void* keep(duk_context* js, const char* name) {
  void* out = duk_get_heapptr(js, -1);
  duk_push_global_stash(js);
  duk_insert(js, -2);
  duk_put_prop_string(js, -2, name);
  duk_pop(js);
  return out;
}

}  // namespace

Result<std::unique_ptr<TransactionTracer>> JsTracer::make(const std::string& code,
                                                          const std::string& config) {
  auto tracer = std::unique_ptr<JsTracer>(new JsTracer);
  if (const auto refused = tracer->load(code, config)) {
    return fail(ErrorCode::invalid_argument, *refused);
  }
  return std::unique_ptr<TransactionTracer>(std::move(tracer));
}

std::optional<std::string> JsTracer::load(const std::string& code, const std::string& config) {
  engine_.allow(kSetUpRounds, nullptr);
  std::optional<std::string> refused;
  const auto failed = engine_.run([&](duk_context* js) {
    JsTracerObjects::define_globals(js);
    JsTracerObjects::push_log(js);
    log_object_ = keep(js, "log object");
    JsTracerObjects::push_db(js);
    db_object_ = keep(js, "db object");
    JsTracerObjects::push_frame(js);
    frame_object_ = keep(js, "frame object");
    JsTracerObjects::push_frame_result(js);
    frame_result_object_ = keep(js, "frame result object");
    const std::string expression = "(" + code + ")";
    duk_push_lstring(js, expression.data(), expression.size());
    duk_eval(js);
    duk_to_object(js, -1);
    duk_dup(js, -1);
    object_ = keep(js, "tracer object");
    result_function_ = function_of(js, "result");
    fault_function_ = function_of(js, "fault");
    step_ = function_of(js, "step");
    enter_ = function_of(js, "enter");
    exit_ = function_of(js, "exit");
    if (result_function_ == nullptr || fault_function_ == nullptr) {
      refused = fmt::format("trace object must expose a function {}()",
                            result_function_ == nullptr ? "result" : "fault");
      return;
    }
    if ((enter_ == nullptr) != (exit_ == nullptr)) {
      refused = "trace object must expose either both or none of enter() and exit()";
      return;
    }
    if (void* const setup = function_of(js, "setup")) {
      duk_push_heapptr(js, setup);
      duk_push_heapptr(js, object_);
      duk_push_lstring(js, config.data(), config.size());
      duk_call_method(js, 1);
    }
  });
  return interrupt_ ? interrupt_ : failed ? failed : refused;
}

void JsTracer::note_failure(std::string_view name, const std::string& why) {
  error_ = fmt::format("{}    in server-side tracer function '{}'", interrupt_.value_or(why), name);
}

void JsTracer::call(void* function, std::string_view name, std::initializer_list<void*> arguments) {
  if (error_) {
    return;
  }
  const auto failed = engine_.run([&](duk_context* js) {
    duk_push_heapptr(js, function);
    duk_push_heapptr(js, object_);
    for (void* const argument : arguments) {
      duk_push_heapptr(js, argument);
    }
    duk_call_method(js, static_cast<duk_idx_t>(arguments.size()));
  });
  if (failed || interrupt_) {
    note_failure(name, failed.value_or(""));
  }
}

void JsTracer::begin(const Subject& subject) {
  subject_.emplace(subject);
  engine_.allow(kRounds, subject.environment.stop);
}

void JsTracer::end(const execution::TransactionOutcome& outcome) {
  if (error_) {
    return;
  }
  const auto failed = engine_.run([&](duk_context* js) {
    duk_push_heapptr(js, result_function_);
    duk_push_heapptr(js, object_);
    JsTracerObjects::push_context(js, *this, outcome.gas_used);
    duk_push_heapptr(js, db_object_);
    duk_call_method(js, 2);
    duk_json_encode(js, -1);
    if (duk_is_string(js, -1)) {
      duk_size_t size = 0;
      const char* text = duk_get_lstring(js, -1, &size);
      result_ = js_utf8({text, size});
    }
  });
  if (failed || interrupt_) {
    note_failure("result", failed.value_or(""));
  }
  subject_.reset();  // nothing of it outlives the run
}

void JsTracer::on_enter(const evm::Message& message) {
  fault_.reset();
  memory_is_same_ = false;
  const FrameType type = frame_type_of(message.kind);
  const bool creates = is_creation(type);
  Scope& scope = scopes_.emplace_back();
  scope.caller = message.sender;
  scope.address = message.recipient;
  scope.value = message.kind == evm::CallKind::static_call ? U256{} : message.value;
  scope.input = base::to_bytes(message.input);
  scope.gas = static_cast<std::uint64_t>(message.gas);
  scope.code_address = message.code_address;
  scope.creates = creates;
  if (scopes_.size() == 1) {
    outermost_ = scope;
    return;
  }
  enter({.type = std::string(frame_type_name(type)),
         .from = type == FrameType::delegate_call ? message.recipient : message.sender,
         .to = creates ? message.recipient : message.code_address,
         .input = scope.input,
         .gas = scope.gas,
         .value = type == FrameType::static_call ? std::nullopt : std::optional(message.value)});
}

std::string JsTracer::failure_of(evm::Status status, const Scope& scope, BytesView output) const {
  return frame_error(status, scope.code_address, scope.input, output.size(),
                     fault_ ? &*fault_ : nullptr, subject_->fork());
}

void JsTracer::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  const Scope scope = std::move(scopes_.back());
  memory_is_same_ = false;
  CallResult result{.gas_used = scope.gas - static_cast<std::uint64_t>(gas_left),
                    .output = {},
                    .error = std::nullopt};
  if (status != evm::Status::success) {
    result.error = failure_of(status, scope, output);
  }
  if (status == evm::Status::success || status == evm::Status::revert) {
    result.output = base::to_bytes(output);
  }
  if (status == evm::Status::revert && scope.reverts) {  // geth counts it among the faults
    log_.error = result.error;
    call(fault_function_, "fault", {log_object_, db_object_});
  }
  scopes_.pop_back();
  fault_.reset();
  if (scopes_.empty()) {
    outermost_result_ = std::move(result);
  } else {
    exit(std::move(result));
  }
}

void JsTracer::on_selfdestruct(const Address& address, const Address& beneficiary,
                               const U256& balance) {
  enter({.type = "SELFDESTRUCT",
         .from = address,
         .to = beneficiary,
         .input = {},
         .gas = 0,
         .value = balance});
  exit({});
}

void JsTracer::enter(Call call_now) {
  if (enter_ != nullptr) {
    call_ = std::move(call_now);
    call(enter_, "enter", {frame_object_});
  }
}

void JsTracer::exit(CallResult result) {
  if (exit_ != nullptr) {
    call_result_ = std::move(result);
    call(exit_, "exit", {frame_result_object_});
  }
}

void JsTracer::on_step(const evm::Step& step) {
  step_pending_ = true;
  if (error_) {
    return;
  }
  if (!memory_is_same_) {
    log_.memory.assign(step.memory.begin(), step.memory.end());
  }
  memory_is_same_ = !changes_memory(step.opcode);
  log_.opcode = step.opcode;
  log_.pc = step.pc;
  log_.gas = static_cast<std::uint64_t>(step.gas);
  log_.cost = static_cast<std::uint64_t>(step.static_cost);
  log_.depth = static_cast<std::uint64_t>(step.depth) + 1;
  log_.refund = step.refund;
  log_.error.reset();
  log_.stack.assign(step.stack.begin(), step.stack.end());
  scopes_.back().reverts = static_cast<Op>(step.opcode) == Op::revert;
}

void JsTracer::step() {
  if (std::exchange(step_pending_, false)) {
    call(step_, "step", {log_object_, db_object_});
  }
}

void JsTracer::on_cost(std::int64_t gas, std::int64_t refund) {
  log_.cost = static_cast<std::uint64_t>(gas);
  log_.refund = refund;
  step();
}

void JsTracer::on_fault(const evm::Fault& fault) {
  fault_ = fault;
  const std::string why = failure_text(fault.status, &fault, subject_->fork());
  if (step_ != nullptr && step_pending_ && fails_with_its_gas(fault)) {
    log_.error = why;
    return step();
  }
  step();
  log_.error = why;
  call(fault_function_, "fault", {log_object_, db_object_});
}

}  // namespace cairn::trace
