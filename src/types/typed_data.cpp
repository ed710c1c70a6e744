#include "types/typed_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "types/typed_data_schema.hpp"

namespace cairn::types {
namespace {

using codec::AbiType;
using Kind = AbiType::Kind;

constexpr std::string_view kDomainType = "EIP712Domain";
constexpr std::size_t kMaxSize = std::size_t{2} << 20;   // bytes of JSON
constexpr std::size_t kMaxWords = std::size_t{1} << 20;  // of 32 bytes, encoded
constexpr std::size_t kWord = 32;

// Where a value stands; its text is made only for errors.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;  // of a member; empty: `index` of an array
  std::size_t index = 0;

  std::string text() const {
    if (parent == nullptr) {
      return std::string(name);
    }
    return name.empty() ? fmt::format("{}[{}]", parent->text(), index)
                        : fmt::format("{}.{}", parent->text(), name);
  }
};

std::unexpected<Error> refuse(const Path& path, std::string_view what) {
  return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", path.text(), what));
}

Result<Hash256> encode_integer(const AbiType& type, const Json& value, const Path& path) {
  if (value.kind != Json::Kind::number && value.kind != Json::Kind::string) {
    return refuse(path, "want a number, as JSON number or as decimal or 0x text");
  }
  std::string_view digits = value.text;
  const bool negative = digits.starts_with('-');
  digits.remove_prefix(negative ? 1 : 0);
  const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
  const auto number = hex ? base::from_hex_number(digits) : base::from_decimal(digits);
  if (!number) {
    return refuse(path, fmt::format("'{:.80}' is not an integer of 256 bits", value.text));
  }
  const bool is_signed = type.kind == Kind::signed_integer;
  if (negative && !is_signed && *number != 0) {
    return refuse(path, fmt::format("{:.80} is negative, uint{} is not", value.text, type.size));
  }
  // Half of the range of a signed type, of which the negative side has one more.
  const U256 half = U256{1} << (type.size - 1);
  const bool fits = is_signed ? (negative ? *number <= half : *number < half)
                              : type.size == 256 || *number < (U256{1} << type.size);
  if (!fits) {
    return refuse(path, fmt::format("{:.80} does not fit {}int{}", value.text, is_signed ? "" : "u",
                                    type.size));
  }
  return base::to_hash(negative ? -*number : *number);
}

Result<Bytes> hex_bytes(const Json& value, const Path& path) {
  const bool prefixed = value.text.starts_with("0x") || value.text.starts_with("0X");
  auto bytes = value.kind == Json::Kind::string && prefixed ? base::from_hex(value.text)
                                                            : std::optional<Bytes>{};
  if (!bytes) {
    return refuse(path, "want a hex string with 0x and two digits a byte");
  }
  return *std::move(bytes);
}

Result<Hash256> encode_elementary(const AbiType& type, const Json& value, const Path& path) {
  switch (type.kind) {
    case Kind::unsigned_integer:
    case Kind::signed_integer:
      return encode_integer(type, value, path);
    case Kind::boolean:
      if (value.kind != Json::Kind::boolean) {
        return refuse(path, "want true or false");
      }
      return base::to_hash(U256{value.text == "true" ? 1u : 0u});
    case Kind::address: {
      CAIRN_TRY(const Bytes bytes, hex_bytes(value, path));
      if (bytes.size() != Address::size()) {
        return refuse(path, fmt::format("an address has 20 bytes, not {}", bytes.size()));
      }
      return Hash256::from_right(bytes);
    }
    case Kind::fixed_bytes: {
      CAIRN_TRY(const Bytes bytes, hex_bytes(value, path));
#ifndef CAIRN_PLANTED_BUG  // fuzz/typed_data_fuzz.cpp finds that this is missing
      if (bytes.size() != type.size) {
        return refuse(
            path, fmt::format("bytes{} has {} bytes, not {}", type.size, type.size, bytes.size()));
      }
#endif
      Hash256 word;
      std::ranges::copy(bytes, word.data());
      return word;
    }
    case Kind::bytes: {
      CAIRN_TRY(const Bytes bytes, hex_bytes(value, path));
      return crypto::keccak256(bytes);
    }
    case Kind::string:
      if (value.kind != Json::Kind::string) {
        return refuse(path, "want a string");
      }
      return crypto::keccak256(base::bytes_of(value.text));
    case Kind::array:
    case Kind::tuple:
      break;  // no elementary type
  }
  return refuse(path, "has no elementary type");
}

class Encoder {
 public:
  explicit Encoder(const TypedDataSchema& schema) : schema_(schema) {}

