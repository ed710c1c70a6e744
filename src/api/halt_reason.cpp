#include "api/halt_reason.hpp"

#include <fmt/format.h>

#include "evm/gas.hpp"
#include "evm/tracer.hpp"

namespace cairn::api {
namespace {

using evm::Status;

// Remembers the instruction at which a frame halted last: in the end the outermost one's.
class HaltTracer final : public evm::Tracer {
 public:
  explicit HaltTracer(types::Fork fork) : fork_(fork) {}

  void on_enter(const evm::Message& /*message*/) override {}
  void on_exit(Status /*status*/, std::int64_t /*gas_left*/, BytesView /*output*/) override {}
  void on_selfdestruct(const Address& /*address*/, const Address& /*beneficiary*/,
                       const U256& /*balance*/) override {}
  void on_step(const evm::Step& step) override {
    opcode_ = step.opcode;
    stack_ = step.stack.size();
  }
  void on_cost(std::int64_t /*gas*/) override {}
  void on_fault(Status status) override { reason_ = describe(status); }

  const std::string& reason() const { return reason_; }

 private:
  std::string describe(Status status) const {
    constexpr std::size_t kStackLimit = 1024;
    switch (status) {
      case Status::undefined_instruction:
        return fmt::format("invalid opcode: opcode {:#x} not defined", opcode_);
      case Status::stack_underflow:
        return fmt::format("stack underflow ({} <=> {})", stack_,
                           evm::instructions(fork_)[opcode_].takes);
      case Status::stack_overflow:
        return fmt::format("stack limit reached {} ({})", stack_, kStackLimit);
      default:
        return {};
    }
  }

  types::Fork fork_;
  std::uint8_t opcode_ = 0;
  std::size_t stack_ = 0;
  std::string reason_;
};

bool has_details(Status status) {
  return status == Status::undefined_instruction || status == Status::stack_underflow ||
         status == Status::stack_overflow;
}

}  // namespace

RpcError explain_failure(const node::CallSite& site, const node::CallRequest& request,
                         node::CallOptions options, Status status, BytesView output) {
  RpcError error = rpc_error(status, output);
  if (!has_details(status)) {
    return error;
  }
  HaltTracer tracer(site.environment.context.fork);
  options.tracer = &tracer;
  const auto again = node::execute_call(site, request, options);
  if (again && again->status == status && !tracer.reason().empty()) {
    error.message = tracer.reason();
  }
  return error;
}

}  // namespace cairn::api
