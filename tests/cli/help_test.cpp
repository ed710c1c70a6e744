#include "cli/help.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace cairn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Option option(std::string name, std::string value, std::string help) {
  return {std::move(name), std::move(value), std::move(help), refuse("is for help only")};
}

TEST(Help, BeginsWithWhatTheCommandIsAndHowItIsCalled) {
  EXPECT_THAT(help_of({"check", "Check files", {}, "PATHS", {}}),
              StartsWith("Check files\n\nUsage: cairn check PATHS\n"));
  EXPECT_THAT(help_of({"serve", "Serve", {option("port", "PORT", "the port")}, "", {}}),
              StartsWith("Serve\n\nUsage: cairn serve [OPTIONS]\n"));
}

TEST(Help, ListsOptionsUnderTheirGroupsAndLeavesOutThoseWithoutHelp) {
  auto options = grouped("Chain", {option("fork", "NAME", "the fork"), option("old", "", "")});
  options.push_back(option("port", "PORT", "the port").also({"rpc-port"}, 'p'));
  options.push_back(grouped("Chain", {option("gas", "GAS", "its limit")}).front());
  const std::string help = help_of({"serve", "Serve", options, "", {}});
  EXPECT_THAT(help, HasSubstr("\nChain\n"
                              "      --fork NAME                 the fork\n"
                              "      --gas GAS                   its limit\n"
                              "\nOptions\n"
                              "  -p, --port PORT                 the port [also --rpc-port]\n"));
  EXPECT_THAT(help, Not(HasSubstr("--old")));
}

TEST(Help, ShowsThatAValueMayBeLeftOut) {
  const auto state = option("state", "PATH", "a file").or_alone("state.json");
  EXPECT_THAT(help_of({"serve", "Serve", {state}, "", {}}), HasSubstr("--state [PATH]"));
}

TEST(Help, KeepsLinesWithinAHundredColumnsAndEveryWord) {
  std::string words;
  for (int i = 0; i < 60; ++i) {
    words += (i == 0 ? "word" : " word") + std::to_string(i);
  }
  const std::string name(40, 'n');
  const std::string help = help_of(
      {"serve", "Serve", {option("port", "PORT", "the port"), option(name, "", words)}, "", {}});
  EXPECT_THAT(help, HasSubstr("--" + name + "\n" + std::string(34, ' ') + "word0 word1 "));
  std::istringstream lines(help);
  std::string joined;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100u) << line;
    joined += ' ' + line.substr(std::min(line.find_first_not_of(' '), line.size()));
  }
  EXPECT_THAT(joined, HasSubstr(words));
}

TEST(Help, SaysWhereElseOptionsComeFrom) {
  const Command command{"serve", "Serve", {option("rpc.gascap", "GAS", "a cap")}, "", {}};
  EXPECT_THAT(help_of(command),
              HasSubstr("from the environment: --rpc.gascap as CAIRN_RPC_GASCAP.\n"));
  Command with_file = command;
  with_file.options.push_back(option("config", "FILE", "a file"));
  EXPECT_THAT(help_of(with_file), HasSubstr("CAIRN_RPC_GASCAP, or from the file of --config.\n"));
}

}  // namespace
}  // namespace cairn::cli
