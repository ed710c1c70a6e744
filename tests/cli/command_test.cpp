#include "cli/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace cairn::cli {
namespace {

using testing::HasSubstr;

// A program with the commands `serve` (a port, a switch, a refused flag) and `check PATHS...`.
class CommandTest : public testing::Test {
 protected:
  int run(const std::vector<std::string>& arguments) {
    out_.str({});
    err_.str({});
    const std::vector<Command> commands{
        {"serve",
         "Serve things",
         {{"config", "FILE", "a file", into(config_)},
          Option{"port", "PORT", "the port", into(port_)}.also({}, 'p'),
          {"quiet", "", "no sound", into(quiet_)},
          {"fork-url", "", "", refuse("is not supported")}},
         "",
         [](const auto&) -> Result<int> { return 7; }},
        {"check",
         "Check files",
         {},
         "PATHS",
         [this](const std::vector<std::string>& paths) -> Result<int> {
           paths_ = paths;
           return fail(ErrorCode::io, "the disk is full");
         }},
    };
    return run_command(
        commands, arguments, [](const std::string&) { return std::nullopt; }, out_, err_);
  }

  std::string config_;
  std::uint16_t port_ = 0;
  bool quiet_ = false;
  std::vector<std::string> paths_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(CommandTest, RunsTheNamedCommandWithItsOptions) {
  EXPECT_EQ(run({"serve", "--port", "81", "--quiet"}), 7);
  EXPECT_EQ(port_, 81);
  EXPECT_TRUE(quiet_);
  EXPECT_EQ(run({"serve", "--port=82"}), 7);
  EXPECT_EQ(port_, 82);
  for (const auto& [words, port] : std::vector<std::pair<std::vector<std::string>, int>>{
           {{"serve", "-p", "83"}, 83}, {{"serve", "-p84"}, 84}, {{"serve", "-p=85"}, 85}}) {
    EXPECT_EQ(run(words), 7) << err_.str();
    EXPECT_EQ(port_, port);
  }
}

TEST_F(CommandTest, TakesTheWordHelpBeforeACommand) {
  EXPECT_EQ(run({"help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Serve things"));
  EXPECT_EQ(run({"help", "serve"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("--port PORT"));
  EXPECT_EQ(run({"help", "sreve"}), 2);
  EXPECT_EQ(err_.str(),
            "cairn: unknown command 'sreve'; did you mean 'serve'?; see cairn --help\n");
}

TEST_F(CommandTest, SaysWhatIsMissing) {
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(err_.str(), "cairn: a command is missing; cairn --help lists them\n");
  EXPECT_EQ(run({"serve", "--port"}), 2);
  EXPECT_EQ(err_.str(), "cairn: --port: PORT is missing; see cairn --help\n");
}

TEST_F(CommandTest, TakesAFlagOnce) {
  EXPECT_EQ(run({"serve", "--port", "1", "--port", "2"}), 2);
  EXPECT_EQ(err_.str(), "cairn: --port: give it once; see cairn --help\n");
}

TEST_F(CommandTest, SaysWhatASwitchMayBe) {
  EXPECT_EQ(run({"serve", "--quiet=maybe"}), 2);
  EXPECT_EQ(err_.str(), "cairn: --quiet: 'maybe' is not true or false\n");
  EXPECT_EQ(run({"serve", "--quiet=true", "--quiet"}), 7);
  EXPECT_TRUE(quiet_);
  EXPECT_EQ(run({"serve", "--quiet=false"}), 7);
  EXPECT_FALSE(quiet_);
  EXPECT_EQ(run({"serve", "--quiet", "true"}), 2) << "a value is never a word of its own";
}

TEST_F(CommandTest, HandsOverArguments) {
  EXPECT_EQ(run({"check", "a", "b"}), 1);
  EXPECT_EQ(paths_, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(err_.str(), "cairn: the disk is full\n");
}

TEST_F(CommandTest, PrintsHelpOnEveryLevel) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Serve things"));
  EXPECT_EQ(run({"serve", "--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("--port"));
  EXPECT_THAT(out_.str(), HasSubstr("CAIRN_PORT"));
  EXPECT_EQ(out_.str().find("fork-url"), std::string::npos);
}

TEST_F(CommandTest, NamesTheNearestFlagForAnUnknownOne) {
  EXPECT_EQ(run({"serve", "--prot", "1"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("unknown flag '--prot'; did you mean '--port'?"));
}

TEST_F(CommandTest, NamesNoFlagThatIsRefusedItself) {
  EXPECT_EQ(run({"serve", "--fork-ulr", "x"}), 2);
  EXPECT_EQ(err_.str().find("fork-url"), std::string::npos);
}

TEST_F(CommandTest, NamesTheNearestCommandForAnUnknownOne) {
  EXPECT_EQ(run({"serv"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("unknown command 'serv'; did you mean 'serve'?"));
}

TEST_F(CommandTest, RefusesByNameWhatItDoesNotDo) {
  EXPECT_EQ(run({"serve", "--fork-url", "http://x"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--fork-url: is not supported"));
}

TEST_F(CommandTest, RefusesArgumentsThatACommandDoesNotTake) {
  EXPECT_EQ(run({"serve", "extra"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("extra"));
}

TEST_F(CommandTest, ReadsTheConfigurationFile) {
  const auto path = std::filesystem::temp_directory_path() / "cairn_command_test.toml";
  std::ofstream(path) << "port = 90\n";
  EXPECT_EQ(run({"serve", "--config", path.string()}), 7);
  EXPECT_EQ(port_, 90);
  std::filesystem::remove(path);
  EXPECT_EQ(run({"serve", "--config", path.string()}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("cannot read the configuration file"));
  EXPECT_EQ(run({"serve", "--config", path.parent_path().string()}), 1);
  EXPECT_THAT(err_.str(),
              HasSubstr("the configuration file " + path.parent_path().string() + " is a folder"));
}

}  // namespace
}  // namespace cairn::cli
