#include "evm/fault.hpp"

#include <algorithm>
#include <vector>

#include "evm/call_operations.hpp"
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

// What geth has no constant price for, but reckons as a whole.
bool is_priced_whole(const Frame& frame, std::uint8_t opcode) {
  const bool has_access_lists = frame.environment->costs.has_access_lists;
  switch (static_cast<Op>(opcode)) {
    case Op::exp:
      return true;
    case Op::sload:
      return has_access_lists;
    case Op::selfdestruct:
      return !has_access_lists;
    default:
      return is_log(opcode);
  }
}

std::int64_t constant_price(const Frame& frame, std::uint8_t opcode) {
  return is_priced_whole(frame, opcode) ? 0 : frame.environment->instructions[opcode].gas;
}

// The operands of the operation that failed; null where it needs none to be told apart.
const U256* operands_of(const Frame& frame) {
  if (frame.threaded == nullptr) {
    return frame.began_instruction || is_priced_whole(frame, frame.code->padded()[frame.pc])
               ? frame.top
               : nullptr;
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

GasFault gas_fault_of(const Frame& frame, std::uint8_t opcode) {
  const U256* const top = operands_of(frame);
  if (top == nullptr) {
    return GasFault::plain;
  }
  const Reach reach = reach_of(ranges_of(opcode, top));
  if (reach.overflows) {
    return GasFault::memory_overflow;
  }
  const Op op = static_cast<Op>(opcode);
  const Environment& env = *frame.environment;
  if (is_call(op)) {
    return frame.failed_call;
  }
  if (reach.end > kMostMemoryInGeth) {
    return GasFault::nested_memory_overflow;
  }
  if (op == Op::selfdestruct && env.costs.has_access_lists &&
      env.host.account(frame.message.recipient).balance.is_zero()) {
    return GasFault::nested;
  }
  return GasFault::plain;
}

// The part of a price that follows the size of what is read, hashed or written.
std::int64_t price_of_size(const GasCosts& costs, std::uint8_t opcode, const U256* top) {
  const auto words = [top](int item) { return words_of(top[-item].low64()); };
  if (is_log(opcode)) {
    return kLogByte * static_cast<std::int64_t>(top[-1].low64());
  }
  switch (static_cast<Op>(opcode)) {
    case Op::keccak256:
      return kKeccakWord * words(1);
    case Op::calldatacopy:
    case Op::codecopy:
    case Op::returndatacopy:
    case Op::mcopy:
      return kCopyWord * words(2);
    case Op::extcodecopy:
      return kCopyWord * words(3);
    case Op::create:
      return costs.init_code_word * words(2);
    case Op::create2:
      return (costs.init_code_word + kKeccakWord) * words(2);
    default:
      return 0;
  }
}

// All of a price of which nothing has been charged, or not even the memory could be.
std::int64_t whole_price(const Frame& frame, std::uint8_t opcode) {
  const Environment& env = *frame.environment;
  const U256* const top = operands_of(frame);
  const Address& self = frame.message.recipient;
  const std::int64_t fixed = env.instructions[opcode].gas;
  switch (static_cast<Op>(opcode)) {
    case Op::exp:
      return fixed + std::int64_t{env.costs.exp_byte} * byte_length(top[-1]);
    case Op::sload: {
      const std::size_t before = env.host.snapshot();
      const bool is_cold = env.host.warm_slot(self, top[0]);
      env.host.revert_to(before);
      return fixed + (is_cold ? env.costs.cold_slot_load : 0);
    }
    case Op::selfdestruct: {
      const bool opens =
          opens_account(env, base::to_address(top[0]), !env.host.account(self).balance.is_zero());
      return fixed + (opens ? env.costs.selfdestruct_new_account : 0);
    }
    default:
      return fixed + growth_cost(frame.memory.size(), reach_of(ranges_of(opcode, top)).end) +
             price_of_size(env.costs, opcode, top);
  }
}

// As far as geth reckons it.
std::int64_t cost_of(const Frame& frame, std::uint8_t opcode, GasFault fault) {
  const std::int64_t constant = constant_price(frame, opcode);
  if (fault != GasFault::plain) {
    return constant;
  }
  if (!frame.began_instruction) {
    return is_priced_whole(frame, opcode) ? whole_price(frame, opcode) : constant;
  }
  if (is_call(static_cast<Op>(opcode))) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(constant) + frame.failed_call_cost);
  }
  const bool is_beyond = reach_of(ranges_of(opcode, frame.top)).end > frame.memory.limit();
  return is_beyond ? whole_price(frame, opcode) : frame.failed_cost;
}

}  // namespace

Fault fault_of(Frame& frame) {
  Fault fault;
  fault.status = frame.status;
  fault.refund = frame.refund_before + frame.refund;
  if (frame.threaded != nullptr) {
    fault.opcode = threaded_opcode(frame.next);
  } else {
    fault.opcode = frame.code->padded()[frame.pc];
    fault.stack_height = frame.stack_height();
    fault.cost = constant_price(frame, *fault.opcode);
  }
  const bool is_store = fault.opcode == static_cast<std::uint8_t>(Op::sstore);
  if (fault.status == Status::out_of_gas && fault.opcode) {
    // SSTORE has no other way to fail in its rule than the sentry; what it costs comes after.
    fault.gas = is_store && frame.failed_sentry ? GasFault::reentrancy_sentry
                                                : gas_fault_of(frame, *fault.opcode);
    if (frame.threaded == nullptr) {
      fault.cost = cost_of(frame, *fault.opcode, fault.gas);
    }
  }
  if (fault.opcode == static_cast<std::uint8_t>(Op::selfdestruct) &&
      fault.status == Status::out_of_gas && fault.gas == GasFault::plain &&
      (frame.began_instruction || is_priced_whole(frame, *fault.opcode))) {
    fault.refund += frame.environment->costs.selfdestruct_refund;
  }
  const U256* const top = operands_of(frame);
  if (fault.status == Status::init_code_too_large && top != nullptr) {
    fault.init_code_size = top[-2].low64();
  }
  return fault;
}

}  // namespace cairn::evm
