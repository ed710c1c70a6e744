#pragma once
// Reads a method's parameters from JSON. Each C++ type that a method may take has one reader and
// one name here; argument checks follow from the method's own signature (method.hpp).
// An error says what is wrong with the value; the caller adds which parameter it was.

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::api {

using JsonValue = simdjson::dom::element;

template <class T>
using Read = Result<T, std::string>;

inline std::unexpected<std::string> bad(std::string what) {
  return std::unexpected(std::move(what));
}

// Specialised for every type that may be a parameter:
//   static constexpr std::string_view kKind   what the reference page calls it
//   static Read<T> read(JsonValue)
//   static Read<T> read_loosely(JsonValue)   optional: as a dev chain reads it
template <class T>
struct Parameter;

// Its second half, where one function reads it: struct Parameter<T> : ReadBy<read_it>.
template <auto kRead>
struct ReadBy {
  static auto read(JsonValue value) { return kRead(value); }
};

Read<std::string_view> read_text(JsonValue value);
Read<bool> read_bool(JsonValue value);
Read<U256> read_quantity(JsonValue value);  // "0x0" ... 256 bits, no leading zeros
Read<std::uint64_t> read_quantity64(JsonValue value);
Read<Bytes> read_data(JsonValue value);  // "0x" and two digits a byte
Read<Address> read_address(JsonValue value);
Read<Hash256> read_hash(JsonValue value);

// A quantity, leading zeros allowed, a JSON number or decimal text: tools write the same number in
// each of these.
struct LooseNumber {
  U256 value;
};
Read<LooseNumber> read_loose_number(JsonValue value);
Read<std::uint64_t> read_loose64(JsonValue value);

template <>
struct Parameter<LooseNumber> {
  static constexpr std::string_view kKind = "quantity, number or decimal text";
  static Read<LooseNumber> read(JsonValue value) { return read_loose_number(value); }
};
template <>
struct Parameter<bool> {
  static constexpr std::string_view kKind = "boolean";
  static Read<bool> read(JsonValue value) { return read_bool(value); }
};
template <>
struct Parameter<std::string> {
  static constexpr std::string_view kKind = "text";
  static Read<std::string> read(JsonValue value) {
    CAIRN_TRY(const auto text, read_text(value));
    return std::string(text);
  }
};
template <>
struct Parameter<U256> {
  static constexpr std::string_view kKind = "quantity";
  static Read<U256> read(JsonValue value) { return read_quantity(value); }
};
template <>
struct Parameter<std::uint64_t> {
  static constexpr std::string_view kKind = "quantity (64 bits)";
  static Read<std::uint64_t> read(JsonValue value) { return read_quantity64(value); }
};
template <>
struct Parameter<Bytes> {
  static constexpr std::string_view kKind = "data";
  static Read<Bytes> read(JsonValue value) { return read_data(value); }
};
template <>
struct Parameter<Address> {
  static constexpr std::string_view kKind = "address (20 bytes)";
  static Read<Address> read(JsonValue value) { return read_address(value); }
};
template <>
struct Parameter<Hash256> {
  static constexpr std::string_view kKind = "hash (32 bytes)";
  static Read<Hash256> read(JsonValue value) { return read_hash(value); }
};

}  // namespace cairn::api
