#pragma once
// What is wrong with a text that is no JSON, for people: simdjson's own words advise those who call
// it.

#include <string_view>

namespace cairn::base {

// Of a simdjson::error_code, as the end of "not valid JSON: ".
std::string_view json_fault(int simdjson_error);

}  // namespace cairn::base
