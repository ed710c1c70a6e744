#include "evm/operations.hpp"

#include "crypto/keccak.hpp"
#include "evm/call_operations.hpp"
#include "evm/tracer.hpp"

namespace cairn::evm {
namespace {

std::int64_t fail(Frame& frame, Status status) {
  frame.status = status;
  return -1;
}

// Arithmetic, comparison, bits: two operands, one result.
#define CAIRN_EVM_BINARY(name, expression)                      \
  std::int64_t op_##name(Frame&, U256* top, std::int64_t gas) { \
    const U256& a = top[0];                                     \
    U256& b = top[-1];                                          \
    b = (expression);                                           \
    return gas;                                                 \
  }
CAIRN_EVM_BINARY(add, a + b)
CAIRN_EVM_BINARY(mul, a* b)
CAIRN_EVM_BINARY(sub, a - b)
CAIRN_EVM_BINARY(div, a / b)
CAIRN_EVM_BINARY(sdiv, divide_signed(a, b).quotient)
CAIRN_EVM_BINARY(mod, a % b)
CAIRN_EVM_BINARY(smod, divide_signed(a, b).remainder)
CAIRN_EVM_BINARY(lt, word::of_bool(a < b))
CAIRN_EVM_BINARY(gt, word::of_bool(b < a))
CAIRN_EVM_BINARY(slt, word::of_bool(word::signed_less(a, b)))
CAIRN_EVM_BINARY(sgt, word::of_bool(word::signed_less(b, a)))
CAIRN_EVM_BINARY(eq, word::of_bool(a == b))
CAIRN_EVM_BINARY(and_, a& b)
CAIRN_EVM_BINARY(or_, a | b)
CAIRN_EVM_BINARY(xor_, a ^ b)
CAIRN_EVM_BINARY(byte, word::byte_at(a, b))
CAIRN_EVM_BINARY(shl, word::shift_left(a, b))
CAIRN_EVM_BINARY(shr, word::shift_right(a, b))
CAIRN_EVM_BINARY(sar, word::shift_right_signed(a, b))
CAIRN_EVM_BINARY(signextend, word::sign_extend(a, b))
#undef CAIRN_EVM_BINARY

std::int64_t op_iszero(Frame&, U256* top, std::int64_t gas) {
  top[0] = word::of_bool(top[0].is_zero());
  return gas;
}

std::int64_t op_not_(Frame&, U256* top, std::int64_t gas) {
  top[0] = ~top[0];
  return gas;
}

std::int64_t op_clz(Frame&, U256* top, std::int64_t gas) {
  top[0] = leading_zeros(top[0]);
  return gas;
}

std::int64_t op_addmod(Frame&, U256* top, std::int64_t gas) {
  top[-2] = add_mod(top[0], top[-1], top[-2]);
  return gas;
}

std::int64_t op_mulmod(Frame&, U256* top, std::int64_t gas) {
  top[-2] = multiply_mod(top[0], top[-1], top[-2]);
  return gas;
}

std::int64_t op_exp(Frame& frame, U256* top, std::int64_t gas) {
  gas -= std::int64_t{frame.environment->costs.exp_byte} * byte_length(top[-1]);
  if (gas >= 0) {
    top[-1] = power(top[0], top[-1]);
  }
  return gas;
}

std::int64_t op_keccak256(Frame& frame, U256* top, std::int64_t gas) {
  gas = expand_memory(frame.memory, top[0], top[-1], gas);
  if (gas < 0) {
    return also_charge(gas, kKeccakWord, words_of(top[-1].low64()));
  }
  const std::uint64_t size = top[-1].low64();
  gas -= kKeccakWord * words_of(size);
  if (gas >= 0) {
    top[-1] = to_u256(crypto::keccak256(frame.memory.view(top[0].low64(), size)));
  }
  return gas;
}

// Values that are there: what the frame, the transaction and the block say.
#define CAIRN_EVM_VALUE(name, expression)                             \
  std::int64_t op_##name(Frame& frame, U256* top, std::int64_t gas) { \
    [[maybe_unused]] const Environment& env = *frame.environment;     \
    top[1] = (expression);                                            \
    return gas;                                                       \
  }
