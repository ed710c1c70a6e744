#include "api/jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/hex.hpp"
#include "tests/api/jwt_token.hpp"

namespace cairn::api {
namespace {

using test::base64url;
using test::bearer;
using testing::HasSubstr;

constexpr std::int64_t kNow = 1'700'000'000;

JwtSecret secret_of(std::uint8_t byte) {
  JwtSecret secret;
  secret.bytes.fill(byte);
  return secret;
}

std::string issued_at(std::int64_t time) { return R"({"iat":)" + std::to_string(time) + "}"; }

std::string refusal(const std::string& authorization) {
  return jwt_refusal(secret_of(7), authorization, kNow);
}

// The MAC is the work of `openssl dgst -sha256 -mac HMAC -macopt hexkey:0707...07`.
TEST(Jwt, TakesATokenThatAnotherProgramSigned) {
  EXPECT_EQ(refusal("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDB9."
                    "cZsZzsLaHRs637c9oVlVqjlfruNQkw6ZhI0ZKxhFaC4"),
            "");
}

TEST(Jwt, TakesATokenOfTheLastAndTheNextMinute) {
  for (const std::int64_t offset : {-60, -1, 0, 60}) {
    EXPECT_EQ(refusal(bearer(secret_of(7), issued_at(kNow + offset))), "");
  }
  EXPECT_EQ(refusal(bearer(secret_of(7), issued_at(kNow - 61))), "stale token");
  EXPECT_EQ(refusal(bearer(secret_of(7), issued_at(kNow + 61))), "future token");
}

TEST(Jwt, RefusesATokenWithoutItsTime) {
  EXPECT_EQ(refusal(bearer(secret_of(7), "{}")), "missing issued-at");
  EXPECT_EQ(refusal(bearer(secret_of(7), R"({"iat":"now"})")), "missing issued-at");
  EXPECT_EQ(refusal(bearer(secret_of(7), R"({"iat":1700000000,"exp":1699999999})")),
            "token is expired");
}

TEST(Jwt, MakesTheTokenThatAnotherProgramMakes) {
  const std::string made = jwt_authorization(secret_of(7), kNow);
  EXPECT_EQ(made, bearer(secret_of(7), issued_at(kNow)));
  EXPECT_EQ(refusal(made), "");
}

TEST(Jwt, TakesANullExpiryForNone) {
  EXPECT_EQ(refusal(bearer(secret_of(7), R"({"iat":1700000000,"exp":null})")), "");
  EXPECT_EQ(refusal(bearer(secret_of(7), R"({"iat":1700000000,"exp":"never"})")),
            "token is expired");
}

TEST(Jwt, RefusesForgedTokens) {
  const std::string good = bearer(secret_of(7), issued_at(kNow));
  EXPECT_EQ(refusal(bearer(secret_of(8), issued_at(kNow))), "signature is invalid");
  EXPECT_EQ(refusal(good.substr(0, good.rfind('.') + 1)), "signature is invalid");
  EXPECT_EQ(refusal(bearer(secret_of(7), issued_at(kNow), R"({"alg":"none"})")),
            "signing method must be HS256");
  EXPECT_EQ(
      refusal("Bearer " + base64url(R"({"alg":"none"})") + "." + base64url(issued_at(kNow)) + "."),
      "signing method must be HS256");
  EXPECT_EQ(refusal(bearer(secret_of(7), issued_at(kNow), R"({"alg":"HS512"})")),
            "signing method must be HS256");
  for (std::size_t at = 8; at < good.size(); at += 3) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(refusal(changed), "") << at;
  }
}

TEST(Jwt, RefusesWhatIsNoToken) {
  for (const auto* text : {"", "Basic dXNlcjpwYXNz", "bearer x.y.z"}) {
    EXPECT_EQ(refusal(text), "missing token") << text;
  }
  for (const auto* text : {"Bearer ", "Bearer x", "Bearer x.y", "Bearer a.b.c.d", "Bearer ..",
                           "Bearer !.?.=", "Bearer W10.W10.", "Bearer e30=.e30=."}) {
    EXPECT_THAT(refusal(text), HasSubstr("token ")) << text;
  }
}

TEST(Jwt, ReadsItsSecretFromAFileOrMakesOne) {
  const auto path = std::filesystem::path(testing::TempDir()) / "cairn-jwt-secret";
  std::filesystem::remove(path);
  const auto made = load_jwt_secret(path);
  ASSERT_TRUE(made);
  EXPECT_NE(made->bytes, JwtSecret{}.bytes);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(load_jwt_secret(path)->bytes, made->bytes);
  std::ofstream(path) << base::to_hex_unprefixed(made->bytes) << '\n';
  EXPECT_EQ(load_jwt_secret(path)->bytes, made->bytes);
  std::ofstream(path) << "0x1234";
  EXPECT_THAT(load_jwt_secret(path).error().message, HasSubstr("32 bytes"));
  std::filesystem::remove(path);
  EXPECT_EQ(load_jwt_secret(path.parent_path()).error().message,
            "the secret " + path.parent_path().string() + " is a folder");
}

}  // namespace
}  // namespace cairn::api
