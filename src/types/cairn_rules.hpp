#pragma once
// Where a chain may differ from Ethereum, by name: `config.cairn` of a genesis file. A chain
// without that object is Ethereum's, strictly.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/u256.hpp"

namespace cairn::types {

enum class Engine : std::uint8_t {
  dev,      // one node makes blocks on demand
  simplex,  // validators agree on them
};

struct CairnRules {
  Engine engine = Engine::dev;
  bool same_second = false;
  std::uint64_t base_fee_change_denominator = 8;  // EIP-1559; at least 1
  U256 min_base_fee;                              // wei
  bool gasless = false;

  bool operator==(const CairnRules&) const = default;
};

struct CairnRuleKey {
  std::string_view name;
  std::string_view type;
  std::string_view ethereum;  // what holds without the key
  std::string_view description;
};

// The one list of keys; the reader of genesis files and the documentation follow it.
inline constexpr std::array<CairnRuleKey, 5> kCairnRuleKeys = {{
    {"engine", R"("dev" or "simplex")", "dev",
     "who makes blocks: one node on demand, or validators by consensus"},
    {"sameSecond", "boolean", "false", "a block may have the timestamp of its parent"},
    {"baseFeeChangeDenominator", "number from 1", "8",
     "the base fee moves by at most one part in this many a block"},
    {"minBaseFee", "wei", "0", "the base fee never falls below this"},
    {"gasless", "boolean", "false", "the base fee is zero, and so may be every fee"},
}};

}  // namespace cairn::types
