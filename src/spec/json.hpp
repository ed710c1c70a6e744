#pragma once
// The values of Ethereum's test files: JSON strings that hold numbers, bytes and hashes. Errors
// name the field.

#include <simdjson.h>

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::spec {

// A value and the key that it stands under. Valid as long as the parser that made it.
class Json {
 public:
  Json(simdjson::dom::element value, std::string_view key) : value_(value), key_(key) {}

  std::string_view key() const { return key_; }
  bool has(std::string_view key) const { return !value_[key].error(); }
  bool is_null() const { return value_.is_null(); }
  Result<Json> at(std::string_view key) const;
  Result<Json> at(std::size_t index) const;  // of an array

  Result<simdjson::dom::object> object() const;
  Result<simdjson::dom::array> array() const;
  Result<std::string_view> text() const;
  // "0x1f" with or without leading zeros, "0x" for nothing, "31", "0x:bigint 0x1f", or a JSON
  // number.
  Result<U256> number() const;
  Result<std::uint64_t> u64() const;
  Result<Bytes> bytes() const;
  Result<Address> address() const;
  Result<Hash256> hash() const;  // shorter texts stand for numbers

  // A key that may be missing.
  Result<U256> number_or(std::string_view key, const U256& otherwise) const;
  Result<std::uint64_t> u64_or(std::string_view key, std::uint64_t otherwise) const;

 private:
  std::unexpected<Error> wrong(std::string_view what) const;

  simdjson::dom::element value_;
  std::string_view key_;
};

}  // namespace cairn::spec
