#pragma once
// What everything costs, under every fork: the table of instructions and the costs that depend on
// operands. Each fork is a copy of the one before with its differences.

#include <array>
#include <string_view>

#include "evm/opcodes.hpp"
#include "types/fork.hpp"

namespace cairn::evm {

using types::Fork;
using types::kForkCount;

struct Instruction {
  std::string_view name;  // "ADD"; empty for codes that never were instructions
  bool defined = false;   // under this fork
  std::uint8_t takes = 0;
  std::uint8_t gives = 0;
  std::int16_t gas = 0;  // static part

  constexpr int change() const { return int{gives} - int{takes}; }
};

using InstructionTable = std::array<Instruction, 256>;

// Costs that depend on operands or on the state. What is not here never changed.
struct GasCosts {
  int exp_byte = 10;
  bool all_but_one_64th = false;      // EIP-150: a callee gets at most 63/64
  int new_account = 25'000;           // CALL with value, SELFDESTRUCT
  bool new_account_if_empty = false;  // EIP-161: dead instead of absent, and only with value
  int selfdestruct_new_account = 0;
  int selfdestruct_refund = 24'000;

  // EIP-2929: on top of the static part.
  bool has_access_lists = false;
  int cold_account = 0;
  int cold_slot_load = 0;
  int cold_slot_store = 0;
  int selfdestruct_cold_account = 0;

  // SSTORE. Net metering (EIP-1283, 2200): by original, current and new value.
  bool net_metering = false;
  int sstore_sentry = -1;  // EIP-2200: fails with this much gas or less
  int sstore_unchanged = 5'000;
  int sstore_set = 20'000;
  int sstore_reset = 5'000;
  int sstore_clear_refund = 15'000;

  int init_code_word = 0;  // EIP-3860
};

const InstructionTable& instructions(Fork fork);
const GasCosts& gas_costs(Fork fork);

// Costs that never changed.
inline constexpr int kCopyWord = 3;
inline constexpr int kKeccakWord = 6;
inline constexpr int kLogByte = 8;
inline constexpr int kCallValue = 9'000;
inline constexpr int kCallStipend = 2'300;
inline constexpr int kCodeDepositByte = 200;
inline constexpr int kWarmAccess = 100;           // EIP-2929
inline constexpr int kColdAccountAccess = 2'600;  // EIP-2929

}  // namespace cairn::evm
