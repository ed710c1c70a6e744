#include "tests/api/io_cases.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using Difference = std::optional<std::string>;

std::string shown(element value) {
  std::string text = simdjson::minify(value);
  return text.size() <= 200 ? text : text.substr(0, 200) + "...";
}

class Comparison {
 public:
  explicit Comparison(bool values) : values_(values) {}

  Difference of(element expected, element actual, const std::string& path) const {
    if (!same_kind(expected, actual)) {
      return differ(path, shown(expected), shown(actual));
    }
    if (expected.is_object()) {
      return of_objects(expected.get_object().value(), actual.get_object().value(), path);
    }
    if (expected.is_array()) {
      return of_arrays(expected.get_array().value(), actual.get_array().value(), path);
    }
    if (values_ && shown_whole(expected) != shown_whole(actual)) {
      return differ(path, shown(expected), shown(actual));
    }
    return std::nullopt;
  }

 private:
  static Difference differ(const std::string& path, std::string_view expected,
                           std::string_view actual) {
    return fmt::format("{}: want {}, have {}", path.empty() ? "the answer" : path, expected,
                       actual);
  }
  static std::string shown_whole(element value) { return simdjson::minify(value); }

  // Of an example, addresses and nonces as keys are data.
  bool is_free(std::string_view key) const {
    return !values_ && !key.empty() && key[0] >= '0' && key[0] <= '9';
  }
  bool same_kind(element expected, element actual) const {
    return expected.type() == actual.type() ||
           (!values_ && expected.is_number() && actual.is_number());
  }

  Difference of_objects(simdjson::dom::object expected, simdjson::dom::object actual,
                        const std::string& path) const {
    std::set<std::string_view> keys;
    for (const auto field : expected) {
      keys.insert(field.key);
      const std::string inner = fmt::format("{}.{}", path, field.key);
      element other;
      if (is_free(field.key) && actual[field.key].error() != simdjson::SUCCESS) {
        continue;
      }
      if (actual[field.key].get(other) != simdjson::SUCCESS) {
        return differ(inner, shown(field.value), "nothing");
      }
      if (inner == ".error.message") {
        continue;
      }
      if (auto found = of(field.value, other, inner)) {
        return found;
      }
    }
    for (const auto field : actual) {
      if (!keys.contains(field.key) && !is_free(field.key)) {
        return differ(fmt::format("{}.{}", path, field.key), "nothing", shown(field.value));
      }
    }
    return std::nullopt;
  }

  Difference of_arrays(simdjson::dom::array expected, simdjson::dom::array actual,
                       const std::string& path) const {
    if (values_ && expected.size() != actual.size()) {
      return differ(path, fmt::format("{} items", expected.size()),
                    fmt::format("{}", actual.size()));
    }
    for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
      if (auto found =
              of(expected.at(i).value(), actual.at(i).value(), fmt::format("{}[{}]", path, i))) {
        return found;
      }
    }
    return std::nullopt;
  }

  bool values_;
};

Difference compare(std::string_view expected, std::string_view actual, bool values) {
  simdjson::dom::parser expected_parser;
  simdjson::dom::parser actual_parser;
  element wanted;
  element had;
  if (expected_parser.parse(expected.data(), expected.size()).get(wanted) != simdjson::SUCCESS ||
      actual_parser.parse(actual.data(), actual.size()).get(had) != simdjson::SUCCESS) {
    return fmt::format("not JSON: {} or {}", expected.substr(0, 200), actual.substr(0, 200));
  }
  return Comparison(values).of(wanted, had, "");
}

IoCase read_case(const std::filesystem::path& file) {
  IoCase out;
  out.name = file.parent_path().filename().string() + "/" + file.stem().string();
  std::istringstream lines(testing::read_text(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(">>")) {
      out.exchanges.push_back({line.substr(3), {}});
    } else if (line.starts_with("<<") && !out.exchanges.empty()) {
      out.exchanges.back().expected = line.substr(3);
    } else if (line.starts_with("// speconly")) {
      out.speconly = true;
    } else if (!line.empty() && !line.starts_with("//")) {
      throw std::runtime_error(fmt::format("{}: what is this line? {}", out.name, line));
    }
  }
  return out;
}

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
  });
  return out;
}

}  // namespace

std::vector<IoCase> read_io_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".io") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::vector<IoCase> out;
  std::ranges::transform(files, std::back_inserter(out), read_case);
  return out;
}

Difference difference(std::string_view expected, std::string_view actual) {
  return compare(expected, actual, true);
}

Difference difference_in_shape(std::string_view expected, std::string_view actual) {
  return compare(in_lower_case(expected), in_lower_case(actual), false);
}

}  // namespace cairn::api::test
