#include "evm/fault.hpp"

#include <algorithm>
#include <vector>

#include "evm/frame.hpp"
#include "evm/threaded_code.hpp"
#include "evm/threaded_loop.hpp"

namespace cairn::evm {
namespace {

Kind kind_of(const Word& word) {
  const void* const* const handlers = threaded_handlers();
  const auto count = static_cast<std::size_t>(Kind::count);
  return static_cast<Kind>(std::find(handlers, handlers + count, word.handler) - handlers);
}

std::uint8_t opcode_of(Operation operation) {
  return static_cast<std::uint8_t>(std::ranges::find(kOperations, operation) - kOperations.begin());
}

std::optional<std::uint8_t> threaded_opcode(const Word* instruction) {
  switch (kind_of(*instruction)) {
    case Kind::in_place:
    case Kind::unary:
    case Kind::callee:
    case Kind::end:
      return opcode_of(instruction[2].operation);
    case Kind::undefined:
      return static_cast<std::uint8_t>(instruction[2].number);
    case Kind::mload:
    case Kind::mload_c:
      return static_cast<std::uint8_t>(Op::mload);
    case Kind::mstore:
    case Kind::mstore_c:
      return static_cast<std::uint8_t>(Op::mstore);
    case Kind::mstore8:
      return static_cast<std::uint8_t>(Op::mstore8);
    default:
      return std::nullopt;
  }
}

// The operands of the operation that failed; null where it needs none to be told apart.
const U256* operands_of(const Frame& frame) {
  if (frame.threaded == nullptr) {
    return frame.began_instruction ? frame.top : nullptr;
  }
  const Word* const instruction = frame.next;
  const Kind kind = kind_of(*instruction);
  const auto place = [&](std::int16_t offset) {
    return reinterpret_cast<const U256*>(reinterpret_cast<const char*>(frame.top) + offset);
  };
  if (kind == Kind::unary) {
    return place(instruction[1].places.c);
  }
  return kind == Kind::in_place || kind == Kind::callee || kind == Kind::end
             ? place(instruction[1].places.a)
             : nullptr;
}

struct Range {
  U256 offset;
  U256 size;
};

// The ranges of memory that an instruction names.
std::vector<Range> ranges_of(std::uint8_t opcode, const U256* top) {
  const auto item = [top](int n) { return top[-n]; };
  if (is_log(opcode)) {
    return {{item(0), item(1)}};
  }
  switch (static_cast<Op>(opcode)) {
    case Op::mload:
    case Op::mstore:
      return {{item(0), U256{32}}};
    case Op::mstore8:
      return {{item(0), U256{1}}};
    case Op::keccak256:
    case Op::return_:
    case Op::revert:
      return {{item(0), item(1)}};
    case Op::calldatacopy:
    case Op::codecopy:
    case Op::returndatacopy:
      return {{item(0), item(2)}};
    case Op::extcodecopy:
      return {{item(1), item(3)}};
    case Op::mcopy:
      return {{item(0), item(2)}, {item(1), item(2)}};
    case Op::create:
    case Op::create2:
      return {{item(1), item(2)}};
    case Op::call:
    case Op::callcode:
      return {{item(3), item(4)}, {item(5), item(6)}};
    case Op::delegatecall:
    case Op::staticcall:
      return {{item(2), item(3)}, {item(4), item(5)}};
    default:
      return {};
  }
}

struct Reach {
  bool overflows = false;  // 64 bits
  std::uint64_t end = 0;
};

Reach reach_of(const std::vector<Range>& ranges) {
  Reach out;
  for (const Range& range : ranges) {
    if (range.size.is_zero()) {
      continue;
    }
    const auto [end, carry] = base::add_with_carry(range.offset, range.size);
    if (carry || end > U256{~std::uint64_t{0} - 31}) {
      out.overflows = true;
    } else {
      out.end = std::max(out.end, end.low64());
    }
  }
  return out;
}

bool is_call(Op op) {
  return op == Op::call || op == Op::callcode || op == Op::delegatecall || op == Op::staticcall;
}

// Of a call: what geth charges inside its rule is the way to the account, the value's price and
// memory; since EIP-7702 all of it.
GasFault call_fault(const Frame& frame, Op op, const U256* top, bool grows_memory) {
  const Fork fork = frame.environment->fork();
  if (fork >= Fork::prague) {
    return GasFault::nested;
  }
  if (fork < Fork::tangerine_whistle) {
    return top[0].fits_u64() ? GasFault::plain : GasFault::nested_memory_overflow;
  }
  if (op == Op::call) {
    const bool may_open = !top[-2].is_zero();
    return may_open ? GasFault::plain : GasFault::nested;
  }
  return fork >= Fork::berlin && !grows_memory ? GasFault::nested : GasFault::plain;
}

GasFault gas_fault_of(const Frame& frame, std::uint8_t opcode) {
  constexpr std::uint64_t kMostMemory = 0x1f'ffff'ffe0;
  const U256* const top = operands_of(frame);
  if (top == nullptr) {
    return GasFault::plain;
  }
  const Reach reach = reach_of(ranges_of(opcode, top));
  if (reach.overflows) {
    return GasFault::memory_overflow;
  }
  if (reach.end > kMostMemory) {
    return GasFault::nested_memory_overflow;
  }
  const Op op = static_cast<Op>(opcode);
  const Environment& env = *frame.environment;
  if (is_call(op)) {
    return call_fault(frame, op, top, reach.end > frame.memory.size());
  }
  if (op == Op::selfdestruct && env.costs.has_access_lists &&
      env.host.account(frame.message.recipient).balance.is_zero()) {
    return GasFault::nested;
  }
  return GasFault::plain;
}

}  // namespace

Fault fault_of(Frame& frame) {
  Fault fault;
  fault.status = frame.status;
  if (frame.threaded != nullptr) {
    fault.opcode = threaded_opcode(frame.next);
  } else {
    fault.opcode = frame.code->padded()[frame.pc];
    fault.stack_height = frame.stack_height();
    fault.cost = frame.environment->instructions[*fault.opcode].gas;
  }
  const bool is_store = fault.opcode == static_cast<std::uint8_t>(Op::sstore);
  if (fault.status == Status::out_of_gas && fault.opcode) {
    // SSTORE has no other way to fail in its rule than the sentry; what it costs comes after.
    fault.gas = is_store && frame.failed_sentry ? GasFault::reentrancy_sentry
                                                : gas_fault_of(frame, *fault.opcode);
    if (frame.began_instruction && fault.gas == GasFault::plain) {
      fault.cost = frame.failed_cost;
    }
  }
  const U256* const top = operands_of(frame);
  if (fault.status == Status::init_code_too_large && top != nullptr) {
    fault.init_code_size = top[-2].low64();
  }
  return fault;
}

}  // namespace cairn::evm