  // hashStruct: keccak256(type hash || the members' words).
  Result<Hash256> hash_struct(std::string_view name, const Json& value, const Path& path) {
    if (value.kind != Json::Kind::object) {
      return refuse(path, fmt::format("want an object of type {}", name));
    }
    std::map<std::string_view, const Json*> given;
    for (const auto& [key, member] : value.members) {
      if (!given.emplace(key, &member).second) {
        return refuse(path, fmt::format("the key '{:.80}' stands twice", key));
      }
    }
    const StructType& type = *schema_.find(name);
    CAIRN_CHECK(spend(type.members.size() + 1, path));
    Bytes words = base::to_bytes(type_hash(name));
    words.reserve(kWord * (type.members.size() + 1));
    for (const StructMember& member : type.members) {
      const auto found = given.find(member.name);
      const Path inner{&path, member.name, 0};
      CAIRN_TRY(const Hash256 word,
                encode_member(member.type, found != given.end() ? *found->second : kAbsent, inner));
      base::append(words, word);
    }
    return crypto::keccak256(words);
  }

 private:
  static const Json kAbsent;

  Result<void> spend(std::size_t words, const Path& path) {
    if (words > words_left_) {
      return fail(ErrorCode::limit,
                  fmt::format("{}: the data is larger than 2^20 words", path.text()));
    }
    words_left_ -= words;
    return {};
  }

  const Hash256& type_hash(std::string_view name) {
    const auto found = type_hashes_.find(name);
    return found != type_hashes_.end()
               ? found->second
               : type_hashes_.emplace(name, schema_.type_hash(name)).first->second;
  }

  Result<Hash256> encode_member(const MemberType& type, const Json& value, const Path& path) {
    if (&value == &kAbsent && (type.elementary || !type.arrays.empty())) {
      return refuse(path, "is missing");
    }
    return encode(type, type.arrays.size(), value, path);
  }

  // `dimensions`: how many of the type's arrays are still around this value.
  Result<Hash256> encode(const MemberType& type, std::size_t dimensions, const Json& value,
                         const Path& path) {
    if (dimensions > 0) {
      return encode_array(type, dimensions, value, path);
    }
    if (type.elementary) {
      return encode_elementary(*type.elementary, value, path);
    }
    if (value.kind == Json::Kind::null) {
      return Hash256{};
    }
    return hash_struct(type.name, value, path);
  }

  Result<Hash256> encode_array(const MemberType& type, std::size_t dimensions, const Json& value,
                               const Path& path) {
    if (value.kind != Json::Kind::array) {
      return refuse(path, "want a list");
    }
    const auto& length = type.arrays[dimensions - 1];
    if (length && *length != value.members.size()) {
      return refuse(path, fmt::format("want {} items, have {}", *length, value.members.size()));
    }
    CAIRN_CHECK(spend(value.members.size(), path));
    Bytes words;
    words.reserve(kWord * value.members.size());
    for (std::size_t i = 0; i < value.members.size(); ++i) {
      const Path inner{&path, {}, i};
      CAIRN_TRY(const Hash256 word, encode(type, dimensions - 1, value.members[i].value, inner));
      base::append(words, word);
    }
    return crypto::keccak256(words);
  }

