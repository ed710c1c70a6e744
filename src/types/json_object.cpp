#include "types/json_object.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/hex.hpp"
#include "base/json_fault.hpp"
#include "base/nearest_word.hpp"

namespace cairn::types {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::unexpected<Error> refuse_at(std::string_view path, std::string_view what) {
  return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", path, what));
}

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

// The tree is built by simdjson's cursor, which unlike its document keeps numbers beyond 64 bits.
// simdjson's cursor does not bound its depth, so the recursion does.
constexpr int kMaxDepth = 64;
error_code read(ondemand::value value, int depth, Json& out);

error_code read_object(ondemand::value value, int depth, Json& out) {
  ondemand::object object;
  SIMDJSON_TRY(value.get_object().get(object));
  out.kind = Json::Kind::object;
  for (auto field : object) {
    std::string_view key;
    SIMDJSON_TRY(field.unescaped_key().get(key));
    Json::Member& member = out.members.emplace_back();
    member.key = key;
    ondemand::value inner;
    SIMDJSON_TRY(field.value().get(inner));
    SIMDJSON_TRY(read(inner, depth + 1, member.value));
  }
  return simdjson::SUCCESS;
}

error_code read_array(ondemand::value value, int depth, Json& out) {
  ondemand::array array;
  SIMDJSON_TRY(value.get_array().get(array));
  out.kind = Json::Kind::array;
  for (auto item : array) {
    ondemand::value inner;
    SIMDJSON_TRY(item.get(inner));
    SIMDJSON_TRY(read(inner, depth + 1, out.members.emplace_back().value));
  }
  return simdjson::SUCCESS;
}

error_code read_boolean(ondemand::value value, Json& out) {
  bool flag = false;
  SIMDJSON_TRY(value.get_bool().get(flag));
  out.kind = Json::Kind::boolean;
  out.text = flag ? "true" : "false";
  return simdjson::SUCCESS;
}

error_code read_string(ondemand::value value, Json& out) {
  std::string_view text;
  SIMDJSON_TRY(value.get_string().get(text));
  out.kind = Json::Kind::string;
  out.text = text;
  return simdjson::SUCCESS;
}

error_code read_number(ondemand::value value, Json& out) {
  const std::string_view token = value.raw_json_token();
  out.kind = Json::Kind::number;
  out.text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  return simdjson::SUCCESS;
}

error_code read(ondemand::value value, int depth, Json& out) {
  if (depth > kMaxDepth) {
    return simdjson::DEPTH_ERROR;
  }
  ondemand::json_type type{};
  SIMDJSON_TRY(value.type().get(type));
  switch (type) {
    case ondemand::json_type::object:
      return read_object(value, depth, out);
    case ondemand::json_type::array:
      return read_array(value, depth, out);
    case ondemand::json_type::boolean:
      return read_boolean(value, out);
    case ondemand::json_type::string:
      return read_string(value, out);
    case ondemand::json_type::number:
      return read_number(value, out);
    case ondemand::json_type::null: {
      // Any word that begins with n comes here; asked as a plain bool, a misspelt one would throw.
      bool is_null = false;
      SIMDJSON_TRY(value.is_null().get(is_null));
      return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
  }
  return simdjson::INCORRECT_TYPE;
}

error_code read_document(const simdjson::padded_string& text, Json& out) {
  ondemand::parser parser;
  ondemand::document document;
  SIMDJSON_TRY(parser.iterate(text).get(document));
  ondemand::value root;
  SIMDJSON_TRY(document.get_value().get(root));
  SIMDJSON_TRY(read(root, 1, out));
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  Json root;
  if (const error_code code = read_document(simdjson::padded_string(text), root);
      code != simdjson::SUCCESS) {
    return fail(ErrorCode::malformed, fmt::format("not valid JSON: {}", base::json_fault(code)));
  }
  return root;
}

Result<U256> json_number(const Json& value, std::string_view path) {
  if (value.kind != Json::Kind::number && value.kind != Json::Kind::string) {
    return refuse_at(path, "is not a number");
  }
  const bool hex = value.kind == Json::Kind::string &&
                   (value.text.starts_with("0x") || value.text.starts_with("0X"));
  const auto number = hex ? base::from_hex_number(value.text) : base::from_decimal(value.text);
  if (!number) {
    return refuse_at(path, fmt::format("\"{}\" is not a number of at most 256 bits", value.text));
  }
  return *number;
}

Result<Bytes> json_bytes(const Json& value, std::string_view path) {
  auto bytes = value.kind == Json::Kind::string ? base::from_hex(value.text) : std::nullopt;
  if (!bytes) {
    return refuse_at(path, "is not a string of hexadecimal digits, two a byte");
  }
  return *std::move(bytes);
}

JsonObject::JsonObject(const Json& object, std::string path)
    : object_(&object), path_(std::move(path)) {}

// What JSON has no syntax for: as often as people like, and never asked for.
constexpr std::string_view kComment = "comment";

Result<JsonObject> JsonObject::open(const Json& value, std::string path) {
  if (value.kind != Json::Kind::object) {
    return refuse_at(path.empty() ? "the document" : path, "is not an object");
  }
  JsonObject object(value, std::move(path));
  std::set<std::string> keys;
  for (const Json::Member& member : value.members) {
    const std::string key = lower(member.key);
    if (!keys.insert(key).second && key != kComment) {
      return object.refuse(member.key, "stands twice");
    }
  }
  return object;
}

std::string JsonObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::unexpected<Error> JsonObject::refuse(std::string_view key, std::string_view what) const {
  return refuse_at(path_of(key), what);
}

const Json* JsonObject::find(std::string_view key) {
  asked_.emplace_back(key);
  const std::string wanted = lower(key);
  for (const Json::Member& member : object_->members) {
    if (lower(member.key) == wanted) {
      return member.value.kind == Json::Kind::null ? nullptr : &member.value;
    }
  }
  return nullptr;
}

Result<std::optional<U256>> JsonObject::number(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  return json_number(*value, path_of(key));
}

Result<std::optional<std::uint64_t>> JsonObject::u64(std::string_view key) {
  CAIRN_TRY(const std::optional<U256> value, number(key));
  if (value && !value->fits_u64()) {
    return refuse(key, "does not fit into 64 bits");
  }
  return value ? std::optional(value->low64()) : std::nullopt;
}

Result<std::optional<bool>> JsonObject::boolean(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->kind != Json::Kind::boolean) {
    return refuse(key, "is neither true nor false");
  }
  return value->text == "true";
}

Result<std::optional<Bytes>> JsonObject::bytes(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  return json_bytes(*value, path_of(key));
}

Result<std::optional<Bytes>> JsonObject::sized_bytes(std::string_view key, std::size_t size) {
  CAIRN_TRY(auto value, bytes(key));
  if (value && value->size() != size) {
    return refuse(key, fmt::format("has {} bytes instead of {}", value->size(), size));
  }
  return value;
}

std::vector<std::string> JsonObject::warnings_of_unknown_keys() const {
  std::vector<std::string> warnings;
  for (const Json::Member& member : object_->members) {
    const bool known = std::ranges::any_of(
        asked_, [&](const std::string& key) { return lower(key) == lower(member.key); });
    if (known || lower(member.key) == kComment) {
      continue;
    }
    const auto meant = base::nearest_word(member.key, asked_);
    warnings.push_back(meant ? fmt::format("{} is unknown and ignored; did you mean {}?",
                                           path_of(member.key), *meant)
                             : fmt::format("{} is unknown and ignored.", path_of(member.key)));
  }
  return warnings;
}

}  // namespace cairn::types
