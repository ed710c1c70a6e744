#include "api/method.hpp"

#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

RpcResult<std::string> ask_nobody(Context&, const std::string& kind) { return kind; }

RpcResult<std::string> ask_caller(Context&, Caller& caller, const std::string& kind,
                                  const std::optional<bool>& full) {
  caller.after_reply.emplace_back([] {});
  return kind + (full.value_or(false) ? "+" : "-");
}

TEST(Method, TellsWhoAsksWhereItsFunctionWantsToKnow) {
  const auto plain = make_method<ask_nobody>("plain", {"kind"}, "");
  const auto pushing = make_method<ask_caller>("pushing", {"kind", "full"}, "");
  EXPECT_TRUE(std::holds_alternative<Method::Query>(plain.invoke));
  ASSERT_TRUE(std::holds_alternative<Method::PeerQuery>(pushing.invoke));
  ASSERT_EQ(pushing.parameters.size(), 2u);
  EXPECT_TRUE(pushing.parameters[0].required);
  EXPECT_FALSE(pushing.parameters[1].required);

  test::DevChain chain;
  simdjson::dom::parser parser;
  const std::vector<JsonValue> arguments{parser.parse(R"("logs")"_padded)};
  Caller caller;
  const auto answer =
      std::get<Method::PeerQuery>(pushing.invoke)(pushing, chain.context(), caller, arguments);
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, "logs-");
  EXPECT_EQ(caller.after_reply.size(), 1u);
}

}  // namespace
}  // namespace cairn::api
