#include "evm/threaded_loop.hpp"

#include <utility>

#include "evm/threaded_code.hpp"

// One function, one label a kind of instruction, and after each of them a jump of its own to the
// next: the processor predicts each by its own history.

namespace cairn::evm {
namespace {

inline U256& at(U256* top, std::int16_t place) {
  return *reinterpret_cast<U256*>(reinterpret_cast<char*>(top) + place);
}

inline bool reaches(const U256& offset, std::uint64_t size, std::size_t memory_size) {
  return (offset[1] | offset[2] | offset[3]) == 0 && offset[0] < memory_size &&
         offset[0] + size <= memory_size;
}

[[gnu::noinline]] std::int64_t grow_memory(Frame& frame, const U256& offset, std::uint64_t size,
                                           std::int64_t gas) {
  return expand_memory(frame.memory, offset, size, gas);
}

[[gnu::noinline]] void divide_into(U256& out, const U256& a, const U256& b) {
  out = divide(a, b).quotient;
}
[[gnu::noinline]] void remainder_into(U256& out, const U256& a, const U256& b) {
  out = divide(a, b).remainder;
}

inline U256 magnitude(const U256& a) { return a.sign() ? -a : a; }

[[gnu::noinline]] void divide_signed_into(U256& out, const U256& a, const U256& b) {
  const bool negative = a.sign() != b.sign();
  const U256 x = magnitude(a);
  const U256 y = magnitude(b);
  const U256 quotient =
      base::is_short_division(x, y) ? base::divide_short(x, y[0]).quotient : x / y;
  out = negative ? -quotient : quotient;
}
[[gnu::noinline]] void remainder_signed_into(U256& out, const U256& a, const U256& b) {
  const bool negative = a.sign();
  const U256 x = magnitude(a);
  const U256 y = magnitude(b);
  const U256 rest =
      base::is_short_division(x, y) ? U256{base::divide_short(x, y[0]).remainder} : x % y;
  out = negative ? -rest : rest;
}

// Null: hands out the labels. They are addresses inside this function and live nowhere else.
// NOLINTNEXTLINE(readability-function-size): labels cannot leave their function
const void* const* loop(Frame* running) {
  static const void* const kLabels[] = {
#define CAIRN_EVM_LABEL(name) &&label_##name,
#define CAIRN_EVM_LABEL3(name) &&label_##name##_ss, &&label_##name##_sc, &&label_##name##_cs,
      CAIRN_EVM_THREADED_KINDS(CAIRN_EVM_LABEL) CAIRN_EVM_BINARY_KINDS(CAIRN_EVM_LABEL3)
#undef CAIRN_EVM_LABEL3
#undef CAIRN_EVM_LABEL
  };
  if (running == nullptr) {
    return kLabels;
  }

  Frame& frame = *running;
  const Word* ip = frame.next;
  U256* top = frame.top;
  std::int64_t gas = frame.gas;
  const char* const floor = reinterpret_cast<const char*>(frame.stack() - 1);
  const std::atomic<bool>* const stop = &frame.environment->stop;
  frame.exit = Exit::none;

#define NEXT(words)     \
  do {                  \
    ip += (words);      \
    goto*(ip->handler); \
  } while (false)
#define MOVE_TOP(bytes) top = reinterpret_cast<U256*>(reinterpret_cast<char*>(top) + (bytes))
#define ENTER_BLOCK()                                                                           \
  do {                                                                                          \
    gas -= ip->bounds.gas;                                                                      \
    const auto height = static_cast<std::uint32_t>(reinterpret_cast<const char*>(top) - floor); \
    if (gas < 0 || height - ip->bounds.need > ip->bounds.room) [[unlikely]] {                   \
      goto leave;                                                                               \
    }                                                                                           \
    NEXT(2);                                                                                    \
  } while (false)
#define POLL()                                                \
  do {                                                        \
    if (stop->load(std::memory_order_relaxed)) [[unlikely]] { \
      frame.status = Status::stopped;                         \
      goto failed;                                            \
    }                                                         \
  } while (false)
#define PLACE(x) at(top, ip[1].places.x)

  if (frame.resumes) {
    frame.resumes = false;
    goto*(ip->handler);
  }
  ENTER_BLOCK();

#define BINARY(name, compute)        \
  label_##name##_ss : {              \
    const U256& a = PLACE(a);        \
    const U256& b = PLACE(b);        \
    U256& out = PLACE(c);            \
    compute;                         \
    NEXT(2);                         \
  }                                  \
  label_##name##_sc : {              \
    const U256& a = PLACE(a);        \
    const U256& b = *ip[2].constant; \
    U256& out = PLACE(c);            \
    compute;                         \
    NEXT(3);                         \
  }                                  \
  label_##name##_cs : {              \
    const U256& a = *ip[2].constant; \
    const U256& b = PLACE(b);        \
    U256& out = PLACE(c);            \
    compute;                         \
    NEXT(3);                         \
  }
  BINARY(add, out = a + b)
  BINARY(mul, out = a * b)
  BINARY(sub, out = a - b)
  BINARY(
      div,
      if (base::is_short_division(a, b)) [[likely]] {
        out = base::divide_short(a, b[0]).quotient;
      } else { divide_into(out, a, b); })
  BINARY(sdiv, divide_signed_into(out, a, b))
  BINARY(
      mod,
      if (base::is_short_division(a, b)) [[likely]] {
        out = U256{base::divide_short(a, b[0]).remainder};
      } else { remainder_into(out, a, b); })
  BINARY(smod, remainder_signed_into(out, a, b))
  BINARY(lt, out = word::of_bool(a < b))
  BINARY(slt, out = word::of_bool(word::signed_less(a, b)))
  BINARY(eq, out = word::of_bool(a == b))
  BINARY(and_, out = a & b)
  BINARY(or_, out = a | b)
  BINARY(xor_, out = a ^ b)
  BINARY(byte, out = word::byte_at(a, b))
  BINARY(shl, out = word::shift_left(a, b))
  BINARY(shr, out = word::shift_right(a, b))
  BINARY(sar, out = word::shift_right_signed(a, b))
  BINARY(signextend, out = word::sign_extend(a, b))
