#include "api/sign_methods.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"
#include "base/hex.hpp"
#include "types/typed_data.hpp"

namespace cairn::api {
namespace {

std::unexpected<RpcError> invalid(std::string message) {
  return rpc_fail(RpcCode::invalid_params, std::move(message));
}

Answer signed_by(const Context& context, const Address& address, const Hash256& digest) {
  const auto found = context.accounts.find(address);
  if (found == context.accounts.end()) {
    return rpc_fail(RpcCode::server, fmt::format("unknown account {}", base::to_hex(address)));
  }
  return to_json(types::signature_bytes(*crypto::sign(digest, found->second)));
}

bool is_own(const Context& context, const Bytes& bytes) {
  return bytes.size() == Address::size() && context.accounts.contains(Address::from_right(bytes));
}

std::optional<Address> address_in(const AnyJson& value) {
  return value.text ? base::fixed_from_hex<20>(*value.text) : std::nullopt;
}

}  // namespace

Read<AnyJson> read_any_json(JsonValue value) {
  AnyJson out;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out.text = std::string(text);
    out.json = *out.text;
  } else {
    out.json = simdjson::minify(value);
  }
  return out;
}

Answer eth_sign(Context& context, const Address& address, const Bytes& message) {
  return signed_by(context, address, types::message_hash(message));
}

Answer personal_sign(Context& context, const Bytes& message, const Bytes& address,
                     const std::optional<std::string>& /*password*/) {
  const bool swapped = !is_own(context, address) && is_own(context, message);
  const Bytes& signer = swapped ? message : address;
  if (signer.size() != Address::size()) {
    return invalid(
        fmt::format("invalid argument 1 (address): want 20 bytes, have {}", signer.size()));
  }
  return signed_by(context, Address::from_right(signer),
                   types::message_hash(swapped ? address : message));
}

Answer personal_ec_recover(Context& /*context*/, const Bytes& message, const Bytes& signature) {
  const auto parsed = types::parse_signature(signature);
  if (!parsed) {
    return invalid(fmt::format("invalid argument 1 (signature): {}", parsed.error().message));
  }
  const auto signer = crypto::recover_address(types::message_hash(message), *parsed);
  if (!signer) {
    return invalid("invalid argument 1 (signature): no key gives it");
  }
  return to_json(*signer);
}

Answer eth_sign_typed_data(Context& context, const AnyJson& address, const AnyJson& data) {
  const bool swapped = !address_in(address) && address_in(data);
  const auto signer = address_in(swapped ? data : address);
  if (!signer) {
    return invalid("invalid argument 0 (address): want 20 bytes of hex with 0x");
  }
  const AnyJson& typed = swapped ? address : data;
  if (typed.json.starts_with('[')) {
    return invalid(
        "invalid argument 1 (data): a list is version 1 of typed data, which no EIP describes; "
        "want EIP-712's object with types, primaryType, domain and message");
  }
  const auto hash = types::hash_typed_data(typed.json);
  if (!hash) {
    return invalid(fmt::format("invalid argument 1 (data): {}", hash.error().message));
  }
  return signed_by(context, *signer, hash->digest);
}

}  // namespace cairn::api
