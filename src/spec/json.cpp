#include "spec/json.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"

namespace cairn::spec {
namespace {

constexpr std::string_view kBigNumber = "0x:bigint ";  // marks numbers of more than 256 bits

}  // namespace

std::unexpected<Error> Json::wrong(std::string_view what) const {
  return fail(ErrorCode::malformed, fmt::format("{}: {}", key_, what));
}

Result<Json> Json::at(std::string_view key) const {
  simdjson::dom::element found;
  if (value_[key].get(found) != simdjson::SUCCESS) {
    return wrong(fmt::format("has no '{}'", key));
  }
  return Json(found, key);
}

Result<Json> Json::at(std::size_t index) const {
  simdjson::dom::element found;
  if (value_.at(index).get(found) != simdjson::SUCCESS) {
    return wrong(fmt::format("has no element {}", index));
  }
  return Json(found, key_);
}

Result<simdjson::dom::object> Json::object() const {
  simdjson::dom::object found;
  if (value_.get(found) != simdjson::SUCCESS) {
    return wrong("is not an object");
  }
  return found;
}

Result<simdjson::dom::array> Json::array() const {
  simdjson::dom::array found;
  if (value_.get(found) != simdjson::SUCCESS) {
    return wrong("is not an array");
  }
  return found;
}

Result<std::string_view> Json::text() const {
  std::string_view found;
  if (value_.get(found) != simdjson::SUCCESS) {
    return wrong("is not a string");
  }
  return found;
}

Result<U256> Json::number() const {
  std::uint64_t plain = 0;
  if (value_.get(plain) == simdjson::SUCCESS) {
    return U256{plain};
  }
  CAIRN_TRY(std::string_view digits, text());
  if (digits.starts_with(kBigNumber)) {
    digits.remove_prefix(kBigNumber.size());
  }
  if (digits == "0x" || digits.empty()) {
    return U256{};
  }
  const auto value =
      digits.starts_with("0x") ? base::from_hex_number(digits) : base::from_decimal(digits);
  if (!value) {
    return wrong("is not a number of at most 256 bits");
  }
  return *value;
}

Result<std::uint64_t> Json::u64() const {
  CAIRN_TRY(const U256 value, number());
  if (!value.fits_u64()) {
    return wrong("does not fit into 64 bits");
  }
  return value.low64();
}

Result<Bytes> Json::bytes() const {
  CAIRN_TRY(const std::string_view digits, text());
  auto value = base::from_hex(digits);
  if (!value) {
    return wrong("is not hexadecimal");
  }
  return *std::move(value);
}

Result<Address> Json::address() const {
  CAIRN_TRY(const Bytes value, bytes());
  if (value.size() != Address::size()) {
    return wrong("is not an address");
  }
  return Address::from_right(value);
}

Result<Hash256> Json::hash() const {
  CAIRN_TRY(const U256 value, number());
  return base::to_hash(value);
}

Result<U256> Json::number_or(std::string_view key, const U256& otherwise) const {
  if (!has(key)) {
    return otherwise;
  }
  CAIRN_TRY(const Json found, at(key));
  return found.number();
}

Result<std::uint64_t> Json::u64_or(std::string_view key, std::uint64_t otherwise) const {
  if (!has(key)) {
    return otherwise;
  }
  CAIRN_TRY(const Json found, at(key));
  return found.u64();
}

}  // namespace cairn::spec
