#include "evm/gas.hpp"

namespace cairn::evm {
namespace {

constexpr std::size_t index_of(Fork fork) { return static_cast<std::size_t>(fork); }

consteval std::array<std::string_view, 32> numbered_pushes() {
  return {"PUSH1",  "PUSH2",  "PUSH3",  "PUSH4",  "PUSH5",  "PUSH6",  "PUSH7",  "PUSH8",
          "PUSH9",  "PUSH10", "PUSH11", "PUSH12", "PUSH13", "PUSH14", "PUSH15", "PUSH16",
          "PUSH17", "PUSH18", "PUSH19", "PUSH20", "PUSH21", "PUSH22", "PUSH23", "PUSH24",
          "PUSH25", "PUSH26", "PUSH27", "PUSH28", "PUSH29", "PUSH30", "PUSH31", "PUSH32"};
}
consteval std::array<std::string_view, 16> numbered_dups() {
  return {"DUP1", "DUP2",  "DUP3",  "DUP4",  "DUP5",  "DUP6",  "DUP7",  "DUP8",
          "DUP9", "DUP10", "DUP11", "DUP12", "DUP13", "DUP14", "DUP15", "DUP16"};
}
consteval std::array<std::string_view, 16> numbered_swaps() {
  return {"SWAP1", "SWAP2",  "SWAP3",  "SWAP4",  "SWAP5",  "SWAP6",  "SWAP7",  "SWAP8",
          "SWAP9", "SWAP10", "SWAP11", "SWAP12", "SWAP13", "SWAP14", "SWAP15", "SWAP16"};
}
consteval std::array<std::string_view, 5> numbered_logs() {
  return {"LOG0", "LOG1", "LOG2", "LOG3", "LOG4"};
}

// The instructions that `fork` brought, at the price they had then.
consteval void introduce(InstructionTable& table, Fork fork) {
#define CAIRN_EVM_ROW(code, op, text, in, out, price, since) \
  table[code].name = text;                                   \
  if (fork == Fork::since) {                                 \
    table[code] = {text, true, in, out, price};              \
  }
  CAIRN_EVM_PLAIN_INSTRUCTIONS(CAIRN_EVM_ROW)
#undef CAIRN_EVM_ROW
  if (fork != Fork::frontier) {
    return;
  }
  for (std::uint8_t n = 0; n < 32; ++n) {
    table[0x60 + n] = {numbered_pushes()[n], true, 0, 1, 3};
  }
  for (std::uint8_t n = 0; n < 16; ++n) {
    table[0x80 + n] = {numbered_dups()[n], true, static_cast<std::uint8_t>(n + 1),
                       static_cast<std::uint8_t>(n + 2), 3};
    table[0x90 + n] = {numbered_swaps()[n], true, static_cast<std::uint8_t>(n + 2),
                       static_cast<std::uint8_t>(n + 2), 3};
  }
  for (std::uint8_t n = 0; n < 5; ++n) {
    table[0xa0 + n] = {numbered_logs()[n], true, static_cast<std::uint8_t>(n + 2), 0,
                       static_cast<std::int16_t>(375 * (n + 1))};
  }
}

consteval void price(InstructionTable& table, Op op, std::int16_t gas) {
  Instruction& row = table[static_cast<std::uint8_t>(op)];
  if (!row.defined) {
    throw "a price for an instruction that this fork does not have";
  }
  row.gas = gas;
}

consteval std::array<InstructionTable, kForkCount> make_instructions() {
  std::array<InstructionTable, kForkCount> all;
  for (std::size_t i = 0; i < kForkCount; ++i) {
    const Fork fork = static_cast<Fork>(i);
    InstructionTable table = i == 0 ? InstructionTable{} : all[i - 1];
    introduce(table, fork);
    if (fork == Fork::tangerine_whistle) {  // EIP-150
      price(table, Op::balance, 400);
      price(table, Op::extcodesize, 700);
      price(table, Op::extcodecopy, 700);
      price(table, Op::sload, 200);
      price(table, Op::call, 700);
      price(table, Op::callcode, 700);
      price(table, Op::delegatecall, 700);
      price(table, Op::selfdestruct, 5000);
    }
    if (fork == Fork::istanbul) {  // EIP-1884
      price(table, Op::sload, 800);
      price(table, Op::balance, 700);
      price(table, Op::extcodehash, 700);
    }
    if (fork == Fork::berlin) {  // EIP-2929: the price when warm
      for (const Op op : {Op::balance, Op::extcodesize, Op::extcodecopy, Op::extcodehash, Op::sload,
                          Op::call, Op::callcode, Op::delegatecall, Op::staticcall}) {
        price(table, op, 100);
      }
    }
    all[i] = table;
  }
  return all;
}

consteval std::array<GasCosts, kForkCount> make_costs() {
  std::array<GasCosts, kForkCount> all;
  for (std::size_t i = 0; i < kForkCount; ++i) {
    GasCosts costs = i == 0 ? GasCosts{} : all[i - 1];
    switch (static_cast<Fork>(i)) {
      case Fork::tangerine_whistle:  // EIP-150
        costs.all_but_one_64th = true;
        costs.selfdestruct_new_account = 25'000;
        break;
      case Fork::spurious_dragon:  // EIP-160, 161
        costs.exp_byte = 50;
        costs.new_account_if_empty = true;
        break;
      case Fork::constantinople:  // EIP-1283
        costs.net_metering = true;
        costs.sstore_unchanged = 200;
        break;
      case Fork::petersburg:
        costs.net_metering = false;
        costs.sstore_unchanged = 5'000;
        break;
      case Fork::istanbul:  // EIP-2200
        costs.net_metering = true;
        costs.sstore_unchanged = 800;
        costs.sstore_sentry = 2'300;
        break;
      case Fork::berlin:  // EIP-2929
        costs.has_access_lists = true;
        costs.cold_account = kColdAccountAccess - kWarmAccess;
        costs.cold_slot_load = 2'000;
        costs.cold_slot_store = 2'100;
        costs.selfdestruct_cold_account = kColdAccountAccess;
        costs.sstore_unchanged = 100;
        costs.sstore_reset = 2'900;
        break;
      case Fork::london:  // EIP-3529
        costs.sstore_clear_refund = 4'800;
        costs.selfdestruct_refund = 0;
        break;
      case Fork::shanghai:  // EIP-3860
        costs.init_code_word = 2;
        break;
      default:
        break;
    }
    all[i] = costs;
  }
  return all;
}

constexpr auto kInstructions = make_instructions();
constexpr auto kCosts = make_costs();

constexpr const Instruction& at(Fork fork, Op op) {
  return kInstructions[index_of(fork)][static_cast<std::uint8_t>(op)];
}
constexpr int count(Fork fork) {
  int n = 0;
  for (const Instruction& row : kInstructions[index_of(fork)]) {
    n += row.defined ? 1 : 0;
  }
  return n;
}

static_assert(count(Fork::frontier) == 130);
static_assert(count(Fork::osaka) == 150);
static_assert(!at(Fork::frontier, Op::delegatecall).defined);
static_assert(at(Fork::homestead, Op::delegatecall).gas == 40);
static_assert(at(Fork::istanbul, Op::sload).gas == 800);
static_assert(at(Fork::berlin, Op::sload).gas == 100);
static_assert(!at(Fork::prague, Op::clz).defined && at(Fork::osaka, Op::clz).gas == 5);
static_assert(kCosts[index_of(Fork::petersburg)].sstore_unchanged ==
              kCosts[index_of(Fork::byzantium)].sstore_unchanged);

}  // namespace

const InstructionTable& instructions(Fork fork) { return kInstructions[index_of(fork)]; }
const GasCosts& gas_costs(Fork fork) { return kCosts[index_of(fork)]; }

}  // namespace cairn::evm
