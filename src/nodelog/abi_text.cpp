#include "nodelog/abi_text.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "base/printable.hpp"

namespace cairn::nodelog {
namespace {

using codec::AbiType;
using codec::AbiValue;
using Kind = AbiType::Kind;

constexpr std::size_t kMostItems = 8;  // shown of an array
constexpr std::size_t kMostStringBytes = 128;
constexpr std::size_t kMostText = 2'048;  // of a whole list of arguments; nesting multiplies

std::string integer_text(const AbiType& type, const U256& number) {
  if (type.kind == Kind::signed_integer && number.sign()) {
    return "-" + base::to_decimal(U256{} - number);
  }
  return base::to_decimal(number);
}

std::string list_text(const AbiType& type, const std::vector<AbiValue>& items) {
  const bool is_tuple = type.kind == Kind::tuple;
  std::string out(is_tuple ? "(" : "[");
  const std::size_t shown = is_tuple ? items.size() : std::min(items.size(), kMostItems);
  for (std::size_t i = 0; i < shown; ++i) {
    out += i == 0 ? "" : ", ";
    out += abi_text(type.components[is_tuple ? i : 0], items[i]);
  }
  if (shown < items.size()) {
    out += fmt::format(", ... {} more", items.size() - shown);
  }
  out += is_tuple ? ')' : ']';
  return out;
}

}  // namespace

std::string bytes_text(BytesView bytes, std::size_t most) {
  if (bytes.size() <= most) {
    return base::to_hex(bytes);
  }
  return fmt::format("{}... ({} bytes)", base::to_hex(bytes.first(most)), bytes.size());
}

std::string abi_text(const AbiType& type, const AbiValue& value) {
  switch (type.kind) {
    case Kind::unsigned_integer:
    case Kind::signed_integer:
      return integer_text(type, std::get<U256>(value.value));
    case Kind::address:
      return base::to_hex(base::to_address(std::get<U256>(value.value)));
    case Kind::boolean:
      return std::get<U256>(value.value).is_zero() ? "false" : "true";
    case Kind::fixed_bytes:
    case Kind::bytes:
      return bytes_text(std::get<Bytes>(value.value));
    case Kind::string:
      return '"' + base::printable(base::text_of(std::get<Bytes>(value.value)), kMostStringBytes) +
             '"';
    case Kind::array:
    case Kind::tuple:
      return list_text(type, std::get<std::vector<AbiValue>>(value.value));
  }
  return {};
}

std::string described(const Signature& signature, BytesView data) {
  const BytesView arguments = data.subspan(std::min(data.size(), Selector::size()));
  const auto values = codec::decode_abi(signature.inputs, arguments);
  if (!values) {
    return fmt::format("{}({})", signature.name, bytes_text(arguments));
  }
  std::string out = signature.name + '(';
  for (std::size_t i = 0; i < values->size(); ++i) {
    out += i == 0 ? "" : ", ";
    if (!signature.parameters[i].empty()) {
      out += signature.parameters[i] + ": ";
    }
    out += abi_text(signature.inputs[i], (*values)[i]);
  }
  out += ')';
  return base::printable(out, kMostText);
}

}  // namespace cairn::nodelog
