// A chain that goes on, started with flags that only a new one can be given.
#include "cli/beginning.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace cairn::cli {
namespace {

using test::Cairn;
using test::ProgramTest;
using test::read_file;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPhrase =
    "legal winner thank year wave sausage worth useful legal winner thank yellow";
constexpr std::string_view kTransferOfTheTwelfth =
    R"([{"from":"0x71be63f3384f5fb98995898a86b02fb2426c5788",)"
    R"("to":"0x00000000000000000000000000000000000000aa","value":"0x1"}])";

class BeginningTest : public ProgramTest {
 protected:
  // What one start with these flags prints.
  std::string started(const std::vector<std::string>& flags) {
    Cairn cairn(folder_, dev(flags));
    cairn.port();
    EXPECT_EQ(cairn.stop(SIGTERM), 0) << read_file(cairn.err());
    return read_file(cairn.out());
  }
  std::string refused(const std::vector<std::string>& flags) {
    const auto [code, said] = fails(dev(flags));
    EXPECT_EQ(code, 1) << said;
    return said;
  }
};

TEST_F(BeginningTest, RefusesByNameWhatTheChainDidNotBeginWith) {
  started({});
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--accounts", "12"}, "--accounts 12: the chain in "},
      {{"--balance", "77.5"}, "--balance 77.5: "},
      {{"--mnemonic", std::string(kPhrase)}, "--mnemonic: "},
      {{"--mnemonic-seed-unsafe", "3"}, "--mnemonic-seed-unsafe: "},
      {{"--derivation-path", "m/44'/60'/1'/0/"}, "--derivation-path: "},
      {{"--hardfork", "prague"}, "--hardfork Prague: "},
      {{"--base-fee", "5"}, "--block-base-fee-per-gas 5: "},
      {{"--timestamp", "99"}, "--timestamp 99: "},
      {{"--no-create2"}, "--disable-default-create2-deployer: "}};
  for (const auto& [flags, expected] : cases) {
    const std::string said = refused(flags);
    EXPECT_THAT(said, HasSubstr(expected));
    EXPECT_THAT(said, HasSubstr("leave the flag away, or --fresh starts over, --datadir takes"));
  }
  EXPECT_THAT(refused({"--balance", "77.5"}), HasSubstr("began with 10000 ether;"));
  EXPECT_THAT(refused({"--accounts", "12"}), HasSubstr("began with 10;"));
}

TEST_F(BeginningTest, GoesOnWithTheSameFlagsAsOftenAsOneLikes) {
  const std::vector<std::string> flags{"--accounts",    "12",
                                       "--balance",     "77.5",
                                       "--mnemonic",    std::string(kPhrase),
                                       "--hardfork",    "prague",
                                       "--base-fee",    "5",
                                       "--timestamp",   "99",
                                       "--gas-limit",   "1000000",
                                       "--no-create2",  "--derivation-path",
                                       "m/44'/60'/1'/0"};
  const std::string first = started(flags);
  for (int i = 0; i < 2; ++i) {
    const std::string next = started(flags);
    EXPECT_EQ(next.substr(0, next.find("Chain id")), first.substr(0, first.find("Chain id")));
    EXPECT_THAT(next, HasSubstr("continuing at block 0"));
  }
}

TEST_F(BeginningTest, KeepsItsAccountsWithoutTheFlags) {
  started({"--accounts", "12"});
  Cairn cairn(folder_, dev());
  EXPECT_THAT(ask(cairn.port(), "eth_sendTransaction", kTransferOfTheTwelfth), HasSubstr("result"));
}

TEST_F(BeginningTest, ListsNoAccountsOfAnotherPhrase) {
  started({"--mnemonic", std::string(kPhrase)});
  Cairn cairn(folder_, dev());
  EXPECT_THAT(ask(cairn.port(), "eth_accounts", "[]"), HasSubstr(R"("result":[])"));
  cairn.stop(SIGTERM);
  const std::string banner = read_file(cairn.out());
  EXPECT_THAT(banner, HasSubstr("(0) 0x58a57ed9d8d624cbd12e2c467d34787555bb1b25  and others of a "
                                "phrase or path that is not kept"));
  EXPECT_THAT(banner, Not(HasSubstr("junk")));
  EXPECT_THAT(started({"--mnemonic", std::string(kPhrase)}), HasSubstr("(9) 0x"));
}

TEST_F(BeginningTest, StartsOverWithOtherFlags) {
  started({});
  EXPECT_THAT(started({"--fresh", "--accounts", "3"}), HasSubstr("(2) 0x"));
  EXPECT_THAT(started({}), Not(HasSubstr("(3) 0x")));
}

TEST_F(BeginningTest, TakesTheGasLimitOfEachStart) {
  EXPECT_THAT(started({"--gas-limit", "2000000"}), HasSubstr("Gas limit  2000000\n"));
  EXPECT_THAT(started({"--gas-limit", "1000000"}), HasSubstr("Gas limit  1000000\n"));
  EXPECT_THAT(started({}), HasSubstr("Gas limit  60000000\n"));
}

TEST_F(BeginningTest, SaysHowBlocksAreMadeWhichFlagsTurnForOneStart) {
  EXPECT_THAT(started({"--no-mining", "--auto-impersonate"}),
              HasSubstr("Blocks     when evm_mine asks for one\nUnlocked   every address"));
  EXPECT_THAT(started({"--block-time", "3"}), HasSubstr("Blocks     every 3 s\n"));
  EXPECT_THAT(started({"--block-time", "0.5", "--mixed-mining"}),
              HasSubstr("Blocks     every 0.5 s and with every transaction\n"));
  const std::string plain = started({});
  EXPECT_THAT(plain, HasSubstr("Blocks     with every transaction\n"));
  EXPECT_THAT(plain, Not(HasSubstr("Unlocked")));
}

TEST_F(BeginningTest, RefusesFlagsOfAForkWithoutASource) {
  EXPECT_THAT(fails(dev({"--fork-block-number", "3"})).second, HasSubstr("without --fork-url"));
  started({});
  EXPECT_THAT(fails(dev({"--retries", "3"})).second, HasSubstr("--retries: without --fork-url"));
}

TEST_F(BeginningTest, SaysWhichFileOfItCannotBeRead) {
  started({});
  std::ofstream(folder_ / "data" / "beginning.json") << "{";
  EXPECT_THAT(refused({}), HasSubstr("beginning.json"));
  std::filesystem::remove(folder_ / "data" / "beginning.json");
  std::filesystem::create_directory(folder_ / "data" / "beginning.json");
  EXPECT_THAT(refused({}), HasSubstr("beginning.json is a folder"));
}

}  // namespace
}  // namespace cairn::cli