#undef BINARY

label_copy: {
  PLACE(c) = PLACE(a);
  NEXT(2);
}
label_swap: {
  std::swap(PLACE(a), PLACE(b));
  NEXT(2);
}
label_constant: {
  PLACE(c) = *ip[2].constant;
  NEXT(3);
}
label_small_constant: {
  PLACE(c) = U256{ip[2].number};
  NEXT(3);
}
label_iszero: {
  PLACE(c) = word::of_bool(PLACE(a).is_zero());
  NEXT(2);
}
label_not_: {
  PLACE(c) = ~PLACE(a);
  NEXT(2);
}
label_clz: {
  PLACE(c) = U256{leading_zeros(PLACE(a))};
  NEXT(2);
}
label_and_small: {
  PLACE(c) = U256{PLACE(a)[0] & ip[2].number};
  NEXT(3);
}

// Shifts by a constant: whole words are known here, the bits within a word are in d.
#define SHIFT(name, w0, w1, w2, w3)                          \
  label_##name : {                                           \
    const U256& a = PLACE(a);                                \
    const auto bits = static_cast<unsigned>(ip[1].places.d); \
    PLACE(c) = U256{w0, w1, w2, w3};                         \
    NEXT(2);                                                 \
  }
  SHIFT(shl_by0, a[0] << bits, base::shift_left_pair(a[1], a[0], bits),
        base::shift_left_pair(a[2], a[1], bits), base::shift_left_pair(a[3], a[2], bits))
  SHIFT(shl_by1, 0, a[0] << bits, base::shift_left_pair(a[1], a[0], bits),
        base::shift_left_pair(a[2], a[1], bits))
  SHIFT(shl_by2, 0, 0, a[0] << bits, base::shift_left_pair(a[1], a[0], bits))
  SHIFT(shl_by3, 0, 0, 0, a[0] << bits)
  SHIFT(shr_by0, base::shift_right_pair(a[1], a[0], bits), base::shift_right_pair(a[2], a[1], bits),
        base::shift_right_pair(a[3], a[2], bits), a[3] >> bits)
  SHIFT(shr_by1, base::shift_right_pair(a[2], a[1], bits), base::shift_right_pair(a[3], a[2], bits),
        a[3] >> bits, 0)
  SHIFT(shr_by2, base::shift_right_pair(a[3], a[2], bits), a[3] >> bits, 0, 0)
  SHIFT(shr_by3, a[3] >> bits, 0, 0, 0)
