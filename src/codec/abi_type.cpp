#include <fmt/format.h>

#include <charconv>

#include "codec/abi.hpp"

namespace cairn::codec {
namespace {

constexpr int kMaxDepth = 16;

// Reads types from the front of a text.
class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : all_(text), rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  Result<AbiType> type(int depth) {
    if (depth > kMaxDepth) {
      return refuse("is nested too deeply");
    }
    CAIRN_TRY(AbiType parsed, take('(') ? tuple(depth) : elementary());
    for (int dimension = 1; take('['); ++dimension) {
      if (depth + dimension > kMaxDepth) {
        return refuse("is nested too deeply");
      }
      AbiType array{.kind = AbiType::Kind::array, .components = {std::move(parsed)}};
      array.is_dynamic_array = take(']');
      if (!array.is_dynamic_array) {
        CAIRN_TRY(array.size, number());
        if (array.size == 0 || !take(']')) {
          return refuse("has a malformed array length");
        }
      }
      parsed = std::move(array);
    }
    return parsed;
  }

  // Types separated by commas, up to the end or a closing parenthesis.
  Result<std::vector<AbiType>> list(int depth) {
    std::vector<AbiType> types;
    if (at_end() || rest_.front() == ')') {
      return types;
    }
    do {
      CAIRN_TRY(types.emplace_back(), type(depth));
    } while (take(','));
    return types;
  }

  std::unexpected<Error> refuse(std::string_view what) const {
    return fail(ErrorCode::invalid_argument, fmt::format("the ABI type \"{}\" {}", all_, what));
  }

 private:
  bool take(char c) {
    const bool there = rest_.starts_with(c);
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }

  Result<std::size_t> number() {
    std::size_t value = 0;
    const char* begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + rest_.size(), value);
    if (error != std::errc{} || *begin == '0') {
      return refuse("has a malformed size");
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - begin));
    return value;
  }

  Result<AbiType> tuple(int depth) {
    CAIRN_TRY(auto components, list(depth + 1));
    if (!take(')')) {
      return refuse("lacks a closing parenthesis");
    }
    return AbiType{.kind = AbiType::Kind::tuple, .components = std::move(components)};
  }

  bool digit_follows() const { return !at_end() && rest_.front() >= '0' && rest_.front() <= '9'; }

  Result<AbiType> elementary() {
    const std::size_t letters =
        std::min(rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), rest_.size());
    const std::string_view name = rest_.substr(0, letters);
    rest_.remove_prefix(letters);
    if (name == "uint" || name == "int") {
      AbiType integer{
          .kind = name == "int" ? AbiType::Kind::signed_integer : AbiType::Kind::unsigned_integer,
          .size = 256};
      if (digit_follows()) {
        CAIRN_TRY(integer.size, number());
      }
      if (integer.size > 256 || integer.size % 8 != 0) {
        return refuse("has an impossible size");
      }
      return integer;
    }
    if (name == "bytes" && digit_follows()) {
      AbiType fixed{.kind = AbiType::Kind::fixed_bytes};
      CAIRN_TRY(fixed.size, number());
      if (fixed.size > 32) {
        return refuse("has an impossible size");
      }
      return fixed;
    }
    return simple(name);
  }

  Result<AbiType> simple(std::string_view name) const {
    if (name == "address") {
      return AbiType{.kind = AbiType::Kind::address};
    }
    if (name == "bool") {
      return AbiType{.kind = AbiType::Kind::boolean};
    }
    if (name == "bytes") {
      return AbiType{.kind = AbiType::Kind::bytes};
    }
    if (name == "string") {
      return AbiType{.kind = AbiType::Kind::string};
    }
    return refuse("is unknown");
  }

  std::string_view all_;
  std::string_view rest_;
};

}  // namespace

Result<std::vector<AbiType>> parse_abi_types(std::string_view text) {
  TypeParser parser(text);
  CAIRN_TRY(auto types, parser.list(1));
  if (!parser.at_end()) {
    return parser.refuse("has something after its end");
  }
  return types;
}

Result<AbiType> parse_abi_type(std::string_view text) {
  TypeParser parser(text);
  CAIRN_TRY(AbiType type, parser.type(1));
  if (!parser.at_end()) {
    return parser.refuse("has something after its end");
  }
  return type;
}

}  // namespace cairn::codec
