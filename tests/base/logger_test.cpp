#include "base/logger.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <thread>
#include <vector>

namespace cairn::base {
namespace {

class LoggerTest : public ::testing::Test {
 protected:
  Logger logger(LogFormat format = LogFormat::text, LogLevel level = LogLevel::info) {
    return {clock_, out_, format, level};
  }
  std::string written() const { return out_.str(); }

 private:
  SimulatedClock clock_{1'700'000'000'007};
  std::ostringstream out_;
};

TEST_F(LoggerTest, WritesOneLineOfText) {
  logger().named("chain").info("block imported",
                               {{"number", 12u}, {"hash", "0x1f"}, {"by", "a b"}, {"final", true}});
  EXPECT_EQ(written(),
            "2023-11-14T22:13:20.007Z INFO  chain: block imported number=12 hash=0x1f by=\"a b\" "
            "final=true\n");
}

TEST_F(LoggerTest, WritesOneLineOfJson) {
  logger(LogFormat::json).warn("slow", {{"ms", -1}, {"ratio", 0.5}, {"odd", std::nan("")}});
  EXPECT_EQ(written(),
            R"({"time":"2023-11-14T22:13:20.007Z","level":"warn","message":"slow","ms":-1,)"
            R"("ratio":0.5,"odd":null})"
            "\n");
}

TEST_F(LoggerTest, ForeignTextNeitherBeginsALineNorLeavesItsQuotes) {
  logger().info("peer said\n2023 ERROR", {{"name", "x\" y\x1b"}});
  EXPECT_EQ(written(),
            "2023-11-14T22:13:20.007Z INFO  peer said\\n2023 ERROR name=\"x\\\" y\\u001b\"\n");
}

TEST_F(LoggerTest, WritesABlockUnderItsLineOrAsJson) {
  const LogBlock block{{"hello\n2023 ERROR", "say \"x\"\x1b"}, R"(["hello"])"};
  logger().info("ran", {{"console", block}, {"gas", 1u}});
  logger(LogFormat::json).info("ran", {{"console", block}, {"gas", 1u}});
  EXPECT_EQ(written(),
            "2023-11-14T22:13:20.007Z INFO  ran gas=1\n"
            "    hello\\n2023 ERROR\n"
            "    say \"x\"\\u001b\n"
            R"({"time":"2023-11-14T22:13:20.007Z","level":"info","message":"ran",)"
            R"("console":["hello"],"gas":1})"
            "\n");
}

TEST_F(LoggerTest, DropsWhatIsBelowItsLevel) {
  const Logger quiet = logger(LogFormat::text, LogLevel::warn);
  quiet.info("unheard");
  EXPECT_FALSE(quiet.enabled(LogLevel::info));
  EXPECT_TRUE(quiet.enabled(LogLevel::error));
  EXPECT_EQ(written(), "");
}

TEST_F(LoggerTest, TheDefaultLoggerSaysNothing) {
  const Logger none;
  none.error("unheard");
  EXPECT_FALSE(none.enabled(LogLevel::error));
}

TEST_F(LoggerTest, LinesOfManyThreadsStayWhole) {
  const Logger shared = logger();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([shared] {
        for (int i = 0; i < 100; ++i) {
          shared.info("line", {{"i", i}});
        }
      });
    }
  }
  std::istringstream lines(written());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(line.starts_with("2023-11-14T22:13:20.007Z INFO  line i="));
  }
  EXPECT_EQ(count, 400);
}

TEST(LogLevels, HaveNamesBothWays) {
  EXPECT_EQ(log_level_from_name("debug"), LogLevel::debug);
  EXPECT_EQ(log_level_name(LogLevel::off), "off");
  EXPECT_FALSE(log_level_from_name("loud"));
}

}  // namespace
}  // namespace cairn::base
