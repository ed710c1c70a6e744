#include "cli/rpc_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cairn::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<api::ServerOptions> with(const std::map<std::string, std::string>& flags) {
  RpcOptions options;
  CAIRN_CHECK(
      set_options(options_of(options), flags, [](const std::string&) { return std::nullopt; }, {}));
  CAIRN_CHECK(check(options));
  return server_options(options, "data");
}

TEST(RpcOptions, LetEveryPageAndHostInByDefault) {
  const auto options = with({});
  EXPECT_TRUE(options->web.every_origin);
  EXPECT_THAT(options->web.hosts, IsEmpty());
  EXPECT_TRUE(options->ipc_path.empty());
  EXPECT_FALSE(options->jwt);
  EXPECT_FALSE(options->tls);
}

TEST(RpcOptions, KeepForeignNamesOutWhereNotEveryPageMayRead) {
  for (const auto* flag : {"allow-origin", "http.corsdomain"}) {
    const auto options = with({{flag, "https://a.example,https://b.example"}});
    EXPECT_FALSE(options->web.every_origin);
    EXPECT_THAT(options->web.origins, ElementsAre("https://a.example", "https://b.example"));
    EXPECT_FALSE(host_allowed(options->web, "evil.example:8545"));
    EXPECT_TRUE(host_allowed(options->web, "localhost:8545"));
  }
  EXPECT_FALSE(host_allowed(with({{"no-cors", "true"}})->web, "evil.example"));
  EXPECT_TRUE(with({{"allow-origin", "*"}})->web.every_origin);
  for (const auto* flag : {"allow-origin", "http.corsdomain"}) {
    EXPECT_THAT(with({{flag, "*"}, {"no-cors", "true"}}).error().message,
                HasSubstr("--no-cors and --allow-origin exclude each other"));
  }
}

TEST(RpcOptions, RefuseAnOriginThatNoPageCanHave) {
  for (const auto* origin : {"garbage", "http://a.example/path", "http://a.example,b"}) {
    EXPECT_THAT(with({{"allow-origin", origin}}).error().message,
                HasSubstr("--allow-origin: no page has the origin"));
  }
}

TEST(RpcOptions, TakeTheHostsThatAreNamed) {
  const auto options = with({{"http.vhosts", "dev.example"}});
  EXPECT_TRUE(host_allowed(options->web, "dev.example"));
  EXPECT_FALSE(host_allowed(options->web, "localhost"));
  EXPECT_TRUE(host_allowed(with({{"no-cors", "true"}, {"http.vhosts", "*"}})->web, "any.example"));
}

TEST(RpcOptions, PutABareSocketNameIntoTheDataFolder) {
  EXPECT_EQ(with({{"ipcpath", "cairn.ipc"}})->ipc_path, "data/cairn.ipc");
  EXPECT_EQ(with({{"ipcpath", "./cairn.ipc"}})->ipc_path, "./cairn.ipc");
  EXPECT_EQ(with({{"ipcpath", "/run/cairn.ipc"}})->ipc_path, "/run/cairn.ipc");
}

TEST(RpcOptions, WantCertificateAndKeyTogether) {
  EXPECT_THAT(with({{"http.tlscert", "x"}}).error().message, HasSubstr("go together"));
  EXPECT_EQ(with({{"http.tlscert", "x"}, {"http.tlskey", "y"}})->tls->key, "y");
}

TEST(RpcOptions, SayWhatToUseInsteadOfGethsSecondPort) {
  EXPECT_THAT(with({{"ws.port", "8546"}}).error().message, HasSubstr("use --port"));
}

}  // namespace
}  // namespace cairn::cli