#undef SHIFT

label_addmod: {
  PLACE(d) = add_mod(PLACE(a), PLACE(b), PLACE(c));
  NEXT(2);
}
label_mulmod: {
  PLACE(d) = multiply_mod(PLACE(a), PLACE(b), PLACE(c));
  NEXT(2);
}
label_addmod_c: {
  PLACE(d) = add_mod(PLACE(a), PLACE(b), *ip[2].constant);
  NEXT(3);
}
label_mulmod_c: {
  PLACE(d) = multiply_mod(PLACE(a), PLACE(b), *ip[2].constant);
  NEXT(3);
}

label_mload: {
  const U256& offset = PLACE(a);
  if (!reaches(offset, 32, frame.memory.size())) [[unlikely]] {
    gas = grow_memory(frame, offset, 32, gas);
    if (gas < 0) {
      goto out_of_gas;
    }
  }
  PLACE(c) = base::load_be(frame.memory.data() + offset[0]);
  NEXT(2);
}
label_mload_c: {
  const std::uint64_t offset = ip[2].number;
  if (offset + 32 > frame.memory.size()) [[unlikely]] {
    gas = grow_memory(frame, offset, 32, gas);
    if (gas < 0) {
      goto out_of_gas;
    }
  }
  PLACE(c) = base::load_be(frame.memory.data() + offset);
  NEXT(3);
}
label_mstore: {
  const U256& offset = PLACE(a);
  if (!reaches(offset, 32, frame.memory.size())) [[unlikely]] {
    gas = grow_memory(frame, offset, 32, gas);
    if (gas < 0) {
      goto out_of_gas;
    }
  }
  base::store_be(frame.memory.data() + offset[0], PLACE(b));
  NEXT(2);
}
label_mstore_c: {
  const std::uint64_t offset = ip[2].number;
  if (offset + 32 > frame.memory.size()) [[unlikely]] {
    gas = grow_memory(frame, offset, 32, gas);
    if (gas < 0) {
      goto out_of_gas;
    }
  }
  base::store_be(frame.memory.data() + offset, PLACE(b));
  NEXT(3);
}
label_mstore8: {
  const U256& offset = PLACE(a);
  if (!reaches(offset, 1, frame.memory.size())) [[unlikely]] {
    gas = grow_memory(frame, offset, 1, gas);
    if (gas < 0) {
      goto out_of_gas;
    }
  }
  frame.memory.data()[offset[0]] = static_cast<std::uint8_t>(PLACE(b)[0]);
  NEXT(2);
}
label_calldataload: {
  const U256& offset = PLACE(a);
  U256& out = PLACE(c);
  if (reaches(offset, 32, frame.message.input.size())) {
    out = base::load_be(frame.message.input.data() + offset[0]);
  } else {
    out = offset;
    kOperations[static_cast<std::size_t>(Op::calldataload)](frame, &out, gas);
  }
  NEXT(2);
}

label_poll: {
  POLL();
  NEXT(2);
}
label_jump: {
  MOVE_TOP(ip[1].places.d);
  ip = ip[2].target;
  ENTER_BLOCK();
}
label_jump_dynamic: {
  POLL();
  const Word* const target = frame.threaded->block_at(PLACE(a).saturated64());
  MOVE_TOP(ip[1].places.d);
  if (target == nullptr) [[unlikely]] {
    frame.status = Status::bad_jump_destination;
    goto failed;
  }
  ip = target;
  ENTER_BLOCK();
}
label_next_block: {
  MOVE_TOP(ip[1].places.d);
  ip += 2;
  ENTER_BLOCK();
}
label_body: {
  ip = ip[1].target;
  goto*(ip->handler);
}

#define BRANCH(condition, words)    \
  do {                              \
    const bool taken = (condition); \
    MOVE_TOP(ip[1].places.d);       \
    if (taken) {                    \
      ip = ip[2].target;            \
      ENTER_BLOCK();                \
    }                               \
    ip += (words);                  \
    ENTER_BLOCK();                  \
  } while (false)
label_jump_if:
  BRANCH(!PLACE(a).is_zero(), 3);
label_jump_unless:
  BRANCH(PLACE(a).is_zero(), 3);
