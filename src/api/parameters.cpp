#include "api/parameters.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"

namespace cairn::api {
namespace {

Read<std::string_view> read_hex_digits(JsonValue value) {
  CAIRN_TRY(const auto text, read_text(value));
  if (!text.starts_with("0x") && !text.starts_with("0X")) {
    return bad("hex string without 0x prefix");
  }
  return text.substr(2);
}

template <std::size_t N>
Read<FixedBytes<N>> read_fixed(JsonValue value) {
  CAIRN_TRY(const auto bytes, read_data(value));
  if (bytes.size() != N) {
    return bad(fmt::format("want {} bytes, have {}", N, bytes.size()));
  }
  return FixedBytes<N>::from_right(bytes);
}

}  // namespace

Read<std::string_view> read_text(JsonValue value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    return bad("want a string");
  }
  return text;
}

Read<bool> read_bool(JsonValue value) {
  bool truth = false;
  if (value.get(truth) != simdjson::SUCCESS) {
    return bad("want true or false");
  }
  return truth;
}

Read<U256> read_quantity(JsonValue value) {
  CAIRN_TRY(const auto digits, read_hex_digits(value));
  if (digits.empty()) {
    return bad("hex string \"0x\" is no number, zero is 0x0");
  }
  if (digits.size() > 1 && digits[0] == '0') {
    return bad("hex number with leading zero digits");
  }
  const auto number = base::from_hex_number(digits);
  if (!number) {
    return bad(digits.size() > 64 ? "hex number > 256 bits" : "invalid hex digit");
  }
  return *number;
}

Read<std::uint64_t> read_quantity64(JsonValue value) {
  CAIRN_TRY(const auto number, read_quantity(value));
  if (!number.fits_u64()) {
    return bad("hex number > 64 bits");
  }
  return number.low64();
}

Read<LooseNumber> read_loose_number(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return LooseNumber{number};
  }
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    return bad(value.is_number() ? "want a whole number of 0 or more" : "want a number");
  }
  const auto parsed =
      text.starts_with("0x") ? base::from_hex_number(text.substr(2)) : base::from_decimal(text);
  if (!parsed) {
    return bad("want a number of 0 or more and at most 256 bits");
  }
  return LooseNumber{*parsed};
}

Read<std::uint64_t> read_loose64(JsonValue value) {
  CAIRN_TRY(const auto number, read_loose_number(value));
  if (!number.value.fits_u64()) {
    return bad("number above 64 bits");
  }
  return number.value.low64();
}

Read<Bytes> read_data(JsonValue value) {
  CAIRN_TRY(const auto digits, read_hex_digits(value));
  if (digits.size() % 2 != 0) {
    return bad("hex string of odd length");
  }
  auto bytes = base::from_hex(digits);
  if (!bytes || digits.starts_with("0x") || digits.starts_with("0X")) {
    return bad("invalid hex digit");
  }
  return *std::move(bytes);
}

Read<Address> read_address(JsonValue value) { return read_fixed<20>(value); }
Read<Hash256> read_hash(JsonValue value) { return read_fixed<32>(value); }

}  // namespace cairn::api