CAIRN_EVM_VALUE(push0, U256{})
CAIRN_EVM_VALUE(gas, U256{static_cast<std::uint64_t>(gas)})
CAIRN_EVM_VALUE(msize, U256{frame.memory.size()})
CAIRN_EVM_VALUE(address, base::to_u256(frame.message.recipient))
CAIRN_EVM_VALUE(caller, base::to_u256(frame.message.sender))
CAIRN_EVM_VALUE(callvalue, frame.message.value)
CAIRN_EVM_VALUE(calldatasize, U256{frame.message.input.size()})
CAIRN_EVM_VALUE(codesize, U256{frame.code->size()})
CAIRN_EVM_VALUE(returndatasize, U256{frame.return_data.size()})
CAIRN_EVM_VALUE(origin, base::to_u256(env.transaction.origin))
CAIRN_EVM_VALUE(gasprice, env.transaction.gas_price)
CAIRN_EVM_VALUE(coinbase, base::to_u256(env.block.coinbase))
CAIRN_EVM_VALUE(timestamp, U256{env.block.timestamp})
CAIRN_EVM_VALUE(number, U256{env.block.number})
CAIRN_EVM_VALUE(prevrandao, env.block.prev_randao)
CAIRN_EVM_VALUE(gaslimit, U256{env.block.gas_limit})
CAIRN_EVM_VALUE(chainid, U256{env.block.chain_id})
CAIRN_EVM_VALUE(basefee, env.block.base_fee)
CAIRN_EVM_VALUE(blobbasefee, env.block.blob_base_fee)
CAIRN_EVM_VALUE(selfbalance, env.host.account(frame.message.recipient).balance)
#undef CAIRN_EVM_VALUE

std::int64_t op_blobhash(Frame& frame, U256* top, std::int64_t gas) {
  const auto hashes = frame.environment->transaction.blob_hashes;
  const std::uint64_t index = top[0].saturated64();
  top[0] = index < hashes.size() ? to_u256(hashes[index]) : U256{};
  return gas;
}

std::int64_t op_blockhash(Frame& frame, U256* top, std::int64_t gas) {
  const std::uint64_t current = frame.environment->block.number;
  const std::uint64_t number = top[0].saturated64();
  const bool recent = number < current && current - number <= 256;
  top[0] = recent ? to_u256(frame.environment->host.block_hash(number)) : U256{};
  return gas;
}

// Other accounts. From Berlin on the static part is the price of a warm one.
std::int64_t charge_access(const Environment& env, const Address& address, std::int64_t gas) {
  if (env.costs.has_access_lists && env.host.warm_account(address)) {
    gas -= env.costs.cold_account;
  }
  return gas;
}

std::int64_t op_balance(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  const Address address = base::to_address(top[0]);
  gas = charge_access(env, address, gas);
  if (gas >= 0) {
    top[0] = env.host.account(address).balance;
  }
  return gas;
}

std::int64_t op_extcodesize(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  const Address address = base::to_address(top[0]);
  gas = charge_access(env, address, gas);
  if (gas >= 0) {
    top[0] = env.host.code(address).size();
  }
  return gas;
}

std::int64_t op_extcodehash(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  const Address address = base::to_address(top[0]);
  gas = charge_access(env, address, gas);
  if (gas >= 0) {
    const AccountInfo account = env.host.account(address);
    top[0] = account.is_empty() ? U256{} : to_u256(account.code_hash);
  }
  return gas;
}

