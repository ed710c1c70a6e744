#pragma once
// What each instruction does, once for every loop. An operation reads its operands at `top`
// downwards and writes its results where they stay; moving the top is the loop's. The static gas is
// charged already: it answers with the gas left after the rest, negative when the frame fails.

#include <array>

#include "evm/frame.hpp"

namespace cairn::evm {

using Operation = std::int64_t (*)(Frame& frame, U256* top, std::int64_t gas);

// By opcode. Null for those that steer a loop: JUMP, JUMPI, JUMPDEST, PC, PUSH1-32, DUP, SWAP, POP,
// and undefined codes.
extern const std::array<Operation, 256> kOperations;

// EIP-145, EIP-7939 and their like, for every loop to inline.
namespace word {

constexpr U256 of_bool(bool b) { return U256{b ? 1u : 0u}; }

using base::signed_less;

constexpr U256 shift_left(const U256& n, const U256& value) { return value << n.saturated64(); }
constexpr U256 shift_right(const U256& n, const U256& value) { return value >> n.saturated64(); }

constexpr U256 shift_right_signed(const U256& n, const U256& value) {
  if (!value.sign()) {
    return shift_right(n, value);
  }
  return ~shift_right(n, ~value);
}

// The n-th byte, counted from the most significant one.
constexpr U256 byte_at(const U256& n, const U256& value) {
  if (n.saturated64() > 31) {
    return {};
  }
  const std::uint64_t bit = 8 * (31 - n.low64());
  return U256{(value[bit / 64] >> (bit % 64)) & 0xff};
}

constexpr U256 sign_extend(const U256& size_minus_one, const U256& value) {
  if (size_minus_one.saturated64() > 30) {
    return value;
  }
  // The word that holds the sign is extended; those above become copies of its sign.
  const std::uint64_t word = size_minus_one.low64() / 8;
  const unsigned unused = 56 - 8 * (size_minus_one.low64() % 8);
  const auto extended = static_cast<std::int64_t>(value.words[word] << unused) >> unused;
  const auto sign = static_cast<std::uint64_t>(extended >> 63);
  U256 r{value[0], word > 1 ? value[1] : sign, word > 2 ? value[2] : sign, sign};
  r.words[word] = static_cast<std::uint64_t>(extended);
  return r;
}

}  // namespace word

}  // namespace cairn::evm
