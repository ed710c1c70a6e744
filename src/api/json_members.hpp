#pragma once
// Reads objects and lists of JSON member by member; an error names the path.

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <vector>

#include "api/parameters.hpp"

namespace cairn::api {

// A member that is there and not null.
inline std::optional<JsonValue> member_of(const simdjson::dom::object& from,
                                          std::string_view name) {
  JsonValue value;
  if (from[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::nullopt;
  }
  return value;
}

inline Read<simdjson::dom::object> read_object(JsonValue value) {
  simdjson::dom::object out;
  if (value.get(out) != simdjson::SUCCESS) {
    return bad("want an object");
  }
  return out;
}

template <class T>
Read<std::optional<T>> read_member(const simdjson::dom::object& from, std::string_view name) {
  const auto value = member_of(from, name);
  if (!value) {
    return std::optional<T>{};
  }
  auto read = Parameter<T>::read(*value);
  if (!read) {
    return bad(fmt::format("{}: {}", name, read.error()));
  }
  return std::optional<T>{*std::move(read)};
}

template <class T>
Read<T> require(std::optional<T> value, std::string_view name) {
  if (!value) {
    return bad(fmt::format("{} is missing", name));
  }
  return *std::move(value);
}

template <class T>
Read<T> require_member(const simdjson::dom::object& from, std::string_view name) {
  CAIRN_TRY(auto value, read_member<T>(from, name));
  return require(std::move(value), name);
}

// `read_item`: JsonValue -> Read<T>.
template <class T, class ReadItem>
Read<std::vector<T>> read_list(JsonValue value, std::string_view name, ReadItem&& read_item) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    return bad(fmt::format("{}: want an array", name));
  }
  std::vector<T> out;
  for (const JsonValue item : items) {
    auto read = read_item(item);
    if (!read) {
      return bad(fmt::format("{}[{}]: {}", name, out.size(), read.error()));
    }
    out.push_back(*std::move(read));
  }
  return out;
}

}  // namespace cairn::api
