#pragma once
// Methods that sign with the accounts that this node holds, and that ask who signed.

#include "api/method.hpp"

namespace cairn::api {

// A parameter that may be an object or its text: kept as JSON.
struct AnyJson {
  std::string json;
  std::optional<std::string> text;  // where it is a string: its content
};
Read<AnyJson> read_any_json(JsonValue value);
template <>
struct Parameter<AnyJson> {
  static constexpr std::string_view kKind = "address, or typed data as object or text";
  static Read<AnyJson> read(JsonValue value) { return read_any_json(value); }
};

Answer eth_sign(Context& context, const Address& address, const Bytes& message);
// Clients disagree on which comes first: where only the first is an address that this node signs
// for, it is that.
Answer personal_sign(Context& context, const Bytes& message, const Bytes& address,
                     const std::optional<std::string>& password);
Answer personal_ec_recover(Context& context, const Bytes& message, const Bytes& signature);
// (address, data), or the other way round as early wallets had it.
Answer eth_sign_typed_data(Context& context, const AnyJson& address, const AnyJson& data);

}  // namespace cairn::api
