#include "evm/call_operations.hpp"

#include <algorithm>

#include "evm/address_set.hpp"
#include "evm/tracer.hpp"

namespace cairn::evm {
namespace {

std::int64_t fail(Frame& frame, Status status) {
  frame.status = status;
  return -1;
}

// EIP-150: what a frame may hand on.
std::int64_t gas_for_callee(const GasCosts& costs, std::int64_t gas) {
  return costs.all_but_one_64th ? gas - gas / 64 : gas;
}

// Whether value sent to this address opens an account (EIP-161 since Spurious Dragon).
bool opens_account(const Environment& env, const Address& address, bool with_value) {
  if (env.costs.new_account_if_empty) {
    return with_value && env.host.account(address).is_empty();
  }
  return !env.host.account(address).exists;
}

// EIP-2929, and EIP-7702: following a delegation costs an access of its own.
std::int64_t charge_code_access(const Environment& env, const Address& address, std::int64_t gas) {
  if (env.costs.has_access_lists && env.host.warm_account(address)) {
    gas -= env.costs.cold_account;
  }
  if (gas < 0 || env.fork() < Fork::prague) {
    return gas;
  }
  if (const auto delegate = delegation_of(env.host.code(address).bytes())) {
    gas -= env.host.warm_account(*delegate) ? kColdAccountAccess : kWarmAccess;
  }
  return gas;
}

template <CallKind kKind>
std::int64_t call(Frame& frame, U256* top, std::int64_t gas) {
  constexpr bool kHasValue = kKind == CallKind::call || kKind == CallKind::call_code;
  const Environment& env = *frame.environment;
  const Message& caller = frame.message;
  const Address target = base::to_address(top[-1]);
  const U256 value = kHasValue ? top[-2] : U256{};
  const U256* ranges = top - (kHasValue ? 3 : 2);
  const U256& input_offset = ranges[0];
  const U256& input_size = ranges[-1];
  const U256& output_offset = ranges[-2];
  const U256& output_size = ranges[-3];

  if (kKind == CallKind::call && caller.is_static && !value.is_zero()) {
    return fail(frame, Status::static_violation);
  }
  gas = expand_memory(frame.memory, input_offset, input_size, gas);
  if (gas >= 0) {
    gas = expand_memory(frame.memory, output_offset, output_size, gas);
  }
  if (gas < 0) {
    return gas;
  }
  if (!value.is_zero()) {
    gas -= kCallValue;
  }
  if (gas >= 0) {
    gas = charge_code_access(env, target, gas);
  }
  if (gas >= 0 && kKind == CallKind::call && opens_account(env, target, !value.is_zero())) {
    gas -= env.costs.new_account;
  }
  if (gas < 0) {
    return gas;
  }

  const U256& wanted = top[0];
  const std::int64_t most = gas_for_callee(env.costs, gas);
  const bool wants_more = wanted > U256{static_cast<std::uint64_t>(most)};
  if (wants_more && !env.costs.all_but_one_64th) {
    return -1;
  }
  const std::int64_t given = wants_more ? most : static_cast<std::int64_t>(wanted.low64());

  Message& callee = frame.callee;
  callee.kind = kKind;
  callee.is_static = caller.is_static || kKind == CallKind::static_call;
  callee.depth = caller.depth + 1;
  callee.gas = given + (value.is_zero() ? 0 : kCallStipend);
  callee.sender = kKind == CallKind::delegate_call ? caller.sender : caller.recipient;
  callee.recipient =
      kKind == CallKind::call || kKind == CallKind::static_call ? target : caller.recipient;
  callee.code_address = target;
  callee.value = kKind == CallKind::delegate_call ? caller.value : value;
  callee.input = frame.memory.view(input_offset.low64(), input_size.low64());
  frame.callee_result = top - (kHasValue ? 6 : 5);
  frame.callee_output_size = output_size.low64();
  frame.callee_output_offset = output_offset.low64();
  frame.exit = Exit::callee;
  return gas - given;
}

template <CallKind kKind>
std::int64_t create(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  const Message& creator = frame.message;
  if (creator.is_static) {
    return fail(frame, Status::static_violation);
  }
  const U256& offset = top[-1];
  const U256& size = top[-2];
  gas = expand_memory(frame.memory, offset, size, gas);
  if (gas < 0) {
    return gas;
  }
  if (env.costs.init_code_word != 0 && size.low64() > 2 * env.block.max_code_size) {
    return fail(frame, Status::init_code_too_large);
  }
  const int word_cost = env.costs.init_code_word + (kKind == CallKind::create2 ? kKeccakWord : 0);
  gas -= word_cost * words_of(size.low64());
  if (gas < 0) {
    return gas;
  }

  Message& callee = frame.callee;
  callee.kind = kKind;
  callee.is_static = false;
  callee.depth = creator.depth + 1;
  callee.gas = gas_for_callee(env.costs, gas);
  callee.sender = creator.recipient;
  callee.recipient = {};
  callee.code_address = {};
  callee.value = top[0];
  callee.salt = kKind == CallKind::create2 ? base::to_hash(top[-3]) : Hash256{};
  callee.input = frame.memory.view(offset.low64(), size.low64());
  frame.callee_result = top - (kKind == CallKind::create2 ? 3 : 2);
  frame.callee_output_size = 0;
  frame.callee_output_offset = 0;
  frame.exit = Exit::callee;
  return gas - callee.gas;
}

}  // namespace

std::int64_t op_call(Frame& frame, U256* top, std::int64_t gas) {
  return call<CallKind::call>(frame, top, gas);
}
std::int64_t op_callcode(Frame& frame, U256* top, std::int64_t gas) {
  return call<CallKind::call_code>(frame, top, gas);
}
std::int64_t op_delegatecall(Frame& frame, U256* top, std::int64_t gas) {
  return call<CallKind::delegate_call>(frame, top, gas);
}
std::int64_t op_staticcall(Frame& frame, U256* top, std::int64_t gas) {
  return call<CallKind::static_call>(frame, top, gas);
}
std::int64_t op_create(Frame& frame, U256* top, std::int64_t gas) {
  return create<CallKind::create>(frame, top, gas);
}
std::int64_t op_create2(Frame& frame, U256* top, std::int64_t gas) {
  return create<CallKind::create2>(frame, top, gas);
}

std::int64_t op_selfdestruct(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  if (frame.message.is_static) {
    return fail(frame, Status::static_violation);
  }
  const Address& self = frame.message.recipient;
  const Address beneficiary = base::to_address(top[0]);
  if (env.costs.has_access_lists && env.host.warm_account(beneficiary)) {
    gas -= env.costs.selfdestruct_cold_account;
    if (gas < 0) {
      return gas;
    }
  }
  const U256 balance = env.host.account(self).balance;
  if (env.costs.selfdestruct_new_account != 0 &&
      opens_account(env, beneficiary, !balance.is_zero())) {
    gas -= env.costs.selfdestruct_new_account;
  }
  if (gas < 0) {
    return gas;
  }

  // EIP-6780: an account that was there before only hands over its balance.
  const bool goes = env.fork() < Fork::cancun || env.host.is_created_here(self);
  if (beneficiary != self) {
    env.host.subtract_balance(self, balance);
    env.host.add_balance(beneficiary, balance);
  } else if (goes) {
    env.host.subtract_balance(self, balance);
  }
  if (goes && env.host.mark_destructed(self)) {
    frame.refund += env.costs.selfdestruct_refund;
  }
  if (env.transaction.appearances != nullptr) {
    env.transaction.appearances->add(beneficiary);
  }
  if (env.tracer != nullptr) {
    env.tracer->on_selfdestruct(self, beneficiary, balance);
  }
  frame.status = Status::success;
  frame.exit = Exit::ended;
  return gas;
}

}  // namespace cairn::evm
