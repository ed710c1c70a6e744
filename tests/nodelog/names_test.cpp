#include "nodelog/names.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "nodelog/failure.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

constexpr std::string_view kAbi = R"([
  {"type":"function","name":"buy","inputs":[{"name":"price","type":"uint256"}]},
  {"type":"function","name":"settle","inputs":[{"name":"orders","type":"tuple[]","components":[
    {"name":"who","type":"address"},{"name":"inner","type":"tuple","components":[
      {"name":"","type":"bytes"}]}]},{"name":"","type":"bool"}]},
  {"type":"function","name":"transfer","inputs":[{"name":"whom","type":"address"},
                                                 {"name":"much","type":"uint256"}]},
  {"type":"error","name":"TooPoor","inputs":[{"name":"missing","type":"uint256"}]},
  {"type":"event","name":"Bought","inputs":[]},
  {"type":"constructor","inputs":[]}
])";

std::size_t learn(Names& names, std::string_view abi) {
  simdjson::dom::parser parser;
  return names.learn(simdjson::dom::array(parser.parse(abi.data(), abi.size())));
}

std::shared_ptr<const Signature> function(const Names& names, std::string_view signature) {
  return names.function(types::selector(signature));
}

TEST(Names, AreLearntFromAnAbi) {
  Names names;
  EXPECT_EQ(learn(names, kAbi), 4u);
  ASSERT_NE(function(names, "buy(uint256)"), nullptr);
  EXPECT_EQ(function(names, "buy(uint256)")->parameters, std::vector<std::string>{"price"});
  const auto settle = function(names, "settle((address,(bytes))[],bool)");
  ASSERT_NE(settle, nullptr);
  EXPECT_EQ(settle->parameters, (std::vector<std::string>{"orders", ""}));
}

TEST(Names, ComeBeforeThoseThatMostChainsKnow) {
  Names names;
  EXPECT_EQ(function(names, "transfer(address,uint256)")->parameters.front(), "to");
  learn(names, kAbi);
  EXPECT_EQ(function(names, "transfer(address,uint256)")->parameters.front(), "whom");
  EXPECT_NE(function(names, "approve(address,uint256)"), nullptr);
  EXPECT_EQ(function(names, "unheard(address,uint256)"), nullptr);
}

TEST(Names, TellErrorsWithTheirArguments) {
  Names names;
  Bytes output = base::to_bytes(types::selector("TooPoor(uint256)"));
  output.resize(4 + 32);
  output.back() = 9;
  EXPECT_TRUE(failure_text(evm::Status::revert, output, names).starts_with("custom error 0x"));
  learn(names, kAbi);
  EXPECT_EQ(failure_text(evm::Status::revert, output, names), "TooPoor(missing: 9)");
}

TEST(Names, AreLearntFromACompilersOutput) {
  const std::string text =
      R"({"contracts":{"A.sol":{"A":{"abi":)" + std::string(kAbi) + R"(}},"B.sol":{"B":{}}}})";
  simdjson::dom::parser parser;
  Names names;
  EXPECT_EQ(names.learn_output(simdjson::dom::object(parser.parse(text))), 4u);
  EXPECT_NE(function(names, "buy(uint256)"), nullptr);
}

TEST(Names, PassOverWhatCannotBeRead) {
  Names names;
  const std::string deep = [] {
    std::string out = R"({"name":"a","type":"bool"})";
    for (int i = 0; i < 40; ++i) {
      out = R"({"name":"a","type":"tuple","components":[)" + out + "]}";
    }
    return R"([{"type":"function","name":"deep","inputs":[)" + out + "]}]";
  }();
  for (const std::string_view abi : {
           std::string_view(R"([1,null,"f",{}])"),
           std::string_view(R"([{"type":"function","name":"f"}])"),
           std::string_view(R"([{"type":"function","name":"f g","inputs":[]}])"),
           std::string_view("[{\"type\":\"error\",\"name\":\"\\u001b[2J\",\"inputs\":[]}]"),
           std::string_view(
               R"([{"type":"function","name":"f","inputs":[{"name":"a","type":"uint257"}]}])"),
           std::string_view(
               R"([{"type":"function","name":"f","inputs":[{"name":"a","type":"tuple"}]}])"),
           std::string_view(deep),
       }) {
    EXPECT_EQ(learn(names, abi), 0u) << abi.substr(0, 80);
  }
}

}  // namespace
}  // namespace cairn::nodelog
