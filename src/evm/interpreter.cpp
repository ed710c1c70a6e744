#include "evm/interpreter.hpp"

#include <utility>

#include "evm/operations.hpp"
#include "evm/threaded_code.hpp"
#include "evm/tracer.hpp"

namespace cairn::evm {
namespace {

void report_step(Frame& frame, const Instruction& instruction, std::uint8_t opcode, const U256* top,
                 std::int64_t gas) {
  Step step;
  step.pc = frame.pc;
  step.opcode = opcode;
  step.name = instruction.name;
  step.gas = gas;
  step.static_cost = instruction.gas;
  step.refund = frame.refund_before + frame.refund;
  step.depth = frame.message.depth;
  step.address = frame.message.recipient;
  step.stack = {frame.stack(), static_cast<std::size_t>(top + 1 - frame.stack())};
  step.memory = frame.memory.view();
  step.return_data = frame.return_data;
  frame.environment->tracer->on_step(step);
}

// What stops an instruction before it does anything; success when nothing does.
Status check(const Instruction& instruction, std::int64_t height, std::int64_t gas) {
  if (!instruction.defined) {
    return Status::undefined_instruction;
  }
  if (height < instruction.takes) {
    return Status::stack_underflow;
  }
  if (height + instruction.change() > static_cast<std::int64_t>(kStackLimit)) {
    return Status::stack_overflow;
  }
  return gas < instruction.gas ? Status::out_of_gas : Status::success;
}

// Code that jumps this often loops, and goes on in the fast loop.
constexpr int kJumpsBeforeTranslation = 100;

U256 push_data(const std::uint8_t* data, unsigned size) { return base::from_be({data, size}); }

}  // namespace

template <bool kTraced>
void interpret(Frame& frame) {
  const InstructionTable& table = frame.environment->instructions;
  const std::uint8_t* const code = frame.code->padded();
  U256* top = frame.top;
  std::int64_t gas = frame.gas;
  int jumps = 0;
  frame.exit = Exit::none;
  if (kTraced && frame.code->empty()) {  // of a creation; as in geth, no STOP is told of
    frame.status = Status::success;
    frame.exit = Exit::ended;
    return;
  }

  const auto fail = [&frame, &top](Status status) {
    frame.status = status;
    frame.top = top;
    frame.gas = 0;
    frame.exit = Exit::ended;
  };

  for (;;) {
    const std::uint8_t opcode = code[frame.pc];
    const Instruction& instruction = table[opcode];
    if constexpr (kTraced) {
      report_step(frame, instruction, opcode, top, gas);
    }
    const Status status = check(instruction, top + 1 - frame.stack(), gas);
    if (status != Status::success) {
      frame.began_instruction = false;
      return fail(status);
    }
    const std::int64_t gas_before = gas;
    gas -= instruction.gas;

    std::uint64_t next = frame.pc + 1;
    bool jumped = false;
    if (const Operation operation = kOperations[opcode]; operation != nullptr) {
      frame.status = Status::out_of_gas;
      gas = operation(frame, top, gas);
    } else if (is_push(opcode)) {
      top[1] = push_data(code + next, push_size(opcode));
      next += push_size(opcode);
    } else if (is_dup(opcode)) {
      top[1] = top[0x80 - opcode];
    } else if (is_swap(opcode)) {
      std::swap(top[0], top[0x8f - opcode]);
    } else if (opcode == static_cast<std::uint8_t>(Op::pc)) {
      top[1] = frame.pc;
    } else if (opcode == static_cast<std::uint8_t>(Op::jump) ||
               (opcode == static_cast<std::uint8_t>(Op::jumpi) && !top[-1].is_zero())) {
      next = top[0].saturated64();
      if (frame.environment->stop.load(std::memory_order_relaxed)) [[unlikely]] {
        return fail(Status::stopped);
      }
      if (!frame.code->is_jump_destination(next)) {
        return fail(Status::bad_jump_destination);
      }
      jumped = true;
    }
    if (gas < 0) {
      frame.began_instruction = true;
      frame.failed_cost = gas_before - gas;
      return fail(frame.status);
    }
    if constexpr (kTraced) {
      const bool creates = frame.exit == Exit::callee && is_creation(frame.callee.kind);
      frame.environment->tracer->on_cost(gas_before - gas - (creates ? frame.callee.gas : 0),
                                         frame.refund_before + frame.refund);
    }
    top += instruction.change();
    frame.pc = next;
    if (!kTraced && jumped && ++jumps == kJumpsBeforeTranslation) {
      frame.threaded = frame.code->threaded(frame.environment->fork());
      frame.next = frame.threaded != nullptr ? frame.threaded->block_at(next) : nullptr;
      frame.resumes = false;
    }
    if (frame.exit != Exit::none || (!kTraced && frame.threaded != nullptr)) {
      frame.top = top;
      frame.gas = gas;
      return;
    }
  }
}

template void interpret<false>(Frame& frame);
template void interpret<true>(Frame& frame);

}  // namespace cairn::evm
