#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kMessage = "0x48656c6c6f20576f726c64";  // Hello World
constexpr std::string_view kTyped =
    R"({"types":{"EIP712Domain":[],"T":[{"name":"x","type":"uint8"}]},"primaryType":"T",)"
    R"("domain":{},"message":{"x":1}})";

class SignMethodsTest : public testing::Test {
 protected:
  std::string owner() const { return fmt::format("\"{}\"", chain_.account(0)); }
  static std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

  DevChain chain_;
};

TEST_F(SignMethodsTest, SignAMessageInEitherOrder) {
  const std::string usual =
      chain_.result("personal_sign", fmt::format("[\"{}\",{}]", kMessage, owner()));
  EXPECT_EQ(chain_.result("personal_sign", fmt::format("[{},\"{}\",\"pw\"]", owner(), kMessage)),
            usual);
  EXPECT_EQ(chain_.result("eth_sign", fmt::format("[{},\"{}\"]", owner(), kMessage)), usual);
  EXPECT_EQ(chain_.result("personal_ecRecover", fmt::format("[\"{}\",{}]", kMessage, usual)),
            owner());
}

TEST_F(SignMethodsTest, SignAMessageThatIsAnAddressWithTheSecond) {
  const std::string other = quoted(chain_.account(1));
  const std::string signature =
      chain_.result("personal_sign", fmt::format("[{},{}]", other, owner()));
  EXPECT_EQ(chain_.result("personal_ecRecover", fmt::format("[{},{}]", other, signature)), owner());
}

TEST_F(SignMethodsTest, ListTheAccountsUnderGethsOldName) {
  EXPECT_EQ(chain_.result("personal_listAccounts"), chain_.result("eth_accounts"));
}

TEST_F(SignMethodsTest, SignTypedDataAsObjectAsTextAndUnderEveryName) {
  std::string text(kTyped);
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  const std::string usual =
      chain_.result("eth_signTypedData_v4", fmt::format("[{},{}]", owner(), kTyped));
  EXPECT_EQ(usual.size(), 2 + 2 + 130u);
  EXPECT_EQ(chain_.result("eth_signTypedData_v4", fmt::format("[{},\"{}\"]", owner(), text)),
            usual);
  EXPECT_EQ(chain_.result("eth_signTypedData_v3", fmt::format("[{},{}]", owner(), kTyped)), usual);
  EXPECT_EQ(chain_.result("eth_signTypedData", fmt::format("[{},{}]", kTyped, owner())), usual);
}

TEST_F(SignMethodsTest, SayWhatIsWrongWithTheirParameters) {
  const auto error = [&](std::string_view method, std::string params) {
    return chain_.error(method, params);
  };
  const std::string typed = "eth_signTypedData_v4";
  EXPECT_THAT(error(typed, fmt::format("[{}]", owner())), StartsWith("-32602: missing value"));
  EXPECT_THAT(error(typed, fmt::format("[\"0x12\",{}]", kTyped)),
              StartsWith("-32602: invalid argument 0 (address)"));
  EXPECT_THAT(error(typed, fmt::format("[{},{}]", owner(), "17")),
              StartsWith("-32602: invalid argument 1 (data): want an object"));
  EXPECT_THAT(error(typed, fmt::format("[{},\"{{no json\"]", owner())),
              StartsWith("-32602: invalid argument 1 (data): not valid JSON"));
  EXPECT_THAT(error("eth_signTypedData", fmt::format(R"([[{{"type":"string"}}],{}])", owner())),
              HasSubstr("a list is version 1 of typed data"));
  EXPECT_THAT(error(typed, fmt::format(R"(["0x{:040}",{}])", 1, kTyped)),
              StartsWith("-32000: unknown account 0x"));
  EXPECT_THAT(error("personal_sign", fmt::format(R"(["{}","0x12"])", kMessage)),
              StartsWith("-32602: invalid argument 1 (address): want 20 bytes"));
  EXPECT_THAT(error("personal_sign", fmt::format(R"(["Hello",{}])", owner())),
              StartsWith("-32602: invalid argument 0 (message): hex string without 0x"));
  EXPECT_THAT(error("personal_ecRecover", fmt::format(R"(["{}","0x12"])", kMessage)),
              HasSubstr("a signature has 65 bytes"));
  EXPECT_THAT(error("personal_ecRecover", fmt::format(R"(["{}","0x{:0130}"])", kMessage, 0)),
              HasSubstr("no key gives it"));
}

}  // namespace
}  // namespace cairn::api