// Copies to memory. `source` ends where it ends; beyond it there are zeros.
std::int64_t copy_to_memory(Frame& frame, const U256& target, BytesView source,
                            const U256& source_offset, const U256& size, std::int64_t gas) {
  gas = expand_memory(frame.memory, target, size, gas);
  if (gas < 0) {
    return also_charge(gas, kCopyWord, words_of(size.low64()));
  }
  const std::uint64_t n = size.low64();
  gas -= kCopyWord * words_of(n);
  if (gas < 0 || n == 0) {
    return gas;
  }
  std::uint8_t* to = frame.memory.data() + target.low64();
  const std::uint64_t from = std::min<std::uint64_t>(source_offset.saturated64(), source.size());
  const std::uint64_t there = std::min<std::uint64_t>(n, source.size() - from);
  if (there != 0) {
    std::memcpy(to, source.data() + from, there);
  }
  std::memset(to + there, 0, n - there);
  return gas;
}

std::int64_t op_calldatacopy(Frame& frame, U256* top, std::int64_t gas) {
  return copy_to_memory(frame, top[0], frame.message.input, top[-1], top[-2], gas);
}

std::int64_t op_codecopy(Frame& frame, U256* top, std::int64_t gas) {
  return copy_to_memory(frame, top[0], frame.code->bytes(), top[-1], top[-2], gas);
}

std::int64_t op_extcodecopy(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  const Address address = base::to_address(top[0]);
  gas = charge_access(env, address, gas);
  if (gas < 0) {
    gas = expand_memory(frame.memory, top[-1], top[-3], gas);
    return also_charge(gas, kCopyWord, words_of(top[-3].low64()));
  }
  return copy_to_memory(frame, top[-1], env.host.code(address).bytes(), top[-2], top[-3], gas);
}

std::int64_t op_returndatacopy(Frame& frame, U256* top, std::int64_t gas) {
  const auto [end, carry] = add_with_carry(top[-1], top[-2]);
  if (carry || end.saturated64() > frame.return_data.size()) {
    return fail(frame, Status::invalid_memory_access);
  }
  return copy_to_memory(frame, top[0], frame.return_data, top[-1], top[-2], gas);
}

std::int64_t op_mcopy(Frame& frame, U256* top, std::int64_t gas) {
  gas = expand_memory(frame.memory, std::max(top[0], top[-1]), top[-2], gas);
  if (gas < 0) {
    return also_charge(gas, kCopyWord, words_of(top[-2].low64()));
  }
  const std::uint64_t size = top[-2].low64();
  gas -= kCopyWord * words_of(size);
  if (gas >= 0 && size != 0) {
    std::uint8_t* data = frame.memory.data();
    std::memmove(data + top[0].low64(), data + top[-1].low64(), size);
  }
  return gas;
}

std::int64_t op_calldataload(Frame& frame, U256* top, std::int64_t gas) {
  const BytesView input = frame.message.input;
  const std::uint64_t offset = top[0].saturated64();
  if (offset >= input.size()) {
    top[0] = {};
  } else if (input.size() - offset >= 32) {
    top[0] = base::load_be(input.data() + offset);
  } else {
    Hash256 padded;
    std::memcpy(padded.data(), input.data() + offset, input.size() - offset);
    top[0] = to_u256(padded);
  }
  return gas;
}

// Memory
std::int64_t op_mload(Frame& frame, U256* top, std::int64_t gas) {
  gas = expand_memory(frame.memory, top[0], 32, gas);
  if (gas >= 0) {
    top[0] = base::load_be(frame.memory.data() + top[0].low64());
  }
  return gas;
}

std::int64_t op_mstore(Frame& frame, U256* top, std::int64_t gas) {
  gas = expand_memory(frame.memory, top[0], 32, gas);
  if (gas >= 0) {
    base::store_be(frame.memory.data() + top[0].low64(), top[-1]);
  }
  return gas;
}

std::int64_t op_mstore8(Frame& frame, U256* top, std::int64_t gas) {
  gas = expand_memory(frame.memory, top[0], 1, gas);
  if (gas >= 0) {
    frame.memory.data()[top[0].low64()] = static_cast<std::uint8_t>(top[-1].low64());
  }
  return gas;
}

