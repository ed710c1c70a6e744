#pragma once
// eth_subscribe and eth_unsubscribe.

#include <optional>
#include <string>

#include "api/method.hpp"

namespace cairn::api {

// The second parameter of eth_subscribe: an object or a flag, as the first one says.
struct SubscriptionTerms {
  JsonValue value;
};

template <>
struct Parameter<SubscriptionTerms> {
  static constexpr std::string_view kKind = "log filter, transaction hashes, fromBlock, or flag";
  static Read<SubscriptionTerms> read(JsonValue value) { return SubscriptionTerms{value}; }
};

Answer eth_subscribe(Context& context, Caller& caller, const std::string& kind,
                     const std::optional<SubscriptionTerms>& terms);
Answer eth_unsubscribe(Context& context, Caller& caller, const std::string& id);

}  // namespace cairn::api
