#include "crypto/keystore.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/crypto/hex_bytes.hpp"
#include "tests/fixtures.hpp"

namespace cairn::crypto {
namespace {

using ::testing::HasSubstr;

constexpr SecretKey kKey =
    "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"_hash;
constexpr ScryptCost kCheap{1024, 8, 1};

std::string written() {
  return encrypt_keystore(kKey, "secret", {{{{1, 2}}}, {{{3}}}, {{{4}}}}, kCheap).value();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) {
    throw std::logic_error("the text does not hold what is to be replaced");
  }
  return text.replace(at, what.size(), by);
}

std::string error_of(const std::string& json, std::string_view password = "secret") {
  const auto key = decrypt_keystore(json, password);
  return key ? "no error" : key.error().message;
}

TEST(Keystore, DecryptsTheOfficialFiles) {
  CAIRN_FIXTURES_OR_SKIP(fixtures);
  const std::string text =
      cairn::testing::read_text(fixtures / "ethereum-tests/KeyStoreTests/basic_tests.json");
  simdjson::dom::parser parser;
  const simdjson::dom::object cases = parser.parse(text);
  EXPECT_GT(cases.size(), 0u);
  for (const auto& [name, entry] : cases) {
    const std::string json = simdjson::minify(entry["json"]);
    const std::string_view password = entry["password"];
    const std::string_view key = entry["priv"];
    EXPECT_EQ(decrypt_keystore(json, password), hex_fixed<32>(key)) << name;
    EXPECT_THAT(error_of(json, std::string(password) + " "), HasSubstr("password is wrong"));
  }
}

TEST(Keystore, ReadsWhatItWrites) {
  EXPECT_EQ(decrypt_keystore(written(), "secret"), kKey);
  EXPECT_EQ(decrypt_keystore(replaced(written(), "\"crypto\"", "\"Crypto\""), "secret"), kKey);
}

TEST(Keystore, WritesTheAddressAndAVersionFourId) {
  EXPECT_THAT(written(), HasSubstr("\"address\":\"008aeeda4d805471df9b2a5b0f38a0c3bcba786b\""));
  EXPECT_THAT(written(), HasSubstr("\"id\":\"04000000-0000-4000-8000-000000000000\""));
}

TEST(Keystore, RefusesAWrongPasswordAndATamperedFile) {
  EXPECT_THAT(error_of(written(), "Secret"), HasSubstr("password is wrong"));
  EXPECT_THAT(error_of(written(), ""), HasSubstr("password is wrong"));
  EXPECT_THAT(error_of(replaced(written(), "\"mac\":\"", "\"mac\":\"zz")), HasSubstr("mac"));
  EXPECT_THAT(error_of(replaced(written(), "008aeeda", "108aeeda")), HasSubstr("'address'"));
}

TEST(Keystore, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(error_of(""), HasSubstr("not JSON"));
  EXPECT_THAT(error_of("[]"), HasSubstr("'version' is missing"));
  EXPECT_THAT(error_of("{}"), HasSubstr("'version' is missing"));
  EXPECT_THAT(error_of(R"({"version":3})"), HasSubstr("'crypto' is missing"));
  EXPECT_THAT(error_of(R"({"version":3,"crypto":7})"), HasSubstr("'crypto.cipher' is missing"));
  const std::pair<std::string_view, std::string_view> kChanges[] = {
      {R"("version":3)", R"("version":4)"},
      {R"("version":3)", R"("version":"3")"},
      {"aes-128-ctr", "aes-128-cbc"},
      {R"("iv":"03)", R"("iv":"0303)"},
      {R"("kdf":"scrypt")", R"("kdf":"bcrypt")"},
      {R"("kdf":"scrypt")", R"("kdf":"pbkdf2")"},
      {R"("dklen":32)", R"("dklen":31)"},
      {R"("n":1024)", R"("n":1023)"},
      {R"("n":1024)", R"("n":-1024)"},
      {R"("salt":")", R"("salt":"0)"},
  };
  const std::string_view kNames[] = {
      "'version' is 4",
      "'version' is not a natural",
      "'crypto.cipher' is 'aes-128-cbc'",
      "'crypto.cipherparams.iv' has 17 bytes",
      "'crypto.kdf' is 'bcrypt'",
      "'crypto.kdfparams.prf' is missing",
      "'crypto.kdfparams.dklen'",
      "'crypto.kdfparams' cannot be used",
      "'crypto.kdfparams.n'",
      "'crypto.kdfparams.salt' is not hexadecimal",
  };
  for (std::size_t i = 0; i < std::size(kChanges); ++i) {
    EXPECT_THAT(error_of(replaced(written(), kChanges[i].first, kChanges[i].second)),
                HasSubstr(kNames[i]));
  }
}

TEST(Keystore, BoundsTheWorkThatAFileMayAskFor) {
  for (const ScryptCost& cost :
       {ScryptCost{1 << 23, 1, 1}, ScryptCost{2, 1, 1 << 23}, ScryptCost{1 << 20, 8, 1},
        ScryptCost{1 << 18, 8, 9}, ScryptCost{2, std::uint64_t{1} << 40, 1},
        ScryptCost{2, 1, std::uint64_t{1} << 63}, ScryptCost{std::uint64_t{1} << 63, 1, 1},
        ScryptCost{0, 1, 1}, ScryptCost{1, 1, 1}, ScryptCost{1024, 0, 1}, ScryptCost{1024, 1, 0}}) {
    EXPECT_FALSE(encrypt_keystore(kKey, "secret", {}, cost));
    EXPECT_THAT(error_of(replaced(written(), R"("n":1024,"p":1,"r":8)",
                                  fmt::format(R"("n":{},"p":{},"r":{})", cost.n, cost.p, cost.r))),
                HasSubstr("'crypto.kdfparams' cannot be used"));
  }
}

TEST(Keystore, RefusesKeysThatAreNone) {
  EXPECT_FALSE(encrypt_keystore(SecretKey{}, "secret", {}, kCheap));
}

}  // namespace
}  // namespace cairn::crypto