// Storage
std::int64_t op_sload(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  if (env.costs.has_access_lists && env.host.warm_slot(frame.message.recipient, top[0])) {
    gas -= env.costs.cold_slot_load;
    if (gas < 0) {
      return gas;
    }
  }
  top[0] = env.host.storage(frame.message.recipient, top[0]);
  return gas;
}

struct StoreEffect {
  int gas;
  int refund;
};

// Without net metering (before EIP-1283, and in Petersburg).
StoreEffect price_store(const GasCosts& costs, const U256& current, const U256& value) {
  if (current.is_zero() && !value.is_zero()) {
    return {costs.sstore_set, 0};
  }
  return {costs.sstore_reset,
          !current.is_zero() && value.is_zero() ? costs.sstore_clear_refund : 0};
}

// EIP-1283, 2200, 2929, 3529: the cost follows from the value before the transaction as well.
StoreEffect price_net_store(const GasCosts& costs, const StorageValues& before, const U256& value) {
  const auto& [original, current] = before;
  if (current == value) {
    return {costs.sstore_unchanged, 0};
  }
  if (original == current) {
    if (original.is_zero()) {
      return {costs.sstore_set, 0};
    }
    return {costs.sstore_reset, value.is_zero() ? costs.sstore_clear_refund : 0};
  }
  int refund = 0;
  if (!original.is_zero()) {
    if (current.is_zero()) {
      refund -= costs.sstore_clear_refund;
    } else if (value.is_zero()) {
      refund += costs.sstore_clear_refund;
    }
  }
  if (original == value) {
    refund += (original.is_zero() ? costs.sstore_set : costs.sstore_reset) - costs.sstore_unchanged;
  }
  return {costs.sstore_unchanged, refund};
}

std::int64_t op_sstore(Frame& frame, U256* top, std::int64_t gas) {
  const Environment& env = *frame.environment;
  if (frame.message.is_static) {
    return fail(frame, Status::static_violation);
  }
  if (gas <= env.costs.sstore_sentry) {
    frame.failed_sentry = true;
    return -1;
  }
  const Address& address = frame.message.recipient;
  if (env.costs.has_access_lists && env.host.warm_slot(address, top[0])) {
    gas -= env.costs.cold_slot_store;
  }
  const StorageValues before = env.host.set_storage(address, top[0], top[-1]);
  const StoreEffect effect = env.costs.net_metering
                                 ? price_net_store(env.costs, before, top[-1])
                                 : price_store(env.costs, before.current, top[-1]);
  frame.refund += effect.refund;
  return gas - effect.gas;
}

std::int64_t op_tload(Frame& frame, U256* top, std::int64_t gas) {
  top[0] = frame.environment->host.transient_storage(frame.message.recipient, top[0]);
  return gas;
}

std::int64_t op_tstore(Frame& frame, U256* top, std::int64_t gas) {
  if (frame.message.is_static) {
    return fail(frame, Status::static_violation);
  }
  frame.environment->host.set_transient_storage(frame.message.recipient, top[0], top[-1]);
  return gas;
}

template <std::size_t kTopics>
std::int64_t op_log(Frame& frame, U256* top, std::int64_t gas) {
  if (frame.message.is_static) {
    return fail(frame, Status::static_violation);
  }
  gas = expand_memory(frame.memory, top[0], top[-1], gas);
  if (gas < 0) {
    return also_charge(gas, kLogByte, static_cast<std::int64_t>(top[-1].low64()));
  }
  const std::uint64_t size = top[-1].low64();
  gas -= kLogByte * static_cast<std::int64_t>(size);
  if (gas < 0) {
    return gas;
  }
  types::Log log{
      frame.message.recipient, {}, base::to_bytes(frame.memory.view(top[0].low64(), size))};
  log.topics.reserve(kTopics);
  for (std::size_t i = 0; i < kTopics; ++i) {
    log.topics.push_back(base::to_hash(*(top - 2 - i)));
  }
  if (frame.environment->tracer != nullptr) {
    frame.environment->tracer->on_log(log);
  }
  frame.environment->host.add_log(std::move(log));
  return gas;
}

