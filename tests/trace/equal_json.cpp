#include "tests/trace/equal_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cairn::trace {
namespace {

using types::Json;

std::string shown(const Json& value) {
  switch (value.kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::object:
      return "an object";
    case Json::Kind::array:
      return fmt::format("an array of {}", value.members.size());
    default:
      return value.text;
  }
}

bool is_zero(const Json& value) {
  if (value.kind == Json::Kind::object || value.kind == Json::Kind::array) {
    return std::ranges::all_of(value.members,
                               [](const Json::Member& member) { return is_zero(member.value); });
  }
  return value.kind == Json::Kind::null || value.text.find_first_not_of("0x") == std::string::npos;
}

class Comparer {
 public:
  explicit Comparer(const Comparison& how) : how_(how) {}

  std::optional<std::string> compare(const Json& expected, const Json& actual,
                                     const std::string& path) const {
    if (expected.kind != actual.kind || expected.text != actual.text) {
      return differ(expected, actual, path);
    }
    return expected.kind == Json::Kind::array ? compare_arrays(expected, actual, path)
                                              : compare_objects(expected, actual, path);
  }

 private:
  static std::string differ(const Json& expected, const Json& actual, const std::string& path) {
    return fmt::format("{}: want {}, got {}", path, shown(expected), shown(actual));
  }

  std::optional<std::string> compare_arrays(const Json& expected, const Json& actual,
                                            const std::string& path) const {
    for (std::size_t i = 0; i < std::min(expected.members.size(), actual.members.size()); ++i) {
      if (auto found = compare(expected.members[i].value, actual.members[i].value,
                               fmt::format("{}[{}]", path, i))) {
        return found;
      }
    }
    return expected.members.size() == actual.members.size()
               ? std::nullopt
               : std::optional(differ(expected, actual, path));
  }

  bool may_be_missing(const Json::Member& member) const {
    return (how_.all_optional || how_.optional.contains(member.key)) && is_zero(member.value);
  }

  std::optional<std::string> compare_objects(const Json& expected, const Json& actual,
                                             const std::string& path) const {
    std::map<std::string_view, const Json::Member*> left;
    for (const Json::Member& member : actual.members) {
      left.emplace(member.key, &member);
    }
    for (const Json::Member& member : expected.members) {
      const auto found = left.find(member.key);
      const std::string inner = fmt::format("{}.{}", path, member.key);
      if (how_.ignored.contains(member.key)) {
        left.erase(member.key);
      } else if (found != left.end()) {
        if (auto difference = compare(member.value, found->second->value, inner)) {
          return difference;
        }
        left.erase(found);
      } else if (!may_be_missing(member)) {
        return inner + ": is missing";
      }
    }
    for (const auto& [key, member] : left) {
      if (!how_.ignored.contains(key) && !may_be_missing(*member)) {
        return fmt::format("{}.{}: is too much: {}", path, key, shown(member->value));
      }
    }
    return std::nullopt;
  }

  const Comparison& how_;
};

}  // namespace

std::optional<std::string> first_difference(std::string_view expected, std::string_view actual,
                                            const Comparison& comparison) {
  const auto want = types::parse_json(expected);
  const auto have = types::parse_json(actual);
  if (!want || !have) {
    return !want ? want.error().message : have.error().message;
  }
  return Comparer(comparison).compare(*want, *have, "$");
}

}  // namespace cairn::trace
