#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::cli {
namespace {

using testing::HasSubstr;

// A port, a gas cap and a switch, with everything that may set them.
class OptionsTest : public testing::Test {
 protected:
  Result<void> set(std::string_view config = {}) {
    return set_options(
        options_, flags_,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto at = environment_.find(name);
          return at == environment_.end() ? std::nullopt : std::optional(at->second);
        },
        config);
  }

  std::uint16_t port_ = 1;
  std::uint64_t gas_ = 2;
  bool quiet_ = false;
  std::vector<std::string> origins_;
  std::vector<Option> options_{{"port", "PORT", "the port", into(port_)},
                               {"rpc.gascap", "GAS", "the cap", into(gas_)},
                               {"no-sound", "", "be quiet", into(quiet_)},
                               {"allow-origin", "LIST", "pages", into(origins_)}};
  std::map<std::string, std::string> flags_;
  std::map<std::string, std::string> environment_;
};

TEST_F(OptionsTest, KeepsDefaultsWhereNothingIsSaid) {
  ASSERT_TRUE(set());
  EXPECT_EQ(port_, 1);
}

TEST_F(OptionsTest, PrefersTheFlagThenTheEnvironmentThenTheFile) {
  ASSERT_TRUE(set("port = 10"));
  EXPECT_EQ(port_, 10);
  environment_["CAIRN_PORT"] = "11";
  ASSERT_TRUE(set("port = 10"));
  EXPECT_EQ(port_, 11);
  flags_["port"] = "12";
  ASSERT_TRUE(set("port = 10"));
  EXPECT_EQ(port_, 12);
}

TEST_F(OptionsTest, ReadsDottedNamesAsTables) {
  ASSERT_TRUE(set("no-sound = true\nallow-origin = [\"a\", \"b\"]\n[rpc]\ngascap = 77\n"));
  EXPECT_EQ(gas_, 77u);
  EXPECT_TRUE(quiet_);
  EXPECT_EQ(origins_, (std::vector<std::string>{"a", "b"}));
}

TEST_F(OptionsTest, NamesVariablesAfterOptions) {
  EXPECT_EQ(environment_name("rpc.gascap"), "CAIRN_RPC_GASCAP");
  EXPECT_EQ(environment_name("allow-origin"), "CAIRN_ALLOW_ORIGIN");
}

TEST_F(OptionsTest, NamesTheNearestKeyForAnUnknownOne) {
  const auto done = set("prot = 1");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("unknown key 'prot'"));
  EXPECT_THAT(done.error().message, HasSubstr("did you mean 'port'?"));
}

TEST_F(OptionsTest, SaysWhereAFileIsNoToml) {
  const auto done = set("port = 1\nport = = 2");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("line 2"));
}

TEST_F(OptionsTest, SaysWhichSourceHasAWrongValue) {
  flags_["port"] = "70000";
  EXPECT_THAT(set().error().message, HasSubstr("--port: 70000 is too large"));
  flags_.clear();
  environment_["CAIRN_PORT"] = "many";
  EXPECT_THAT(set().error().message, HasSubstr("CAIRN_PORT: 'many' is not a number"));
  environment_.clear();
  EXPECT_THAT(set("port = -1").error().message, HasSubstr("key 'port'"));
  environment_["CAIRN_NO_SOUND"] = "perhaps";
  EXPECT_THAT(set().error().message, HasSubstr("CAIRN_NO_SOUND"));
}

}  // namespace
}  // namespace cairn::cli
