#include "evm/translator.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "evm/block_writer.hpp"

namespace cairn::evm {
namespace {

constexpr int kMaxNeed = 600;    // items that a block may reach down
constexpr int kMaxGrowth = 300;  // and up; places fit 16 bits, and any block can be entered
constexpr std::int64_t kMaxBlockGas = std::int64_t{1} << 30;

constexpr std::uint8_t code_of(Op op) { return static_cast<std::uint8_t>(op); }

std::optional<U256> fold(Op op, const U256& a, const U256& b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::mul:
      return a * b;
    case Op::sub:
      return a - b;
    case Op::div:
      return a / b;
    case Op::mod:
      return a % b;
    case Op::and_:
      return a & b;
    case Op::or_:
      return a | b;
    case Op::xor_:
      return a ^ b;
    case Op::shl:
      return word::shift_left(a, b);
    case Op::shr:
      return word::shift_right(a, b);
    case Op::exp:
      return power(a, b);
    default:
      return std::nullopt;
  }
}

std::optional<unsigned> log2_of(const U256& value) {
  const unsigned bit = bit_length(value);
  return bit != 0 && value == U256{1} << (bit - 1) ? std::optional(bit - 1) : std::nullopt;
}

struct BinaryKinds {
  Kind ss, sc, cs;
};

std::optional<BinaryKinds> binary_kinds(Op op) {
  switch (op) {
#define CAIRN_EVM_CASE(name) \
  case Op::name:             \
    return BinaryKinds{Kind::name##_ss, Kind::name##_sc, Kind::name##_cs};
    CAIRN_EVM_BINARY_KINDS(CAIRN_EVM_CASE)
#undef CAIRN_EVM_CASE
    default:
      return std::nullopt;
  }
}

// The condition of a jump: a compared with b, or a alone against zero.
enum class Relation : std::uint8_t { not_zero, eq, lt, slt };

struct Condition {
  Relation relation = Relation::not_zero;
  bool negated = false;
  Value a;
  Value b;
};

class Translator : private BlockWriter {
 public:
  Translator(BytesView bytecode, Fork fork)
      : BlockWriter(bytecode.size()),
        code_(bytecode),
        table_(instructions(fork)),
        costs_(gas_costs(fork)) {}

  std::unique_ptr<const ThreadedCode> run();

 private:
  // Reading
  std::uint8_t opcode(std::size_t pc) const { return pc < code_.size() ? code_[pc] : 0; }
  Op op(std::size_t pc) const { return static_cast<Op>(opcode(pc)); }
  std::size_t size_at(std::size_t pc) const { return 1 + push_size(opcode(pc)); }
  U256 push_data(std::size_t pc) const;
  bool is_destination(const U256& value) const {
    return value.saturated64() < code_.size() && destinations_[value.low64()];
  }
  void find_destinations();
  Block scan(std::size_t pc) const;
  static bool ends_block(Op op);

  // Instructions
  struct BlockEnd {
    std::size_t pc;  // behind the block
    bool goes_on;    // whether execution can get there without a jump
  };
  std::size_t begin_blocks(std::size_t pc);
  BlockEnd translate_block(std::size_t pc);
  std::size_t translate_instruction(std::size_t pc);
  bool translate_stack(std::size_t pc);
  void translate_binary(Op op);
  bool simplify(Op op, const Value& a, const Value& b);
  void translate_exp(std::size_t pc);
  void translate_modular(Op op);
  void translate_memory(Op op);
  void translate_other(std::size_t pc);
  void poll_before(std::uint64_t destination);
  void translate_jump();
  void translate_jump_if();
  std::optional<std::size_t> translate_comparison_and_jump(std::size_t pc);
  void branch(Condition condition, std::uint64_t destination);
  void shift(bool left, unsigned bits, const Value& value);

  BytesView code_;
  const InstructionTable& table_;
  const GasCosts& costs_;
  std::vector<bool> destinations_;
  Op last_ = Op::jumpdest;  // the instruction translated last
};

U256 Translator::push_data(std::size_t pc) const {
  U256 value;
  for (std::size_t i = 1; i <= push_size(opcode(pc)); ++i) {
    value = (value << 8) | U256{opcode(pc + i)};
  }
  return value;
}

void Translator::find_destinations() {
  destinations_.resize(code_.size());
  for (std::size_t pc = 0; pc < code_.size(); pc += size_at(pc)) {
    destinations_[pc] = op(pc) == Op::jumpdest;
  }
}

bool Translator::ends_block(Op op) {
  return op == Op::jump || op == Op::jumpi || op == Op::stop || op == Op::return_ ||
         op == Op::revert || op == Op::selfdestruct || op == Op::invalid;
}

// How far the block that begins at `pc` goes and how much of the stack it uses.
Block Translator::scan(std::size_t pc) const {
  Block block{.end = pc};
  int height = 0;
  std::int64_t gas = 0;
  while (block.end < code_.size() && op(block.end) != Op::jumpdest) {
    const Instruction& instruction = table_[opcode(block.end)];
    if (!instruction.defined) {
      ++block.end;
      return block;
    }
    if (block.need > kMaxNeed || block.growth > kMaxGrowth || gas > kMaxBlockGas) {
      return block;
    }
    block.need = std::max(block.need, instruction.takes - height);
    height += instruction.change();
    block.growth = std::max(block.growth, height);
    gas += instruction.gas;
    const Op current = op(block.end);
    block.end += size_at(block.end);
    if (ends_block(current)) {
      return block;
    }
  }
  return block;
}

// A run of JUMPDESTs becomes one block that can be entered at each of them. Answers where its first
// real instruction is.
std::size_t Translator::begin_blocks(std::size_t pc) {
  std::size_t first = pc;
  while (op(first) == Op::jumpdest && first < code_.size()) {
    ++first;
  }
  begin_block(scan(first));
  const std::int64_t jumpdest_gas = table_[code_of(Op::jumpdest)].gas;
  for (std::size_t start = pc; start < first; ++start) {
    add_entry(start, static_cast<std::int64_t>(first - start) * jumpdest_gas, true,
              start + 1 == first);
  }
  if (first == pc) {
    add_entry(pc, 0, false, true);
  }
  begin_body();
  return first;
}

Translator::BlockEnd Translator::translate_block(std::size_t pc) {
  pc = begin_blocks(pc);
  last_ = Op::jumpdest;
  while (pc < block().end) {
    keep_temporaries_free();
    if (!table_[opcode(pc)].defined) {
      emit(Kind::undefined);
      emit_number(opcode(pc));
      end_segment();
      return {pc + 1, false};
    }
    pc = translate_instruction(pc);
  }
  const bool falls_through = !ends_block(last_);
  if (falls_through && pc >= code_.size()) {  // past the end there is STOP
    emit_operation(Kind::end, 0, 0, code_of(Op::stop));
  } else if (falls_through) {
    settle_all();
    emit(Kind::next_block, 0, 0, 0, top());
  }
  end_segment();
  return {pc, last_ == Op::jumpi || (falls_through && pc < code_.size())};
}

std::size_t Translator::translate_instruction(std::size_t pc) {
  add_gas(table_[opcode(pc)].gas);
  last_ = op(pc);
  const std::size_t next = pc + size_at(pc);
  if (translate_stack(pc)) {
    return next;
  }
  if (const auto after_jump = translate_comparison_and_jump(pc)) {
    return *after_jump;
  }
  const Op current = op(pc);
  switch (current) {
    case Op::exp:
      translate_exp(pc);
      return next;
    case Op::addmod:
    case Op::mulmod:
      translate_modular(current);
      return next;
    case Op::mload:
    case Op::mstore:
    case Op::mstore8:
      translate_memory(current);
      return next;
    case Op::jump:
      translate_jump();
      return next;
    case Op::jumpi:
      translate_jump_if();
      return next;
    default:
      break;
  }
  if (current == Op::gt || current == Op::sgt || binary_kinds(current)) {
    translate_binary(current);
  } else {
    translate_other(pc);
  }
  return next;
}

// What only names values.
bool Translator::translate_stack(std::size_t pc) {
  const std::uint8_t code = opcode(pc);
  if (is_push(code) || op(pc) == Op::push0) {
    give(Value{.constant = push_data(pc), .place = 0});
  } else if (op(pc) == Op::pc) {
    give(Value{.constant = U256{pc}, .place = 0});
  } else if (op(pc) == Op::codesize) {
    give(Value{.constant = U256{code_.size()}, .place = 0});
  } else if (is_dup(code)) {
    give(Value{at(top() - (code - 0x80))});
  } else if (is_swap(code)) {
    std::swap(at(top()), at(top() - (code - 0x8f)));
  } else if (op(pc) == Op::pop) {
    release(take());
  } else {
    return op(pc) == Op::jumpdest;
  }
  return true;
}

void Translator::shift(bool left, unsigned bits, const Value& value) {
  constexpr std::array<Kind, 4> kLeft = {Kind::shl_by0, Kind::shl_by1, Kind::shl_by2,
                                         Kind::shl_by3};
  constexpr std::array<Kind, 4> kRight = {Kind::shr_by0, Kind::shr_by1, Kind::shr_by2,
                                          Kind::shr_by3};
  release(value);
  const int place = free_place(top() + 1);
  emit((left ? kLeft : kRight)[bits / 64], value.place, 0, place);
  set_bits(bits % 64);
  give_place(place);
}

// Cheaper ways to the same value when one operand is known. Both are held; released where used.
bool Translator::simplify(Op op, const Value& a, const Value& b) {
  if (a.constant && b.constant) {
    if (const auto folded = fold(op, *a.constant, *b.constant)) {
      give(Value{.constant = folded, .place = 0});
      return true;
    }
    return false;
  }
  const bool shifts = op == Op::shl || op == Op::shr;
  if (shifts && a.constant && *a.constant < U256{256}) {
    shift(op == Op::shl, static_cast<unsigned>(a.constant->low64()), b);
    return true;
  }
  if (const auto bits = op == Op::div && b.constant ? log2_of(*b.constant) : std::nullopt) {
    shift(false, *bits, a);
    return true;
  }
  if (op == Op::mul && (a.constant || b.constant)) {
    if (const auto bits = log2_of(a.constant ? *a.constant : *b.constant)) {
      shift(true, *bits, a.constant ? b : a);
      return true;
    }
  }
  std::optional<U256> mask;
  if (op == Op::and_) {
    mask = a.constant ? a.constant : b.constant;
  } else if (op == Op::mod && b.constant && log2_of(*b.constant)) {
    mask = *b.constant - U256{1};
  }
  if (mask && mask->fits_u64()) {
    const Value& value = a.constant ? b : a;
    release(value);
    const int place = free_place(top() + 1);
    emit(Kind::and_small, value.place, 0, place);
    emit_number(mask->low64());
    give_place(place);
    return true;
  }
  return false;
}

void Translator::translate_binary(Op op) {
  Value a = take();
  Value b = take();
  if (op == Op::gt || op == Op::sgt) {
    std::swap(a, b);
    op = op == Op::gt ? Op::lt : Op::slt;
  }
  if (simplify(op, a, b)) {
    return;
  }
  const BinaryKinds kinds = *binary_kinds(op);
  if (a.constant && b.constant) {
    materialise(b);
  }
  release(a);
  release(b);
  const int place = free_place(top() + 1);
  if (a.constant) {
    emit(kinds.cs, 0, b.place, place);
    emit_constant(*a.constant);
  } else if (b.constant) {
    emit(kinds.sc, a.place, 0, place);
    emit_constant(*b.constant);
  } else {
    emit(kinds.ss, a.place, b.place, place);
  }
  give_place(place);
}

// The gas of EXP depends on the exponent; where that is known it is static, too.
void Translator::translate_exp(std::size_t pc) {
  if (!at(top()).constant || !at(top() - 1).constant) {
    return translate_other(pc);
  }
  const U256 base = *take().constant;
  const U256 exponent = *take().constant;
  add_gas(std::int64_t{costs_.exp_byte} * byte_length(exponent));
  give(Value{.constant = power(base, exponent), .place = 0});
}

void Translator::translate_modular(Op op) {
  Value a = take();
  Value b = take();
  Value modulus = take();
  materialise(a);
  materialise(b);
  release(a);
  release(b);
  release(modulus);
  const int place = free_place(top() + 1);
  const bool adds = op == Op::addmod;
  if (modulus.constant) {
    emit(adds ? Kind::addmod_c : Kind::mulmod_c, a.place, b.place, 0, place);
    emit_constant(*modulus.constant);
  } else {
    emit(adds ? Kind::addmod : Kind::mulmod, a.place, b.place, modulus.place, place);
  }
  give_place(place);
}

void Translator::translate_memory(Op op) {
  Value offset = take();
  const bool near =
      op != Op::mstore8 && offset.constant && offset.constant->saturated64() <= kMaxMemory;
  if (!near) {
    materialise(offset);
  }
  if (op == Op::mload) {
    release(offset);
    const int place = free_place(top() + 1);
    emit(near ? Kind::mload_c : Kind::mload, offset.place, 0, place);
    if (near) {
      emit_number(offset.constant->low64());
    }
    return give_place(place);
  }
  Value value = take();
  materialise(value);
  if (near) {
    emit(Kind::mstore_c, 0, value.place);
    emit_number(offset.constant->low64());
  } else {
    emit(op == Op::mstore ? Kind::mstore : Kind::mstore8, offset.place, value.place);
  }
  release(offset);
  release(value);
}

// What goes through the table of operations.
void Translator::translate_other(std::size_t pc) {
  const std::uint8_t code = opcode(pc);
  const Instruction& instruction = table_[code];
  const Op current = op(pc);
  const bool leaves = current == Op::call || current == Op::callcode ||
                      current == Op::delegatecall || current == Op::staticcall ||
                      current == Op::create || current == Op::create2;
  const bool sees_gas = leaves || current == Op::sstore || current == Op::gas;
  if (sees_gas) {
    end_segment();
  }
  if (instruction.takes == 0 && instruction.gives == 1) {
    const int place = free_place(top() + 1);
    emit_operation(Kind::nullary, 0, place, code);
    give_place(place);
  } else if (instruction.takes == 1 && instruction.gives == 1) {
    Value operand = take();
    materialise(operand);
    release(operand);
    const int place = free_place(top() + 1);
    if (current == Op::iszero || current == Op::not_ || current == Op::clz) {
      emit(current == Op::iszero ? Kind::iszero : (current == Op::not_ ? Kind::not_ : Kind::clz),
           operand.place, 0, place);
    } else if (current == Op::calldataload) {
      emit(Kind::calldataload, operand.place, 0, place);
    } else {
      emit_operation(Kind::unary, operand.place, place, code);
    }
    give_place(place);
  } else {
    const int lowest = top() + 1 - instruction.takes;
    evacuate(lowest);
    settle(lowest);
    emit_operation(leaves ? Kind::callee : (ends_block(current) ? Kind::end : Kind::in_place),
                   top(), 0, code);
    for (int i = 0; i < instruction.takes; ++i) {
      release(take());
    }
    if (instruction.gives != 0) {
      give_place(top() + 1);
    }
  }
  if (sees_gas) {
    start_segment();
  }
}

// Loops go back somewhere: there they can be stopped.
void Translator::poll_before(std::uint64_t destination) {
  if (destination < block().end) {
    emit(Kind::poll);
  }
}

void Translator::translate_jump() {
  Value target = take();
  if (target.constant && is_destination(*target.constant)) {
    settle_all();
    poll_before(target.constant->low64());
    emit(Kind::jump, 0, 0, 0, top());
    return emit_target(target.constant->low64());
  }
  settle_all({&target});
  materialise(target);
  emit(Kind::jump_dynamic, target.place, 0, 0, top());
}

void Translator::translate_jump_if() {
  Value target = take();
  Value condition = take();
  if (target.constant && is_destination(*target.constant)) {
    return branch({.a = condition, .b = {}}, target.constant->low64());
  }
  settle_all({&target, &condition});
  materialise(target);
  materialise(condition);
  emit(Kind::jump_if_dynamic, condition.place, target.place, 0, top());
}

// A comparison whose result only decides a jump: [ISZERO...] PUSH JUMPI follow.
std::optional<std::size_t> Translator::translate_comparison_and_jump(std::size_t pc) {
  const Op comparison = op(pc);
  const bool compares = comparison == Op::lt || comparison == Op::gt || comparison == Op::slt ||
                        comparison == Op::sgt || comparison == Op::eq;
  if (!compares && comparison != Op::iszero) {
    return std::nullopt;
  }
  Condition condition;
  condition.negated = comparison == Op::iszero;
  std::int64_t gas = 0;
  std::size_t next = pc + 1;
  for (; next < block().end && op(next) == Op::iszero; ++next) {
    condition.negated = !condition.negated;
    gas += table_[opcode(next)].gas;
  }
  const std::size_t jump = next + size_at(next);
  if (next >= block().end || !is_push(opcode(next)) || jump >= block().end ||
      op(jump) != Op::jumpi || !is_destination(push_data(next))) {
    return std::nullopt;
  }
  add_gas(gas + table_[opcode(next)].gas + table_[opcode(jump)].gas);
  condition.a = take();
  if (compares) {
    condition.b = take();
    condition.relation = comparison == Op::eq                           ? Relation::eq
                         : comparison == Op::lt || comparison == Op::gt ? Relation::lt
                                                                        : Relation::slt;
    if (comparison == Op::gt || comparison == Op::sgt ||
        (comparison == Op::eq && condition.a.constant)) {
      std::swap(condition.a, condition.b);
    }
  }
  branch(condition, push_data(next).low64());
  last_ = Op::jumpi;
  return jump + 1;
}

void Translator::branch(Condition condition, std::uint64_t destination) {
  auto& [relation, negated, a, b] = condition;
  settle_all({&a, &b});
  poll_before(destination);
  if (relation == Relation::not_zero) {
    materialise(a);
    emit(negated ? Kind::jump_unless : Kind::jump_if, a.place, 0, 0, top());
    return emit_target(destination);
  }
  if (a.constant && (b.constant || relation == Relation::eq)) {
    materialise(a);
  }
  struct Kinds {
    std::array<Kind, 2> ss, sc, cs;  // by negated
  };
  static constexpr Kinds kEq = {{Kind::jump_if_eq_ss, Kind::jump_unless_eq_ss},
                                {Kind::jump_if_eq_sc, Kind::jump_unless_eq_sc},
                                {}};
  static constexpr Kinds kLt = {{Kind::jump_if_lt_ss, Kind::jump_unless_lt_ss},
                                {Kind::jump_if_lt_sc, Kind::jump_unless_lt_sc},
                                {Kind::jump_if_lt_cs, Kind::jump_unless_lt_cs}};
  static constexpr Kinds kSlt = {{Kind::jump_if_slt_ss, Kind::jump_unless_slt_ss},
                                 {Kind::jump_if_slt_sc, Kind::jump_unless_slt_sc},
                                 {Kind::jump_if_slt_cs, Kind::jump_unless_slt_cs}};
  const Kinds& kinds = relation == Relation::eq ? kEq : relation == Relation::lt ? kLt : kSlt;
  const std::array<Kind, 2>& pair = a.constant ? kinds.cs : b.constant ? kinds.sc : kinds.ss;
  emit(pair[negated ? 1 : 0], a.constant ? 0 : a.place, b.constant ? 0 : b.place, 0, top());
  emit_target(destination);
  if (a.constant || b.constant) {
    emit_constant(a.constant ? *a.constant : *b.constant);
  }
}

std::unique_ptr<const ThreadedCode> Translator::run() {
  find_destinations();
  std::size_t pc = 0;
  bool reachable = true;
  while (pc < code_.size() || reachable) {
    if (!reachable && op(pc) != Op::jumpdest) {
      pc += size_at(pc);
      continue;
    }
    const BlockEnd end = translate_block(pc);
    pc = end.pc;
    reachable = end.goes_on;
  }
  return finish();
}

}  // namespace

std::unique_ptr<const ThreadedCode> translate(BytesView bytecode, Fork fork) {
  return Translator(bytecode, fork).run();
}

}  // namespace cairn::evm
