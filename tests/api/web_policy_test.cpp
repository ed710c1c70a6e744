#include "api/web_policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using testing::HasSubstr;

TEST(WebPolicy, TakesEveryPageByDefault) {
  EXPECT_TRUE(origin_allowed({}, "https://any.example"));
  EXPECT_TRUE(host_allowed({}, "any.example:8545"));
}

TEST(WebPolicy, TakesOnlyNamedOriginsWhole) {
  const WebPolicy policy{false, {"https://good.example"}};
  EXPECT_TRUE(origin_allowed(policy, "https://good.example"));
  for (const auto* origin : {"http://good.example", "https://good.example.evil.example",
                             "https://good.example:8080", "null", ""}) {
    EXPECT_FALSE(origin_allowed(policy, origin)) << origin;
    EXPECT_EQ(cors_headers(policy, origin), "Vary: Origin\r\n");
    EXPECT_EQ(preflight_headers(policy, origin, "x"), "");
  }
}

TEST(WebPolicy, TakesOriginsInAnyCaseAndWithOneStar) {
  const WebPolicy policy{false, {"https://*.Corp.example", "HTTP://localhost:3000"}};
  for (const auto* origin :
       {"https://a.corp.example", "https://a.b.corp.example", "http://localhost:3000"}) {
    EXPECT_TRUE(origin_allowed(policy, origin)) << origin;
  }
  for (const auto* origin : {"https://corp.example", "http://a.corp.example", "https://.corp.exam",
                             "https://a.corp.example.evil.example", ""}) {
    EXPECT_FALSE(origin_allowed(policy, origin)) << origin;
  }
}

TEST(WebPolicy, KnowsWhatIsAnOrigin) {
  for (const auto* text : {"*", "null", "http://localhost:3000", "https://*.corp.example",
                           "chrome-extension://abcdef"}) {
    EXPECT_TRUE(is_origin(text)) << text;
  }
  for (const auto* text : {"", "garbage", "localhost:3000", "http://", "http://a.example/",
                           "http://a.example/path", "http://*.*.example", "://a"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
}

TEST(WebPolicy, ServesAddressesAndNamedHostsAndNoOtherName) {
  const WebPolicy policy{false, {}, {"localhost", "Dev.Example"}};
  for (const auto* host : {"localhost", "LOCALHOST:8545", "dev.example:1", "127.0.0.1:8545",
                           "10.0.0.1", "[::1]:8545", "[2001:db8::1]", ""}) {
    EXPECT_TRUE(host_allowed(policy, host)) << host;
  }
  for (const auto* host : {"evil.example", "evil.example:8545", "localhost.evil.example",
                           "127.0.0.1.evil.example", "[evil]", "[", ":8545", "localhost@evil"}) {
    EXPECT_FALSE(host_allowed(policy, host)) << host;
  }
  EXPECT_TRUE(host_allowed({false, {}, {"*"}}, "any.example"));
}

TEST(WebPolicy, LetsAPageSendTheHeadersItAsksFor) {
  EXPECT_THAT(preflight_headers({}, "https://a.example", "content-type,x-custom"),
              HasSubstr("Allow-Headers: content-type,x-custom\r\n"));
  EXPECT_THAT(preflight_headers({}, "https://a.example", ""),
              HasSubstr("Allow-Headers: content-type\r\n"));
}

}  // namespace
}  // namespace cairn::api
