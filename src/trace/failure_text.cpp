#include "trace/failure_text.hpp"

#include <fmt/format.h>

#include "evm/frame.hpp"
#include "evm/gas.hpp"

namespace cairn::trace {
namespace {

using evm::Status;

// What geth calls codes that no fork of ours defines.
std::string_view reserved_name(std::uint8_t opcode) {
  switch (opcode) {
    case 0x44:  // since the merge it is another instruction under the old name
      return "DIFFICULTY";
    case 0x4b:
      return "SLOTNUM";
    case 0xd0:
      return "DATALOAD";
    case 0xd1:
      return "DATALOADN";
    case 0xd2:
      return "DATASIZE";
    case 0xd3:
      return "DATACOPY";
    case 0xe0:
      return "RJUMP";
    case 0xe1:
      return "RJUMPI";
    case 0xe2:
      return "RJUMPV";
    case 0xe3:
      return "CALLF";
    case 0xe4:
      return "RETF";
    case 0xe5:
      return "JUMPF";
    case 0xe6:
      return "DUPN";
    case 0xe7:
      return "SWAPN";
    case 0xe8:
      return "EXCHANGE";
    case 0xec:
      return "EOFCREATE";
    case 0xee:
      return "RETURNCONTRACT";
    case 0xf7:
      return "RETURNDATALOAD";
    case 0xf8:
      return "EXTCALL";
    case 0xf9:
      return "EXTDELEGATECALL";
    case 0xfb:
      return "EXTSTATICCALL";
    default:
      return {};
  }
}

std::string out_of_gas_text(evm::GasFault fault) {
  switch (fault) {
    case evm::GasFault::nested:
      return "out of gas: out of gas";
    case evm::GasFault::memory_overflow:
      return "gas uint64 overflow";
    case evm::GasFault::nested_memory_overflow:
      return "out of gas: gas uint64 overflow";
    case evm::GasFault::reentrancy_sentry:
      return "out of gas: not enough gas for reentrancy sentry";
    case evm::GasFault::plain:
      break;
  }
  return "out of gas";
}

std::string with_details(const evm::Fault& fault, evm::Fork fork) {
  const std::uint8_t opcode = fault.opcode.value_or(0);
  const evm::Instruction& instruction = evm::instructions(fork)[opcode];
  switch (fault.status) {
    case Status::out_of_gas:
      return out_of_gas_text(fault.gas);
    case Status::static_violation:
      return is_charged_first(opcode) ? "out of gas: write protection" : "write protection";
    case Status::init_code_too_large:
      return fmt::format("out of gas: max initcode size exceeded: code size {} limit {}",
                         fault.init_code_size, 2 * evm::BlockContext{}.max_code_size);
    case Status::undefined_instruction:
      return "invalid opcode: " + opcode_name(opcode);
    case Status::stack_underflow:
      return fmt::format("stack underflow ({} <=> {})", fault.stack_height, instruction.takes);
    case Status::stack_overflow:
      return fmt::format("stack limit reached {} ({})", fault.stack_height,
                         static_cast<int>(evm::kStackLimit) - instruction.change());
    default:
      return failure_text(fault.status, nullptr, fork);
  }
}

}  // namespace

bool is_charged_first(std::uint8_t opcode) {
  switch (static_cast<evm::Op>(opcode)) {
    case evm::Op::sstore:
    case evm::Op::call:
    case evm::Op::create:
    case evm::Op::create2:
    case evm::Op::selfdestruct:
      return true;
    default:
      return false;
  }
}

std::string opcode_name(std::uint8_t opcode) {
  std::string_view name = reserved_name(opcode);
  if (name.empty()) {
    name = evm::instructions(types::kLatestFork)[opcode].name;
  }
  return name.empty() ? fmt::format("opcode {:#x} not defined", opcode) : std::string(name);
}

std::string failure_text(Status status, const evm::Fault* fault, evm::Fork fork) {
  if (fault != nullptr && fault->status == status) {
    return with_details(*fault, fork);
  }
  switch (status) {
    case Status::invalid_instruction:
      return "invalid opcode: INVALID";
    case Status::precompile_failure:
      return "precompiled failed";
    case Status::stopped:
      return "execution aborted";
    default:
      return std::string(status_name(status));
  }
}

bool fails_with_its_gas(const evm::Fault& fault) {
  switch (fault.status) {
    case evm::Status::out_of_gas:
    case evm::Status::stack_underflow:
    case evm::Status::stack_overflow:
    case evm::Status::init_code_too_large:
      return true;
    case evm::Status::static_violation:
      return is_charged_first(fault.opcode.value_or(0));
    default:
      return false;
  }
}

}  // namespace cairn::trace