  const TypedDataSchema& schema_;
  std::map<std::string_view, Hash256> type_hashes_;
  std::size_t words_left_ = kMaxWords;
};

const Json Encoder::kAbsent{};

// EIP-712: what a domain may have, in this order.
Result<StructType> domain_type_of(const Json& domain) {
  constexpr std::pair<std::string_view, std::string_view> kFields[] = {
      {"name", "string"},
      {"version", "string"},
      {"chainId", "uint256"},
      {"verifyingContract", "address"},
      {"salt", "bytes32"}};
  std::vector<std::pair<std::string, std::string>> members;
  for (const auto& [name, type] : kFields) {
    if (std::ranges::find(domain.members, name, &Json::Member::key) != domain.members.end()) {
      members.emplace_back(name, type);
    }
  }
  for (const auto& [key, value] : domain.members) {
    if (std::ranges::find(kFields, std::string_view(key),
                          &std::pair<std::string_view, std::string_view>::first) ==
        std::end(kFields)) {
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("domain: unknown key '{:.80}', and types.EIP712Domain is missing", key));
    }
  }
  return make_struct(kDomainType, members);
}

Result<const Json*> part(const Json& root, std::string_view name, Json::Kind kind,
                         std::string_view kind_name) {
  const auto found = std::ranges::find(root.members, name, &Json::Member::key);
  if (found == root.members.end()) {
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' is missing", name));
  }
  if (found->value.kind != kind) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: want {}", name, kind_name));
  }
  return &found->value;
}

Hash256 digest_of(const TypedDataHash& parts) {
  Bytes text{0x19, 0x01};
  base::append(text, parts.domain_separator);
  if (parts.message) {
    base::append(text, *parts.message);
  }
  return crypto::keccak256(text);
}

}  // namespace

Hash256 message_hash(BytesView message) {
  const std::string prefix = fmt::format(
      "\x19"
      "Ethereum Signed Message:\n{}",
      message.size());
  Bytes text = base::to_bytes(base::bytes_of(prefix));
  base::append(text, message);
  return crypto::keccak256(text);
}

Result<TypedDataHash> hash_typed_data(std::string_view json) {
  if (json.size() > kMaxSize) {
    return fail(ErrorCode::limit, fmt::format("{} bytes are more than {}", json.size(), kMaxSize));
  }
  const std::size_t start = json.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || json[start] != '{') {
    return fail(ErrorCode::invalid_argument,
                "want an object with types, primaryType, domain and message");
  }
  CAIRN_TRY(const Json root, parse_json(json));
  CAIRN_TRY(const Json* types, part(root, "types", Json::Kind::object, "an object"));
  CAIRN_TRY(const Json* primary, part(root, "primaryType", Json::Kind::string, "a string"));
  CAIRN_TRY(const Json* domain, part(root, "domain", Json::Kind::object, "an object"));
  CAIRN_TRY(TypedDataSchema schema, TypedDataSchema::read(*types));
  if (!schema.defines(kDomainType)) {
    CAIRN_TRY(StructType domain_type, domain_type_of(*domain));
    schema.define(std::string(kDomainType), std::move(domain_type));
  }
  if (!schema.defines(primary->text)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("primaryType: '{:.80}' is not one of the types", primary->text));
  }
  Encoder encoder(schema);
  TypedDataHash out;
  CAIRN_TRY(out.domain_separator,
            encoder.hash_struct(kDomainType, *domain, Path{nullptr, "domain", 0}));
  if (primary->text != kDomainType) {
    CAIRN_TRY(const Json* message, part(root, "message", Json::Kind::object, "an object"));
    CAIRN_TRY(out.message,
              encoder.hash_struct(primary->text, *message, Path{nullptr, "message", 0}));
  }
  out.digest = digest_of(out);
  return out;
}

Bytes signature_bytes(const crypto::RecoverableSignature& signature) {
  Bytes out = base::to_bytes(base::to_hash(signature.r));
  base::append(out, base::to_hash(signature.s));
  out.push_back(signature.y_parity ? 28 : 27);
  return out;
}

Result<crypto::RecoverableSignature> parse_signature(BytesView bytes) {
  if (bytes.size() != 65) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a signature has 65 bytes, not {}", bytes.size()));
  }
  const unsigned v = bytes[64] >= 27 ? bytes[64] - 27u : bytes[64];
  if (v > 1) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a signature's last byte is 27 or 28, not {}", bytes[64]));
  }
  return crypto::RecoverableSignature{.r = base::from_be(bytes.first(kWord)),
                                      .s = base::from_be(bytes.subspan(kWord, kWord)),
                                      .y_parity = v == 1};
}

}  // namespace cairn::types
