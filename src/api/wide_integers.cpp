#include "api/wide_integers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.hpp"
#include "base/u256.hpp"

namespace cairn::api {
namespace {

constexpr std::string_view kNumberCharacters = "0123456789+-.eE";

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_above(std::string_view digits, std::string_view most) {
  return digits.size() > most.size() || (digits.size() == most.size() && digits > most);
}

bool is_wide_integer(std::string_view number) {
  const bool negative = number.starts_with('-');
  const std::string_view digits = number.substr(negative ? 1 : 0);
  return is_digits(digits) && digits[0] != '0' &&
         is_above(digits, negative ? "9223372036854775808" : "18446744073709551615");
}

std::string as_text(std::string_view integer) {
  const auto value = base::from_decimal(integer);
  return fmt::format("\"{}\"", value ? base::to_quantity(*value) : integer);
}

// Where a string that begins at `at` ends: behind its quote, or at the end of the text.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    at += json[at] == '\\' ? 1 : 0;
  }
  return std::min(at + 1, json.size());
}

}  // namespace

std::optional<std::string> with_wide_integers_as_text(std::string_view json) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = end_of_string(json, at);
      continue;
    }
    const std::size_t end = std::min(json.find_first_not_of(kNumberCharacters, at), json.size());
    if (const auto number = json.substr(at, end - at); is_wide_integer(number)) {
      out.append(json, copied, at - copied).append(as_text(number));
      copied = end;
    }
    at = std::max(end, at + 1);
  }
  return copied == 0 ? std::nullopt : std::optional(out.append(json, copied));
}

}  // namespace cairn::api
