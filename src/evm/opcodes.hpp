#pragma once
// Every instruction of the EVM in one list: code, name, text, operands taken and given, static gas
// when it was introduced, and the fork that introduced it. gas.hpp says how the price changed
// later.

#include <cstdint>

namespace cairn::evm {

// X(code, name, text, takes, gives, gas, since)
#define CAIRN_EVM_PLAIN_INSTRUCTIONS(X)                          \
  X(0x00, stop, "STOP", 0, 0, 0, frontier)                       \
  X(0x01, add, "ADD", 2, 1, 3, frontier)                         \
  X(0x02, mul, "MUL", 2, 1, 5, frontier)                         \
  X(0x03, sub, "SUB", 2, 1, 3, frontier)                         \
  X(0x04, div, "DIV", 2, 1, 5, frontier)                         \
  X(0x05, sdiv, "SDIV", 2, 1, 5, frontier)                       \
  X(0x06, mod, "MOD", 2, 1, 5, frontier)                         \
  X(0x07, smod, "SMOD", 2, 1, 5, frontier)                       \
  X(0x08, addmod, "ADDMOD", 3, 1, 8, frontier)                   \
  X(0x09, mulmod, "MULMOD", 3, 1, 8, frontier)                   \
  X(0x0a, exp, "EXP", 2, 1, 10, frontier)                        \
  X(0x0b, signextend, "SIGNEXTEND", 2, 1, 5, frontier)           \
  X(0x10, lt, "LT", 2, 1, 3, frontier)                           \
  X(0x11, gt, "GT", 2, 1, 3, frontier)                           \
  X(0x12, slt, "SLT", 2, 1, 3, frontier)                         \
  X(0x13, sgt, "SGT", 2, 1, 3, frontier)                         \
  X(0x14, eq, "EQ", 2, 1, 3, frontier)                           \
  X(0x15, iszero, "ISZERO", 1, 1, 3, frontier)                   \
  X(0x16, and_, "AND", 2, 1, 3, frontier)                        \
  X(0x17, or_, "OR", 2, 1, 3, frontier)                          \
  X(0x18, xor_, "XOR", 2, 1, 3, frontier)                        \
  X(0x19, not_, "NOT", 1, 1, 3, frontier)                        \
  X(0x1a, byte, "BYTE", 2, 1, 3, frontier)                       \
  X(0x1b, shl, "SHL", 2, 1, 3, constantinople)                   \
  X(0x1c, shr, "SHR", 2, 1, 3, constantinople)                   \
  X(0x1d, sar, "SAR", 2, 1, 3, constantinople)                   \
  X(0x1e, clz, "CLZ", 1, 1, 5, osaka)                            \
  X(0x20, keccak256, "KECCAK256", 2, 1, 30, frontier)            \
  X(0x30, address, "ADDRESS", 0, 1, 2, frontier)                 \
  X(0x31, balance, "BALANCE", 1, 1, 20, frontier)                \
  X(0x32, origin, "ORIGIN", 0, 1, 2, frontier)                   \
  X(0x33, caller, "CALLER", 0, 1, 2, frontier)                   \
  X(0x34, callvalue, "CALLVALUE", 0, 1, 2, frontier)             \
  X(0x35, calldataload, "CALLDATALOAD", 1, 1, 3, frontier)       \
  X(0x36, calldatasize, "CALLDATASIZE", 0, 1, 2, frontier)       \
  X(0x37, calldatacopy, "CALLDATACOPY", 3, 0, 3, frontier)       \
  X(0x38, codesize, "CODESIZE", 0, 1, 2, frontier)               \
  X(0x39, codecopy, "CODECOPY", 3, 0, 3, frontier)               \
  X(0x3a, gasprice, "GASPRICE", 0, 1, 2, frontier)               \
  X(0x3b, extcodesize, "EXTCODESIZE", 1, 1, 20, frontier)        \
  X(0x3c, extcodecopy, "EXTCODECOPY", 4, 0, 20, frontier)        \
  X(0x3d, returndatasize, "RETURNDATASIZE", 0, 1, 2, byzantium)  \
  X(0x3e, returndatacopy, "RETURNDATACOPY", 3, 0, 3, byzantium)  \
  X(0x3f, extcodehash, "EXTCODEHASH", 1, 1, 400, constantinople) \
  X(0x40, blockhash, "BLOCKHASH", 1, 1, 20, frontier)            \
  X(0x41, coinbase, "COINBASE", 0, 1, 2, frontier)               \
  X(0x42, timestamp, "TIMESTAMP", 0, 1, 2, frontier)             \
  X(0x43, number, "NUMBER", 0, 1, 2, frontier)                   \
  X(0x44, prevrandao, "PREVRANDAO", 0, 1, 2, frontier)           \
  X(0x45, gaslimit, "GASLIMIT", 0, 1, 2, frontier)               \
  X(0x46, chainid, "CHAINID", 0, 1, 2, istanbul)                 \
  X(0x47, selfbalance, "SELFBALANCE", 0, 1, 5, istanbul)         \
  X(0x48, basefee, "BASEFEE", 0, 1, 2, london)                   \
  X(0x49, blobhash, "BLOBHASH", 1, 1, 3, cancun)                 \
  X(0x4a, blobbasefee, "BLOBBASEFEE", 0, 1, 2, cancun)           \
  X(0x50, pop, "POP", 1, 0, 2, frontier)                         \
  X(0x51, mload, "MLOAD", 1, 1, 3, frontier)                     \
  X(0x52, mstore, "MSTORE", 2, 0, 3, frontier)                   \
  X(0x53, mstore8, "MSTORE8", 2, 0, 3, frontier)                 \
  X(0x54, sload, "SLOAD", 1, 1, 50, frontier)                    \
  X(0x55, sstore, "SSTORE", 2, 0, 0, frontier)                   \
  X(0x56, jump, "JUMP", 1, 0, 8, frontier)                       \
  X(0x57, jumpi, "JUMPI", 2, 0, 10, frontier)                    \
  X(0x58, pc, "PC", 0, 1, 2, frontier)                           \
  X(0x59, msize, "MSIZE", 0, 1, 2, frontier)                     \
  X(0x5a, gas, "GAS", 0, 1, 2, frontier)                         \
  X(0x5b, jumpdest, "JUMPDEST", 0, 0, 1, frontier)               \
  X(0x5c, tload, "TLOAD", 1, 1, 100, cancun)                     \
  X(0x5d, tstore, "TSTORE", 2, 0, 100, cancun)                   \
  X(0x5e, mcopy, "MCOPY", 3, 0, 3, cancun)                       \
  X(0x5f, push0, "PUSH0", 0, 1, 2, shanghai)                     \
  X(0xf0, create, "CREATE", 3, 1, 32000, frontier)               \
  X(0xf1, call, "CALL", 7, 1, 40, frontier)                      \
  X(0xf2, callcode, "CALLCODE", 7, 1, 40, frontier)              \
  X(0xf3, return_, "RETURN", 2, 0, 0, frontier)                  \
  X(0xf4, delegatecall, "DELEGATECALL", 6, 1, 40, homestead)     \
  X(0xf5, create2, "CREATE2", 4, 1, 32000, constantinople)       \
  X(0xfa, staticcall, "STATICCALL", 6, 1, 700, byzantium)        \
  X(0xfd, revert, "REVERT", 2, 0, 0, byzantium)                  \
  X(0xfe, invalid, "INVALID", 0, 0, 0, frontier)                 \
  X(0xff, selfdestruct, "SELFDESTRUCT", 1, 0, 0, frontier)

// Families with a number in their code: first code, count.
// PUSH1..PUSH32 0x60, DUP1..DUP16 0x80, SWAP1..SWAP16 0x90, LOG0..LOG4 0xa0.
enum class Op : std::uint8_t {
#define CAIRN_EVM_NAME(code, name, text, takes, gives, gas, since) name = code,
  CAIRN_EVM_PLAIN_INSTRUCTIONS(CAIRN_EVM_NAME)
#undef CAIRN_EVM_NAME
      push1 = 0x60,
  push2 = 0x61,
  push4 = 0x63,
  push20 = 0x73,
  push32 = 0x7f,
  dup1 = 0x80,
  dup2 = 0x81,
  dup3 = 0x82,
  dup16 = 0x8f,
  swap1 = 0x90,
  swap2 = 0x91,
  swap16 = 0x9f,
  log0 = 0xa0,
  log1 = 0xa1,
  log4 = 0xa4,
};

constexpr bool is_push(std::uint8_t code) { return code >= 0x60 && code <= 0x7f; }  // with data
constexpr unsigned push_size(std::uint8_t code) { return is_push(code) ? code - 0x5fu : 0u; }
constexpr bool is_dup(std::uint8_t code) { return code >= 0x80 && code <= 0x8f; }
constexpr bool is_swap(std::uint8_t code) { return code >= 0x90 && code <= 0x9f; }
constexpr bool is_log(std::uint8_t code) { return code >= 0xa0 && code <= 0xa4; }

}  // namespace cairn::evm
