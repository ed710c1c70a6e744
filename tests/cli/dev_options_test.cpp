#include "cli/dev_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace cairn::cli {
namespace {

using testing::HasSubstr;

Result<DevOptions> dev_with(const std::string& name, const std::string& text) {
  DevOptions options;
  CAIRN_CHECK(set_options(options_of(options), {{name, text}},
                          [](const std::string&) { return std::nullopt; }, {}));
  return options;
}

TEST(DevOptions, HaveDistinctNames) {
  DevOptions options;
  std::set<std::string> names;
  for (const auto& option : options_of(options)) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
  }
}

TEST(DevOptions, TakeEtherWithDecimals) {
  EXPECT_EQ(dev_with("balance", "1.5")->balance, U256{1'500'000'000'000'000'000});
  EXPECT_FALSE(dev_with("balance", "1.0000000000000000001"));
  EXPECT_FALSE(dev_with("balance", "much"));
  EXPECT_FALSE(dev_with("balance", "-1"));
}

TEST(DevOptions, TakeWellKnownChainsByName) {
  EXPECT_EQ(dev_with("chain-id", "mainnet")->chain_id, 1);
  EXPECT_EQ(dev_with("fork-chain-id", "sepolia")->fork.chain_id, 11155111);
  EXPECT_EQ(dev_with("chain-id", "77")->chain_id, 77);
  EXPECT_THAT(dev_with("chain-id", "narnia").error().message,
              HasSubstr("'narnia' is neither a number nor the name of a well-known chain"));
  EXPECT_FALSE(dev_with("chain-id", "1x"));
}

TEST(DevOptions, TakeOrdersInAnyCase) {
  EXPECT_EQ(dev_with("order", "FIFO")->order, txpool::Order::fifo);
  EXPECT_EQ(dev_with("order", "Fees")->order, txpool::Order::fees);
}

TEST(DevOptions, TakeForksAfterTheMerge) {
  EXPECT_EQ(dev_with("hardfork", "cancun")->hardfork, types::Fork::cancun);
  EXPECT_THAT(dev_with("hardfork", "london").error().message, HasSubstr("after the merge"));
  EXPECT_THAT(dev_with("hardfork", "bpo1").error().message, HasSubstr("bpo1Time"));
  EXPECT_THAT(dev_with("gas-limit", "0").error().message, HasSubstr("takes no transaction"));
  EXPECT_EQ(dev_with("gas-limit", "1")->gas_limit, 1u);
  EXPECT_THAT(dev_with("hardfork", "lisbon").error().message, HasSubstr("'lisbon'"));
}

TEST(DevOptions, TakeVerbosityAsGethsNumberOrAsAName) {
  EXPECT_EQ(dev_with("verbosity", "4")->verbosity, base::LogLevel::debug);
  EXPECT_EQ(dev_with("verbosity", "warn")->verbosity, base::LogLevel::warn);
  EXPECT_FALSE(dev_with("verbosity", "loud"));
}

TEST(DevOptions, TakeSecondsOfBlockTime) {
  EXPECT_EQ(dev_with("block-time", "0.5")->block_time, 0.5);
  EXPECT_FALSE(dev_with("block-time", "0"));
  EXPECT_FALSE(dev_with("block-time", "-1"));
}

TEST(DevOptions, TakeSwitchesOfTheLog) {
  EXPECT_TRUE(dev_with("print-traces", "true")->print_traces);
  EXPECT_TRUE(dev_with("disable-console-log", "true")->disable_console_log);
  EXPECT_FALSE(DevOptions{}.print_traces || DevOptions{}.disable_console_log);
}

TEST(DevOptions, RefuseByNameWhatIsNotDone) {
  EXPECT_THAT(dev_with("fork-transaction-hash", "0x12").error().message,
              HasSubstr("--fork-transaction-hash: this flag is not supported"));
  EXPECT_THAT(dev_with("http.port", "1").error().message, HasSubstr("use --port"));
}

}  // namespace
}  // namespace cairn::cli
