#include "evm/fault.hpp"

#include <algorithm>

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

}  // namespace

Fault fault_of(Frame& frame) {
  if (frame.threaded != nullptr) {
    return {.status = frame.status, .opcode = threaded_opcode(frame.next)};
  }
  return {.status = frame.status,
          .opcode = frame.code->padded()[frame.pc],
          .stack_height = frame.stack_height()};
}

}  // namespace cairn::evm
