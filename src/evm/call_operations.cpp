#include "evm/call_operations.hpp"

#include <algorithm>
#include <optional>
#include <span>

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

// Of a call that the gas does not suffice for: what there was when it began.
struct Unpaid {
  std::int64_t gas = 0;                  // without the constant price
  std::size_t memory = 0;                // bytes
  std::optional<std::int64_t> access{};  // its price; none: not looked up yet
};

// Where a call's ranges end; they are of less than 64 bits, or the fault is another.
std::uint64_t end_of(std::span<const U256, 4> ranges) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < ranges.size(); i += 2) {  // from the lowest item on: size, offset
    const U256& size = ranges[i];
    out = size.is_zero() ? out : std::max(out, ranges[i + 1].low64() + size.low64());
  }
  return out;
}

// For Fault alone: in geth a call's rule gives up early where it can, and since EIP-150 asks for
// 63/64 of what is left even where less than nothing is left.
std::int64_t cannot_pay(Frame& frame, CallKind kind, const U256* top, Unpaid unpaid) {
  const Environment& env = *frame.environment;
  if (env.tracer == nullptr) {
    return -1;
  }
  frame.failed_call = GasFault::nested;
  frame.failed_call_cost = 0;
  const Address target = base::to_address(top[-1]);
  if (!unpaid.access) {
    const std::size_t before = env.host.snapshot();
    const bool is_cold = env.costs.has_access_lists && env.host.warm_account(target);
    env.host.revert_to(before);
    unpaid.access = is_cold ? env.costs.cold_account : 0;
  }
  const bool has_value = kind == CallKind::call || kind == CallKind::call_code;
  const std::uint64_t end = end_of(std::span<const U256, 4>(top - (has_value ? 6 : 5), 4));
  if (unpaid.gas < *unpaid.access) {
    return -1;
  }
  if (end > kMostMemoryInGeth) {
    frame.failed_call = GasFault::nested_memory_overflow;
    return -1;
  }
  if (env.fork() >= Fork::prague) {  // EIP-7702: all of it is charged inside the rule
    return -1;
  }
  const auto left = static_cast<std::uint64_t>(unpaid.gas - *unpaid.access);
  const bool with_value = has_value && !top[-2].is_zero();
  std::uint64_t price = static_cast<std::uint64_t>(growth_cost(unpaid.memory, end)) +
                        (with_value ? std::uint64_t{kCallValue} : 0);
  if (kind == CallKind::call) {
    if (left < price) {
      return -1;
    }
    price +=
        opens_account(env, target, with_value) ? static_cast<unsigned>(env.costs.new_account) : 0U;
  }
  const U256& wanted = top[0];
  std::uint64_t given = wanted.low64();
  if (env.costs.all_but_one_64th) {
    const std::uint64_t beyond = left - price;  // may wrap, as there
    const std::uint64_t most = beyond - beyond / 64;
    given = wanted > U256{most} ? most : given;
  }
  const std::uint64_t whole = price + given;
  if (whole < price || (!env.costs.all_but_one_64th && !wanted.fits_u64())) {
    frame.failed_call = GasFault::nested_memory_overflow;
    return -1;
  }
  frame.failed_call = GasFault::plain;
  frame.failed_call_cost = static_cast<std::uint64_t>(*unpaid.access) + whole;
  return -1;
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
  Unpaid unpaid{.gas = gas, .memory = frame.memory.size()};
  gas = expand_memory(frame.memory, input_offset, input_size, gas);
  if (gas >= 0) {
    gas = expand_memory(frame.memory, output_offset, output_size, gas);
  }
  if (gas < 0) {
    return cannot_pay(frame, kKind, top, unpaid);
  }
  if (!value.is_zero()) {
    gas -= kCallValue;
  }
  if (gas >= 0) {
    const std::int64_t before = gas;
    gas = charge_code_access(env, target, gas);
    unpaid.access = before - gas;
  }
  if (gas >= 0 && kKind == CallKind::call && opens_account(env, target, !value.is_zero())) {
    gas -= env.costs.new_account;
  }
  if (gas < 0) {
    return cannot_pay(frame, kKind, top, unpaid);
  }

  const U256& wanted = top[0];
  const std::int64_t most = gas_for_callee(env.costs, gas);
  const bool wants_more = wanted > U256{static_cast<std::uint64_t>(most)};
  if (wants_more && !env.costs.all_but_one_64th) {
    return cannot_pay(frame, kKind, top, unpaid);
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
  const int word_cost = env.costs.init_code_word + (kKind == CallKind::create2 ? kKeccakWord : 0);
  if (gas < 0) {
    return also_charge(gas, word_cost, words_of(size.low64()));
  }
  if (env.costs.init_code_word != 0 && size.low64() > 2 * env.block.max_code_size) {
    return fail(frame, Status::init_code_too_large);
  }
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

bool opens_account(const Environment& env, const Address& address, bool with_value) {
  if (env.costs.new_account_if_empty) {
    return with_value && env.host.account(address).is_empty();
  }
  return !env.host.account(address).exists;
}

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
