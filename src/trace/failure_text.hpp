#pragma once
// Why a frame failed, in the words of geth, which clients compare.

#include <string>

#include "evm/tracer.hpp"

namespace cairn::trace {

// "SLOAD"; "opcode 0xc not defined" for codes that never were instructions.
std::string opcode_name(std::uint8_t opcode);

// Whether geth refuses this instruction in a static call while it reckons its gas, not after.
bool is_charged_first(std::uint8_t opcode);

// Whether the instruction fails while its gas is reckoned; others fail later, when geth has told of
// it.
bool fails_with_its_gas(const evm::Fault& fault);

// Of a status other than success. A fault of the same frame, if there was one, adds its details.
std::string failure_text(evm::Status status, const evm::Fault* fault, evm::Fork fork);

}  // namespace cairn::trace
