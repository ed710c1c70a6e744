#include "cli/fork_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::cli {
namespace {

using testing::HasSubstr;

Result<ForkOptions> fork_with(const std::map<std::string, std::string>& flags) {
  ForkOptions options;
  CAIRN_CHECK(
      set_options(options_of(options), flags, [](const std::string&) { return std::nullopt; }, ""));
  return options;
}

TEST(ForkOptions, TakeTheBlockAfterTheUrl) {
  EXPECT_EQ(fork_with({{"fork-url", "http://node:8545@12"}})->block, 12);
  EXPECT_EQ(fork_with({{"fork-url", "http://node:8545@12"}})->url, "http://node:8545");
  EXPECT_EQ(fork_with({{"fork-url", "https://me:pass@node"}})->url, "https://me:pass@node");
  EXPECT_EQ(fork_with({{"fork-url", "http://node"}, {"fork-block-number", "-3"}})->block, -3);
  EXPECT_THAT(
      fork_with({{"fork-url", "http://node@1"}, {"fork-block-number", "2"}}).error().message,
      HasSubstr("names block 1"));
}

TEST(ForkOptions, RefuseWhatIsNoSource) {
  EXPECT_THAT(fork_with({{"fork-url", "wss://node"}}).error().message, HasSubstr("WebSocket"));
  EXPECT_THAT(fork_with({{"fork-url", "node"}}).error().message, HasSubstr("want a URL"));
  EXPECT_THAT(fork_with({{"fork-block-number", "x"}}).error().message, HasSubstr("'x'"));
  EXPECT_THAT(fork_with({{"timeout", "0"}}).error().message, HasSubstr("milliseconds"));
}

TEST(ForkOptions, SendHeadersAsTheyAreGiven) {
  const auto options = fork_with({{"fork-header", "x-key: a, b\nauthorization: Bearer c"}});
  ASSERT_TRUE(options);
  const auto request = request_of(*options);
  ASSERT_TRUE(request);
  const node::HttpHeaders want{{"x-key", "a, b"}, {"authorization", "Bearer c"}};
  EXPECT_EQ(request->upstream.headers, want);
  EXPECT_THAT(fork_with({{"fork-header", "no colon"}}).error().message, HasSubstr("no colon"));
}

TEST(ForkOptions, AreRefusedByNameWithoutASource) {
  for (const auto& [flag, value] : std::map<std::string, std::string>{{"fork-block-number", "3"},
                                                                      {"retries", "3"},
                                                                      {"timeout", "9"},
                                                                      {"fork-chain-id", "1"},
                                                                      {"no-rate-limit", "true"},
                                                                      {"fork-header", "a: b"}}) {
    const auto options = fork_with({{flag, value}});
    ASSERT_TRUE(options);
    EXPECT_EQ(check_without_source(*options).error().message,
              "--" + flag + ": without --fork-url there is nothing to fork from");
  }
  EXPECT_TRUE(check_without_source(*fork_with({})));
}

TEST(ForkOptions, WantABlockWhereTheChainIdIsGiven) {
  ForkOptions options;
  options.url = "http://node";
  options.chain_id = 1;
  EXPECT_THAT(request_of(options).error().message, HasSubstr("--fork-block-number"));
}

}  // namespace
}  // namespace cairn::cli
