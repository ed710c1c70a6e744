#include "types/fork.hpp"

#include <algorithm>
#include <cctype>

namespace cairn::types {
namespace {

constexpr std::array<std::string_view, kForkCount> kNames = {
    "Frontier",       "Homestead",         "EIP150",   "EIP158", "Byzantium",
    "Constantinople", "ConstantinopleFix", "Istanbul", "Berlin", "London",
    "Paris",          "Shanghai",          "Cancun",   "Prague", "Osaka"};

struct Synonym {
  std::string_view name;
  Fork fork;
};
constexpr Synonym kSynonyms[] = {
    {"Merge", Fork::paris},
    {"Petersburg", Fork::petersburg},
    {"SpuriousDragon", Fork::spurious_dragon},
    {"TangerineWhistle", Fork::tangerine_whistle},
};

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string_view fork_name(Fork fork) { return kNames[static_cast<std::size_t>(fork)]; }

std::optional<Fork> fork_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kForkCount; ++i) {
    if (same_word(kNames[i], name)) {
      return static_cast<Fork>(i);
    }
  }
  for (const Synonym& synonym : kSynonyms) {
    if (same_word(synonym.name, name)) {
      return synonym.fork;
    }
  }
  return std::nullopt;
}

}  // namespace cairn::types
