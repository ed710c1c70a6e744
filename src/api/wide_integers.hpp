#pragma once
// JSON integers of more than 64 bits, which the parser refuses: JavaScript and Python write an
// amount of wei so.

#include <optional>
#include <string>
#include <string_view>

namespace cairn::api {

// The text with each of them as a string that methods read as the same number: a quantity, and
// where it is negative or above 256 bits its digits. Nothing where there is none. Pure; any thread.
std::optional<std::string> with_wide_integers_as_text(std::string_view json);

}  // namespace cairn::api
