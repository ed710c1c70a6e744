#include "api/halt_reason.hpp"

#include <optional>

#include "evm/tracer.hpp"
#include "trace/failure_text.hpp"
#include "trace/precompile_error.hpp"

namespace cairn::api {
namespace {

using evm::Status;

// Remembers where a frame halted last: in the end the outermost one.
class HaltTracer final : public evm::Tracer {
 public:
  bool wants_steps() const override { return false; }
  void on_enter(const evm::Message& /*message*/) override {}
  void on_exit(Status /*status*/, std::int64_t /*gas_left*/, BytesView /*output*/) override {}
  void on_log(const types::Log& /*log*/) override {}
  void on_selfdestruct(const Address& /*address*/, const Address& /*beneficiary*/,
                       const U256& /*balance*/) override {}
  void on_step(const evm::Step& /*step*/) override {}
  void on_cost(std::int64_t /*gas*/, std::int64_t /*refund*/) override {}
  void on_fault(const evm::Fault& fault) override { fault_ = fault; }

  const std::optional<evm::Fault>& fault() const { return fault_; }

 private:
  std::optional<evm::Fault> fault_;
};

bool has_details(Status status) {
  return status == Status::undefined_instruction || status == Status::stack_underflow ||
         status == Status::stack_overflow;
}

}  // namespace

RpcError explain_failure(const node::CallSite& site, const node::CallRequest& request,
                         node::CallOptions options, Status status, BytesView output) {
  RpcError error = rpc_error(status, output);
  if (status == Status::precompile_failure && request.to) {
    const auto moved = options.precompile_moves.find(*request.to);
    const bool is_moved = moved != options.precompile_moves.end() && moved->second;
    error.message = trace::precompile_error(is_moved ? *moved->second : *request.to, request.data);
  }
  if (!has_details(status)) {
    return error;
  }
  HaltTracer tracer;
  options.tracer = &tracer;
  const auto again = node::execute_call(site, request, options);
  if (again && again->status == status && tracer.fault()) {
    error.message = trace::failure_text(status, &*tracer.fault(), site.environment.context.fork);
  }
  return error;
}

}  // namespace cairn::api
