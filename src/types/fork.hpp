#pragma once
// The hard forks that change execution rules, in order; a rule asks `fork >= Fork::berlin`.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::types {

enum class Fork : std::uint8_t {
  frontier,
  homestead,
  tangerine_whistle,  // EIP-150
  spurious_dragon,    // EIP-155, 158, 160, 161, 170
  byzantium,
  constantinople,  // with EIP-1283
  petersburg,      // without it ("ConstantinopleFix")
  istanbul,
  berlin,
  london,
  paris,  // the merge
  shanghai,
  cancun,
  prague,
  osaka,
};

inline constexpr std::size_t kForkCount = 15;
inline constexpr Fork kLatestFork = Fork::osaka;

// "Osaka", "London", "Paris" ...: the names of the official tests and of genesis files.
std::string_view fork_name(Fork fork);

// The names of fork_name and their synonyms ("Merge", "EIP150", "EIP158", "ConstantinopleFix" ...),
// in any case.
std::optional<Fork> fork_from_name(std::string_view name);

}  // namespace cairn::types
