#include "trace/vm_trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.hpp"
#include "evm/code.hpp"
#include "evm/gas.hpp"
#include "evm/memory.hpp"
#include "evm/opcodes.hpp"

namespace cairn::trace {
namespace {

using evm::Op;
using evm::Status;

constexpr std::string_view kNothing = "null";

bool never_began(Status status) {
  return status == Status::call_depth_exceeded || status == Status::insufficient_balance ||
         status == Status::balance_overflow || status == Status::nonce_overflow;
}

// Of a creation: Parity has its memory in the price even where the gas does not suffice for the
// rest of it.
std::int64_t memory_price_of(const evm::Step& step) {
  const Op op = static_cast<Op>(step.opcode);
  const std::size_t height = step.stack.size();
  if ((op != Op::create && op != Op::create2) || height < 3 || step.stack[height - 3].is_zero()) {
    return 0;
  }
  const std::uint64_t offset = step.stack[height - 2].saturated64();
  const std::uint64_t size = step.stack[height - 3].saturated64();
  if (offset > evm::kMaxMemory || size > evm::kMaxMemory) {
    return 0;
  }
  const std::uint64_t words = (offset + size + 31) / 32;
  const std::uint64_t present = step.memory.size() / 32;
  return words <= present ? 0 : evm::memory_cost(words) - evm::memory_cost(present);
}

}  // namespace

Bytes VmTrace::code_of(const evm::Message& message) const {
  if (is_creation(message.kind)) {
    return base::to_bytes(message.input);
  }
  const auto code = overlay_.code(message.code_address);
  const auto delegate =
      fork_ >= evm::Fork::prague ? evm::delegation_of(*code) : std::optional<Address>();
  return delegate ? *overlay_.code(*delegate) : *code;
}

// Parity names the whole range that a CALL or DELEGATECALL may write to.
std::optional<VmTrace::Range> VmTrace::memory_of(const evm::Step& step) {
  const auto item = [&step](std::size_t n) {
    return n < step.stack.size() ? step.stack[step.stack.size() - 1 - n].saturated64() : 0;
  };
  switch (static_cast<Op>(step.opcode)) {
    case Op::mload:
    case Op::mstore:
      return Range{item(0), 32};
    case Op::mstore8:
      return Range{item(0), 1};
    case Op::calldatacopy:
    case Op::codecopy:
    case Op::returndatacopy:
    case Op::mcopy:
      return Range{item(0), item(2)};
    case Op::extcodecopy:
      return Range{item(1), item(3)};
    case Op::call:
      return Range{item(5), item(6)};
    case Op::callcode:
      return Range{item(5), item(6), true};
    case Op::delegatecall:
      return Range{item(4), item(5)};
    case Op::staticcall:
      return Range{item(4), item(5), true};
    default:
      return std::nullopt;
  }
}

// `after`: the frame's next instruction, where there is one.
std::string VmTrace::executed(const Operation& operation, std::int64_t gas_left,
                              const evm::Step* after) {
  std::string out = R"({"mem":)";
  Range range = operation.memory.value_or(Range{});
  if (range.only_returned && after != nullptr) {
    range.size = std::min<std::uint64_t>(range.size, after->return_data.size());
  }
  const bool is_there = after != nullptr && range.size != 0 &&
                        range.offset <= after->memory.size() &&
                        range.size <= after->memory.size() - range.offset;
  out += is_there ? fmt::format(R"({{"data":"{}","off":{}}})",
                                base::to_hex(after->memory.subspan(range.offset, range.size)),
                                range.offset)
                  : kNothing;
  out += R"(,"push":[)";
  const std::size_t height = after == nullptr ? 0 : after->stack.size();
  for (std::size_t i = height - std::min<std::size_t>(height, operation.gives); i < height; ++i) {
    out += out.back() == '[' ? "\"" : ",\"";
    out += base::to_quantity(after->stack[i]);
    out += '"';
  }
  out += R"(],"store":)";
  out += operation.store ? fmt::format(R"({{"key":"{}","val":"{}"}})",
                                       base::to_quantity(operation.store->first),
                                       base::to_quantity(operation.store->second))
                         : kNothing;
  return out + fmt::format(R"(,"used":{}}})", gas_left);
}

void VmTrace::put(codec::TextPieces& to, std::string_view text) {
  size_ += text.size();
  if (size_ <= kMostTraceBytes) {
    return to.add(text);
  }
  truncated_ = true;
  to = {};
  for (Frame& frame : frames_) {
    frame.operations = {};
  }
}

void VmTrace::add(Frame& frame, const std::string& ex) {
  Operation operation = *std::exchange(frame.pending, std::nullopt);
  put(frame.operations,
      fmt::format(R"({}{{"cost":{},"ex":{},"pc":{},"sub":)", frame.operations.empty() ? "" : ",",
                  operation.cost, ex, operation.pc));
  if (operation.sub.empty()) {
    put(operation.sub, kNothing);
  }
  frame.operations.add(std::move(operation.sub));
  put(frame.operations, "}");
}

void VmTrace::on_enter(const evm::Message& message) {
  if (!frames_.empty() && frames_.back().pending && is_creation(message.kind)) {
    frames_.back().pending->cost += message.gas;
  }
  frames_.push_back({.code = code_of(message), .operations = {}, .pending = {}});
}

void VmTrace::on_step(const evm::Step& step) {
  Frame& frame = frames_.back();
  if (frame.pending) {
    add(frame, executed(*frame.pending, step.gas, &step));
  }
  if (truncated_ || step.pc >= frame.code.size()) {
    return;
  }
  Operation& operation = frame.pending.emplace(Operation{});
  operation.pc = step.pc;
  operation.gas = step.gas;
  operation.cost = step.static_cost + memory_price_of(step);
  operation.opcode = step.opcode;
  operation.gives = evm::instructions(fork_)[step.opcode].gives;
  operation.memory = memory_of(step);
  const std::size_t height = step.stack.size();
  if (static_cast<Op>(step.opcode) == Op::sstore && height >= 2) {
    operation.store = {step.stack[height - 1], step.stack[height - 2]};
  }
}

void VmTrace::on_cost(std::int64_t gas) {
  if (frames_.back().pending) {
    frames_.back().pending->cost = gas;
  }
}

void VmTrace::on_fault(const evm::Fault& fault) {
  Frame& frame = frames_.back();
  if (!frame.pending) {
    return;
  }
  switch (fault.status) {
    case Status::out_of_gas:
      if (frame.pending->gas >= frame.pending->cost) {  // else Besu names the constant part alone
        frame.pending->cost = std::max(frame.pending->cost, fault.cost);
      }
      return add(frame, std::string(kNothing));
    case Status::bad_jump_destination:
    case Status::static_violation:
      return add(frame,
                 executed(*frame.pending, frame.pending->gas - frame.pending->cost, nullptr));
    default:
      frame.pending.reset();
  }
}

void VmTrace::on_exit(Status status) {
  Frame& frame = frames_.back();
  if (frame.pending) {
    add(frame, executed(*frame.pending, frame.pending->gas - frame.pending->cost, nullptr));
  }
  codec::TextPieces text;
  put(text, fmt::format(R"({{"code":"{}","ops":[)", base::to_hex(frame.code)));
  text.add(std::move(frame.operations));
  put(text, "]}");
  frames_.pop_back();
  if (frames_.empty()) {
    text_ = std::move(text);
  } else if (frames_.back().pending && !never_began(status)) {
    frames_.back().pending->sub = std::move(text);
  }
}

}  // namespace cairn::trace
