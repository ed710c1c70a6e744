#pragma once
// Bytecode in the form that the fast loop runs: a stream of words in which every instruction begins
// with the address of the code that does it.
//
// The translation goes block by block (straight-line code between jump destinations and jumps) and
// follows the stack while it does. DUP, SWAP, PUSH and POP only move names of values, so they
// vanish: what computes says where its operands are and where its result goes, as on a register
// machine. Constants fold. At a block's end every value that is left is where the EVM has it, so
// blocks join anywhere, and at a block's beginning the byte-by-byte loop can take over.
//
// Gas and stack bounds are checked once a block. Whatever sees the gas left (GAS, SSTORE, calls) is
// preceded by the charge for the instructions up to it and followed by the charge for the rest.
//
// Places are byte offsets from the top of the stack as it was when the block began. Above the
// highest place that the block uses there are kTemporaries places for values on the way.

#include <cstdint>
#include <deque>
#include <vector>

#include "evm/frame.hpp"
#include "evm/operations.hpp"

namespace cairn::evm {

// Every kind of threaded instruction. Suffixes say what operands are: s a place, c a constant; `by`
// says how many whole words a shift moves.
// clang-format off
#define CAIRN_EVM_BINARY_KINDS(X)                                                  \
  X(add) X(mul) X(sub) X(div) X(sdiv) X(mod) X(smod) X(lt) X(slt) X(eq)            \
  X(and_) X(or_) X(xor_) X(byte) X(shl) X(shr) X(sar) X(signextend)

#define CAIRN_EVM_THREADED_KINDS(X)                                                \
  X(copy) X(swap) X(constant) X(small_constant)                                    \
  X(iszero) X(not_) X(clz) X(and_small)                                            \
  X(shl_by0) X(shl_by1) X(shl_by2) X(shl_by3)                                      \
  X(shr_by0) X(shr_by1) X(shr_by2) X(shr_by3)                                      \
  X(addmod) X(mulmod) X(addmod_c) X(mulmod_c)                                      \
  X(mload) X(mload_c) X(mstore) X(mstore_c) X(mstore8) X(calldataload)             \
  X(jump) X(jump_dynamic) X(next_block) X(body)                                    \
  X(jump_if) X(jump_unless) X(jump_if_dynamic)                                     \
  X(jump_if_eq_ss) X(jump_if_eq_sc) X(jump_unless_eq_ss) X(jump_unless_eq_sc)      \
  X(jump_if_lt_ss) X(jump_if_lt_sc) X(jump_if_lt_cs)                               \
  X(jump_unless_lt_ss) X(jump_unless_lt_sc) X(jump_unless_lt_cs)                   \
  X(jump_if_slt_ss) X(jump_if_slt_sc) X(jump_if_slt_cs)                            \
  X(jump_unless_slt_ss) X(jump_unless_slt_sc) X(jump_unless_slt_cs)                \
  X(poll) X(charge) X(in_place) X(unary) X(nullary) X(callee) X(end) X(undefined)
// clang-format on

enum class Kind : std::uint16_t {
#define CAIRN_EVM_KIND(name) name,
#define CAIRN_EVM_KIND3(name) name##_ss, name##_sc, name##_cs,
  CAIRN_EVM_THREADED_KINDS(CAIRN_EVM_KIND) CAIRN_EVM_BINARY_KINDS(CAIRN_EVM_KIND3)
#undef CAIRN_EVM_KIND3
#undef CAIRN_EVM_KIND
      count
};

union Word {
  struct Places {
    std::int16_t a, b, c, d;
  };
  // Checked when a block begins: gas, and (height - need) <= room, heights in bytes.
  struct Bounds {
    std::uint32_t gas;
    std::uint16_t need;
    std::uint16_t room;
  };

  const void* handler;
  Places places;
  Bounds bounds;
  std::uint64_t number;
  const U256* constant;
  const Word* target;  // a block's Bounds; its pc is the word after
  Operation operation;
};
static_assert(sizeof(Word) == 8);

struct ThreadedCode {
  std::vector<Word> stream;
  std::deque<U256> constants;
  // By position in the bytecode: where the block of that JUMPDEST begins in the stream; 0 for none.
  std::vector<std::uint32_t> blocks;

  std::size_t memory() const {  // bytes
    return sizeof(ThreadedCode) + stream.capacity() * sizeof(Word) +
           constants.size() * sizeof(U256) + blocks.capacity() * sizeof(blocks[0]);
  }

  const Word* entry() const { return stream.data() + 1; }
  // Null: not a jump destination.
  const Word* block_at(std::uint64_t position) const {
    const std::uint32_t at = position < blocks.size() ? blocks[position] : 0;
    return at != 0 ? stream.data() + at : nullptr;
  }
};

}  // namespace cairn::evm
