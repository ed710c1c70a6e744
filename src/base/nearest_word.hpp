#pragma once
// "Did you mean ...?": the known word that a mistyped one is closest to.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cairn::base {

// The nearest of `known` by edits (insert, delete, replace, swap neighbours; case is not an edit),
// if it takes at most a third of the word's length; the first of equals.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known);

}  // namespace cairn::base
