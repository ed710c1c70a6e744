#pragma once
// One execution by the EVM (each of its loops) and by its naive twin, compared in everything that
// can be seen. Tests and the fuzz target share it.

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

struct TwinCase {
  Fork fork = types::kLatestFork;
  std::int64_t gas = 100'000;
  Bytes code;    // of the contract that is called
  Bytes callee;  // of another one, at kTwinCallee
  Bytes input;
  bool is_static = false;
};

inline constexpr Address kTwinContract = "0x00000000000000000000000000000000000000c0"_address;
inline constexpr Address kTwinCallee = "0x00000000000000000000000000000000000000ca"_address;

// What differs, in words; nothing when all is equal.
std::optional<std::string> compare_with_twin(const TwinCase& test);

}  // namespace cairn::evm
