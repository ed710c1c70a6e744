#pragma once
// JSON that people write (genesis files): a tree that keeps numbers of any size as they stand, and
// a reader of objects whose errors name the path of a field and which notices unknown keys.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::types {

struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  struct Member;

  Kind kind = Kind::null;
  std::string text;             // a string's content, a number's or boolean's token
  std::vector<Member> members;  // of an object, or of an array without keys
};

struct Json::Member {
  std::string key;
  Json value;
};

// ErrorCode::malformed with the parser's words. Nesting is bounded.
Result<Json> parse_json(std::string_view text);

// Numbers as genesis files have them: 12, "12", "0x0c". `path` names the field in errors.
Result<U256> json_number(const Json& value, std::string_view path);
Result<Bytes> json_bytes(const Json& value, std::string_view path);  // "0x0102" or "0102"

// One object, read key by key. A key is found in any case, as in Go's decoder; a key with the
// value null counts as absent. The tree outlives the reader.
class JsonObject {
 public:
  // Refuses what is not an object and keys that stand twice, `comment` apart. `path` is empty for
  // the root.
  static Result<JsonObject> open(const Json& value, std::string path);

  std::string path_of(std::string_view key) const;
  std::unexpected<Error> refuse(std::string_view key, std::string_view what) const;

  const Json* find(std::string_view key);
  Result<std::optional<U256>> number(std::string_view key);
  Result<std::optional<std::uint64_t>> u64(std::string_view key);
  Result<std::optional<bool>> boolean(std::string_view key);
  Result<std::optional<Bytes>> bytes(std::string_view key);
  template <std::size_t N>
  Result<std::optional<FixedBytes<N>>> fixed(std::string_view key) {
    CAIRN_TRY(const std::optional<Bytes> found, sized_bytes(key, N));
    return found ? std::optional(FixedBytes<N>::from_right(*found)) : std::nullopt;
  }

  // A sentence for each key that nobody has asked for, `comment` apart.
  std::vector<std::string> warnings_of_unknown_keys() const;

 private:
  JsonObject(const Json& object, std::string path);

  Result<std::optional<Bytes>> sized_bytes(std::string_view key, std::size_t size);

  const Json* object_;
  std::string path_;
  std::vector<std::string> asked_;
};

}  // namespace cairn::types
