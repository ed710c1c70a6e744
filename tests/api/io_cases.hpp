#pragma once
// Request and response files of execution-apis: `>>` asks, `<<` is what must come back.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::api::test {

struct Exchange {
  std::string request;
  std::string expected;
};

struct IoCase {
  std::string name;       // folder/file
  bool speconly = false;  // the values are an example, the shape is what counts
  std::vector<Exchange> exchanges;
};

// In the order of their names.
std::vector<IoCase> read_io_cases(const std::filesystem::path& folder);

// A place where two answers differ as JSON values: `.result[0].gas` and both sides as JSON text, ""
// where one has nothing there.
struct JsonDifference {
  std::string path;
  std::string expected;
  std::string actual;
};

// All such places, in the order of what is expected. An error's message is free, its code and data
// are not.
std::vector<JsonDifference> differences(std::string_view expected, std::string_view actual);

// The first of them, as a sentence; nothing where they are equal.
std::optional<std::string> difference(std::string_view expected, std::string_view actual);

// The same for an example: its keys, in any case of letters, and the kinds of its values.
std::optional<std::string> difference_in_shape(std::string_view expected, std::string_view actual);

// In how many places a JSON text has a string, a number, true, false, null or an empty list or
// object.
std::size_t count_values(std::string_view json);

}  // namespace cairn::api::test
