#pragma once
// Gas that a transaction owes before its first opcode (Yellow Paper 6.2: g0; EIP-2, 2028, 2930,
// 3860, 7623, 7702). Pure.

#include "types/fork.hpp"
#include "types/transaction.hpp"

namespace cairn::execution {

inline constexpr std::uint64_t kTransactionGas = 21'000;
inline constexpr std::uint64_t kAuthorizationGas = 25'000;      // EIP-7702, charged ahead
inline constexpr std::uint64_t kAuthorizationBaseGas = 12'500;  // what it costs if the account is

struct IntrinsicGas {
  std::uint64_t intrinsic = 0;
  std::uint64_t floor = 0;  // EIP-7623: the least that the transaction pays; 0 before Prague
};

IntrinsicGas intrinsic_gas(const types::Transaction& transaction, types::Fork fork);

}  // namespace cairn::execution
