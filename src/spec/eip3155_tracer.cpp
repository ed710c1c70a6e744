#include "spec/eip3155_tracer.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ostream>

#include "base/hex.hpp"

namespace cairn::spec {
namespace {

std::string stack_text(std::span<const U256> stack) {
  std::string text;
  for (const U256& value : stack) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ",", to_quantity(value));
  }
  return text;
}

}  // namespace

void Eip3155Tracer::on_enter(const evm::Message& message) { gas_of_frames_.push_back(message.gas); }

void Eip3155Tracer::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  const std::int64_t gas = gas_of_frames_.back();
  gas_of_frames_.pop_back();
  if (!gas_of_frames_.empty()) {
    return;
  }
  const bool passed = status == evm::Status::success;
  fmt::print(out_,
             R"({{"pass":{},"gasUsed":"0x{:x}","output":"{}"{}}})"
             "\n",
             passed, gas - gas_left, base::to_hex(output),
             passed ? "" : fmt::format(R"(,"error":"{}")", status_name(status)));
}

void Eip3155Tracer::on_step(const evm::Step& step) {
  line_ = Line{.pc = step.pc,
               .opcode = step.opcode,
               .name = std::string(step.name),
               .gas = step.gas,
               .refund = step.refund,
               .depth = step.depth + 1,
               .stack = stack_text(step.stack),
               .memory_size = step.memory.size()};
}

void Eip3155Tracer::on_cost(std::int64_t gas, std::int64_t /*refund*/) { print(gas, {}); }

void Eip3155Tracer::on_fault(const evm::Fault& fault) { print(0, status_name(fault.status)); }

void Eip3155Tracer::print(std::int64_t cost, std::string_view error) {
  if (!line_) {
    return;
  }
  fmt::print(out_,
             R"({{"pc":{},"op":{},"gas":"0x{:x}","gasCost":"0x{:x}","memSize":{},"stack":[{}],)"
             R"("depth":{},"refund":{},"opName":"{}"{}}})"
             "\n",
             line_->pc, line_->opcode, line_->gas, cost, line_->memory_size, line_->stack,
             line_->depth, line_->refund, line_->name,
             error.empty() ? "" : fmt::format(R"(,"error":"{}")", error));
  line_.reset();
}

}  // namespace cairn::spec
