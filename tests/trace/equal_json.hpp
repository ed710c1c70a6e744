#pragma once
// Compares JSON as values: the order of members does not matter, that of arrays does.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "types/json_object.hpp"

namespace cairn::trace {

struct Comparison {
  // Members that only one side has, and that are zero or empty there, do not count: so it is with
  // geth's decoder, which fills in what is missing.
  std::set<std::string, std::less<>> optional = {};
  bool all_optional = false;
  std::set<std::string, std::less<>> ignored = {};  // whatever they are
};

// Where and how they differ first; nothing when they are equal.
std::optional<std::string> first_difference(std::string_view expected, std::string_view actual,
                                            const Comparison& comparison = {});

}  // namespace cairn::trace