label_jump_if_dynamic: {
  POLL();
  const bool taken = !PLACE(a).is_zero();
  const Word* const target = frame.threaded->block_at(PLACE(b).saturated64());
  MOVE_TOP(ip[1].places.d);
  if (!taken) {
    ip += 2;
    ENTER_BLOCK();
  }
  if (target == nullptr) [[unlikely]] {
    frame.status = Status::bad_jump_destination;
    goto failed;
  }
  ip = target;
  ENTER_BLOCK();
}
label_jump_if_eq_ss:
  BRANCH(PLACE(a) == PLACE(b), 3);
label_jump_if_eq_sc:
  BRANCH(PLACE(a) == *ip[3].constant, 4);
label_jump_unless_eq_ss:
  BRANCH(!(PLACE(a) == PLACE(b)), 3);
label_jump_unless_eq_sc:
  BRANCH(!(PLACE(a) == *ip[3].constant), 4);
label_jump_if_lt_ss:
  BRANCH(PLACE(a) < PLACE(b), 3);
label_jump_if_lt_sc:
  BRANCH(PLACE(a) < *ip[3].constant, 4);
label_jump_if_lt_cs:
  BRANCH(*ip[3].constant < PLACE(b), 4);
label_jump_unless_lt_ss:
  BRANCH(!(PLACE(a) < PLACE(b)), 3);
label_jump_unless_lt_sc:
  BRANCH(!(PLACE(a) < *ip[3].constant), 4);
label_jump_unless_lt_cs:
  BRANCH(!(*ip[3].constant < PLACE(b)), 4);
label_jump_if_slt_ss:
  BRANCH(word::signed_less(PLACE(a), PLACE(b)), 3);
label_jump_if_slt_sc:
  BRANCH(word::signed_less(PLACE(a), *ip[3].constant), 4);
label_jump_if_slt_cs:
  BRANCH(word::signed_less(*ip[3].constant, PLACE(b)), 4);
label_jump_unless_slt_ss:
  BRANCH(!word::signed_less(PLACE(a), PLACE(b)), 3);
label_jump_unless_slt_sc:
  BRANCH(!word::signed_less(PLACE(a), *ip[3].constant), 4);
label_jump_unless_slt_cs:
  BRANCH(!word::signed_less(*ip[3].constant, PLACE(b)), 4);

label_charge: {
  gas -= static_cast<std::int64_t>(ip[1].number);
  if (gas < 0) [[unlikely]] {
    goto out_of_gas;
  }
  NEXT(2);
}
label_in_place: {
  frame.status = Status::out_of_gas;
  gas = ip[2].operation(frame, &PLACE(a), gas);
  if (gas < 0) [[unlikely]] {
    goto failed;
  }
  NEXT(3);
}
label_unary: {
  U256* const out = &PLACE(c);
  *out = PLACE(a);
  gas = ip[2].operation(frame, out, gas);
  if (gas < 0) [[unlikely]] {
    goto out_of_gas;
  }
  NEXT(3);
}
label_nullary: {
  ip[2].operation(frame, &PLACE(c) - 1, gas);
  NEXT(3);
}
label_callee: {
  frame.status = Status::out_of_gas;
  gas = ip[2].operation(frame, &PLACE(a), gas);
  if (gas < 0) [[unlikely]] {
    goto failed;
  }
  frame.next = ip + 3;
  frame.resumes = true;
  frame.top = top;
  frame.gas = gas;
  return nullptr;
}
label_end: {
  frame.status = Status::out_of_gas;
  gas = ip[2].operation(frame, &PLACE(a), gas);
  if (gas < 0) [[unlikely]] {
    goto failed;
  }
  frame.gas = gas;
  return nullptr;
}
label_undefined: {
  frame.status = Status::undefined_instruction;
  goto failed;
}

out_of_gas:
  frame.status = Status::out_of_gas;
failed:
  frame.next = ip;
  frame.top = top;
  frame.gas = 0;
  frame.exit = Exit::ended;
  return nullptr;

leave:  // the block cannot be run to its end: the other loop finds out where and why it stops
  frame.gas = gas + ip->bounds.gas;
  frame.top = top;
  frame.pc = ip[1].number;
  frame.threaded = nullptr;
  return nullptr;
}

}  // namespace

const void* const* threaded_handlers() { return loop(nullptr); }

void run_threaded(Frame& frame) { loop(&frame); }

}  // namespace cairn::evm
