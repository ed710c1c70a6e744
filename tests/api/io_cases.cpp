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

std::string text_of(element value) { return simdjson::minify(value); }

class Comparison {
 public:
  explicit Comparison(bool values) : values_(values) {}

  void compare(element expected, element actual, const std::string& path) {
    if (!same_kind(expected, actual)) {
      differ(path, text_of(expected), text_of(actual));
    } else if (expected.is_object()) {
      compare_objects(expected.get_object().value(), actual.get_object().value(), path);
    } else if (expected.is_array()) {
      compare_arrays(expected.get_array().value(), actual.get_array().value(), path);
    } else if (values_ && text_of(expected) != text_of(actual)) {
      differ(path, text_of(expected), text_of(actual));
    }
  }
  std::vector<JsonDifference> take() && { return std::move(found_); }

 private:
  void differ(const std::string& path, std::string expected, std::string actual) {
    found_.push_back({path, std::move(expected), std::move(actual)});
  }

  // Of an example, addresses and nonces as keys are data.
  bool is_free(std::string_view key) const {
    return !values_ && !key.empty() && key[0] >= '0' && key[0] <= '9';
  }
  bool same_kind(element expected, element actual) const {
    return expected.type() == actual.type() ||
           (!values_ && expected.is_number() && actual.is_number());
  }

  void compare_objects(simdjson::dom::object expected, simdjson::dom::object actual,
                       const std::string& path) {
    std::set<std::string_view> keys;
    for (const auto field : expected) {
      keys.insert(field.key);
      const std::string inner = fmt::format("{}.{}", path, field.key);
      element other;
      if (actual[field.key].get(other) != simdjson::SUCCESS) {
        if (!is_free(field.key)) {
          differ(inner, text_of(field.value), "");
        }
      } else if (inner != ".error.message") {
        compare(field.value, other, inner);
      }
    }
    for (const auto field : actual) {
      if (!keys.contains(field.key) && !is_free(field.key)) {
        differ(fmt::format("{}.{}", path, field.key), "", text_of(field.value));
      }
    }
  }

  void compare_arrays(simdjson::dom::array expected, simdjson::dom::array actual,
                      const std::string& path) {
    const std::size_t shared = std::min(expected.size(), actual.size());
    for (std::size_t i = 0; i < shared; ++i) {
      compare(expected.at(i).value(), actual.at(i).value(), fmt::format("{}[{}]", path, i));
    }
    for (std::size_t i = shared; values_ && i < std::max(expected.size(), actual.size()); ++i) {
      differ(fmt::format("{}[{}]", path, i),
             i < expected.size() ? text_of(expected.at(i).value()) : std::string(),
             i < actual.size() ? text_of(actual.at(i).value()) : std::string());
    }
  }

  bool values_;
  std::vector<JsonDifference> found_;
};

std::vector<JsonDifference> compare(std::string_view expected, std::string_view actual,
                                    bool values) {
  simdjson::dom::parser expected_parser;
  simdjson::dom::parser actual_parser;
  element wanted;
  element had;
  if (expected_parser.parse(expected.data(), expected.size()).get(wanted) != simdjson::SUCCESS ||
      actual_parser.parse(actual.data(), actual.size()).get(had) != simdjson::SUCCESS) {
    throw std::runtime_error(
        fmt::format("not JSON: {} or {}", expected.substr(0, 200), actual.substr(0, 200)));
  }
  Comparison comparison(values);
  comparison.compare(wanted, had, "");
  return std::move(comparison).take();
}

std::optional<std::string> first_of(const std::vector<JsonDifference>& found) {
  const auto shown = [](const std::string& text) {
    constexpr std::size_t kShown = 200;
    return text.empty() ? "nothing" : text.size() <= kShown ? text : text.substr(0, kShown) + "...";
  };
  if (found.empty()) {
    return std::nullopt;
  }
  const JsonDifference& first = found.front();
  return fmt::format("{}: want {}, have {}", first.path.empty() ? "the answer" : first.path,
                     shown(first.expected), shown(first.actual));
}

std::size_t count_in(element value) {
  std::size_t out = 0;
  if (value.is_object()) {
    const simdjson::dom::object fields = value.get_object();
    for (const auto field : fields) {
      out += count_in(field.value);
    }
  } else if (value.is_array()) {
    const simdjson::dom::array items = value.get_array();
    for (const element item : items) {
      out += count_in(item);
    }
  }
  return std::max<std::size_t>(out, 1);
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

std::vector<JsonDifference> differences(std::string_view expected, std::string_view actual) {
  return compare(expected, actual, true);
}

std::optional<std::string> difference(std::string_view expected, std::string_view actual) {
  return first_of(differences(expected, actual));
}

std::optional<std::string> difference_in_shape(std::string_view expected, std::string_view actual) {
  return first_of(compare(in_lower_case(expected), in_lower_case(actual), false));
}

std::size_t count_values(std::string_view json) {
  simdjson::dom::parser parser;
  return count_in(parser.parse(json.data(), json.size()).value());
}

}  // namespace cairn::api::test
