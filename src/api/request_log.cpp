#include "api/request_log.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "nodelog/node_log.hpp"

namespace cairn::api {
namespace {

// By their names: dev methods are not Ethereum's, and none of these only reads.
bool is_cheat(const Method& method) {
  constexpr std::array<std::string_view, 6> kFamilies{"evm_",     "anvil_",    "hardhat_",
                                                      "ganache_", "tenderly_", "miner_"};
  constexpr std::array<std::string_view, 4> kReading{"get", "dump", "metadata", "nodeInfo"};
  const auto begins = [](std::string_view text) {
    return [text](std::string_view prefix) { return text.starts_with(prefix); };
  };
  const auto* family = std::ranges::find_if(kFamilies, begins(method.name));
  return family != kFamilies.end() &&
         std::ranges::none_of(kReading, begins(method.name.substr(family->size())));
}

}  // namespace

std::optional<std::string> cheat_parameters(const Context& context, const Method& method,
                                            Arguments arguments) {
  if (!context.log || !is_cheat(method) || !context.log->is_on()) {
    return std::nullopt;
  }
  std::string text = "[";
  for (const JsonValue& argument : arguments) {
    text += text.size() == 1 ? "" : ",";
    text += simdjson::to_string(argument);
  }
  return text + ']';
}

void log_cheat(const Context& context, std::string_view method, std::string parameters,
               std::string_view answer) {
  constexpr std::array<std::string_view, 3> kDone{"null", "true", R"("0x0")"};
  if (context.log) {
    const bool says_more = std::ranges::find(kDone, answer) == kDone.end();
    context.log->tell_request(method, std::move(parameters), says_more ? answer : "");
  }
}

void log_refusal(const Context& context, std::string_view method, const RpcError& error) {
  if (context.log && error.code != RpcCode::reverted && !error.is_logged) {
    context.log->tell_refusal(method, error.message);
  }
}

}  // namespace cairn::api