// Ends
std::int64_t end(Frame& frame, Status status, std::int64_t gas) {
  frame.status = status;
  frame.exit = Exit::ended;
  return gas;
}

std::int64_t op_stop(Frame& frame, U256*, std::int64_t gas) {
  return end(frame, Status::success, gas);
}

std::int64_t end_with_output(Frame& frame, const U256* top, Status status, std::int64_t gas) {
  gas = expand_memory(frame.memory, top[0], top[-1], gas);
  if (gas < 0) {
    return gas;
  }
  frame.output_size = top[-1].low64();
  frame.output_offset = frame.output_size == 0 ? 0 : top[0].low64();
  return end(frame, status, gas);
}

std::int64_t op_return_(Frame& frame, U256* top, std::int64_t gas) {
  return end_with_output(frame, top, Status::success, gas);
}

std::int64_t op_revert(Frame& frame, U256* top, std::int64_t gas) {
  return end_with_output(frame, top, Status::revert, gas);
}

std::int64_t op_invalid(Frame& frame, U256*, std::int64_t) {
  return fail(frame, Status::invalid_instruction);
}

constexpr std::array<Operation, 256> make_operations() {
  std::array<Operation, 256> table{};
#define CAIRN_EVM_SET(name) table[static_cast<std::size_t>(Op::name)] = op_##name;
#define CAIRN_EVM_SET4(a, b, c, d) \
  CAIRN_EVM_SET(a) CAIRN_EVM_SET(b) CAIRN_EVM_SET(c) CAIRN_EVM_SET(d)
  CAIRN_EVM_SET4(stop, add, mul, sub)
  CAIRN_EVM_SET4(div, sdiv, mod, smod)
  CAIRN_EVM_SET4(addmod, mulmod, exp, signextend)
  CAIRN_EVM_SET4(lt, gt, slt, sgt)
  CAIRN_EVM_SET4(eq, iszero, and_, or_)
  CAIRN_EVM_SET4(xor_, not_, byte, shl)
  CAIRN_EVM_SET4(shr, sar, clz, keccak256)
  CAIRN_EVM_SET4(address, balance, origin, caller)
  CAIRN_EVM_SET4(callvalue, calldataload, calldatasize, calldatacopy)
  CAIRN_EVM_SET4(codesize, codecopy, gasprice, extcodesize)
  CAIRN_EVM_SET4(extcodecopy, returndatasize, returndatacopy, extcodehash)
  CAIRN_EVM_SET4(blockhash, coinbase, timestamp, number)
  CAIRN_EVM_SET4(prevrandao, gaslimit, chainid, selfbalance)
  CAIRN_EVM_SET4(basefee, blobhash, blobbasefee, mload)
  CAIRN_EVM_SET4(mstore, mstore8, sload, sstore)
  CAIRN_EVM_SET4(msize, gas, tload, tstore)
  CAIRN_EVM_SET4(mcopy, push0, return_, revert)
  CAIRN_EVM_SET(invalid)
#undef CAIRN_EVM_SET4
#undef CAIRN_EVM_SET
  table[0xa0] = op_log<0>;
  table[0xa1] = op_log<1>;
  table[0xa2] = op_log<2>;
  table[0xa3] = op_log<3>;
  table[0xa4] = op_log<4>;
  table[static_cast<std::size_t>(Op::call)] = op_call;
  table[static_cast<std::size_t>(Op::callcode)] = op_callcode;
  table[static_cast<std::size_t>(Op::delegatecall)] = op_delegatecall;
  table[static_cast<std::size_t>(Op::staticcall)] = op_staticcall;
  table[static_cast<std::size_t>(Op::create)] = op_create;
  table[static_cast<std::size_t>(Op::create2)] = op_create2;
  table[static_cast<std::size_t>(Op::selfdestruct)] = op_selfdestruct;
  return table;
}

}  // namespace

const std::array<Operation, 256> kOperations = make_operations();

}  // namespace cairn::evm
