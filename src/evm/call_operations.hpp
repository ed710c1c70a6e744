#pragma once
// The instructions that concern other frames: they describe the callee in the Frame and leave the
// loop with Exit::callee; Evm runs it and puts the answer in its place.

#include "evm/frame.hpp"

namespace cairn::evm {

// Whether value sent to this address opens an account (EIP-161 since Spurious Dragon).
bool opens_account(const Environment& env, const Address& address, bool with_value);

std::int64_t op_call(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_callcode(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_delegatecall(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_staticcall(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_create(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_create2(Frame& frame, U256* top, std::int64_t gas);
std::int64_t op_selfdestruct(Frame& frame, U256* top, std::int64_t gas);

}  // namespace cairn::evm
