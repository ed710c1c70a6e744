#include "api/filters.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/random_id.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;
using testing::StartsWith;

class FiltersTest : public testing::Test {
 protected:
  std::string result(std::string_view method, std::string_view params = "[]") {
    return chain_.result(method, params);
  }
  // An id is JSON text already.
  std::string changes(const std::string& id) {
    return result("eth_getFilterChanges", "[" + id + "]");
  }
  std::string head_hash() {
    return member(result("eth_getBlockByNumber", R"(["latest",false])"), "hash");
  }
  // A contract that logs topic 7 whenever it is called.
  std::string deploy_logger() { return chain_.deploy("0x60075f5fa1"); }
  void call(const std::string& to) {
    result("eth_sendTransaction",
           fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  }

  DevChain chain_;
};

TEST(RandomId, HasNoZerosInFront) {
  base::SystemRandom random;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = random_id(random);
    ASSERT_THAT(id, testing::MatchesRegex("0x[1-9a-f][0-9a-f]*"));
  }
}

TEST_F(FiltersTest, TellsEachNewBlockOnce) {
  chain_.send_transfer(0, 0);
  const std::string id = result("eth_newBlockFilter");
  EXPECT_EQ(changes(id), "[]");
  chain_.send_transfer(0, 1);
  const std::string first = head_hash();
  chain_.send_transfer(0, 2);
  EXPECT_EQ(changes(id), "[" + first + "," + head_hash() + "]");
  EXPECT_EQ(changes(id), "[]");
}

TEST_F(FiltersTest, TellsBlocksThatReplaceThoseTakenBack) {
  const std::string id = result("eth_newBlockFilter");
  const std::string mark = result("evm_snapshot");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(changes(id), "[" + head_hash() + "]");
  result("evm_revert", "[" + mark + "]");
  EXPECT_EQ(changes(id), "[]");
  chain_.send_transfer(1, 0);
  EXPECT_EQ(changes(id), "[" + head_hash() + "]");
}

TEST_F(FiltersTest, TellsLogsAndThatTheyAreTakenBack) {
  const std::string to = deploy_logger();
  const std::string id = result("eth_newFilter", fmt::format(R"([{{"address":{}}}])", to));
  const std::string other =
      result("eth_newFilter", fmt::format(R"([{{"address":"{}"}}])", chain_.account(1)));
  EXPECT_EQ(changes(id), "[]");
  const std::string mark = result("evm_snapshot");
  call(to);
  const std::string told = changes(id);
  EXPECT_EQ(told, result("eth_getLogs", R"([{"fromBlock":"0x2"}])"));
  EXPECT_THAT(told, HasSubstr(R"("removed":false)"));
  result("evm_revert", "[" + mark + "]");
  std::string removed = told;
  removed.replace(removed.find(":false"), 6, ":true");
  EXPECT_EQ(changes(id), removed);
  EXPECT_EQ(changes(id), "[]");
  EXPECT_EQ(changes(other), "[]");
}

TEST_F(FiltersTest, SaysNothingOfLogsThatCameAndWentBetweenTwoPolls) {
  const std::string to = deploy_logger();
  const std::string id = result("eth_newFilter", "[{}]");
  const std::string mark = result("evm_snapshot");
  call(to);
  result("evm_revert", "[" + mark + "]");
  call(to);
  EXPECT_EQ(changes(id), result("eth_getLogs", "[{}]"));
}

TEST_F(FiltersTest, KeepsToTheBlocksAskedFor) {
  const std::string to = deploy_logger();
  const std::string id = result("eth_newFilter", R"([{"fromBlock":"0x3","toBlock":"0x3"}])");
  for (int i = 0; i < 3; ++i) {
    call(to);  // blocks 2, 3 and 4
  }
  EXPECT_EQ(changes(id), result("eth_getLogs", R"([{"fromBlock":"0x3","toBlock":"0x3"}])"));
  EXPECT_EQ(changes(id), "[]");
}

TEST_F(FiltersTest, TellsAPollInPartsWhereItHasTooManyLogs) {
  FilterLimits limits;
  limits.poll.logs = 2;
  chain_.context().filters =
      std::make_shared<Filters>(chain_.node(), std::make_shared<base::SimulatedClock>(), limits);
  const std::string to = deploy_logger();
  const std::string id = result("eth_newFilter", "[{}]");
  for (int i = 0; i < 3; ++i) {
    call(to);
  }
  EXPECT_EQ(changes(id), result("eth_getLogs", R"([{"fromBlock":"0x2","toBlock":"0x3"}])"));
  EXPECT_EQ(changes(id), result("eth_getLogs", R"([{"fromBlock":"0x4"}])"));
  EXPECT_EQ(changes(id), "[]");
}

TEST_F(FiltersTest, AnswersAllLogsOfItsOwnTerms) {
  const std::string to = deploy_logger();
  call(to);
  const std::string id = result("eth_newFilter", R"([{"fromBlock":"0x0"}])");
  EXPECT_EQ(changes(id), "[]");
  EXPECT_EQ(result("eth_getFilterLogs", "[" + id + "]"),
            result("eth_getLogs", R"([{"fromBlock":"0x0"}])"));
}

TEST_F(FiltersTest, TellsEachPooledTransactionOnceMinedOrNot) {
  const std::string hashes = result("eth_newPendingTransactionFilter");
  const std::string whole = result("eth_newPendingTransactionFilter", "[true]");
  const std::string mined = chain_.send_transfer(0, 0);
  const std::string waiting = chain_.send_transfer(0, 5);
  EXPECT_EQ(changes(hashes), "[" + mined + "," + waiting + "]");
  EXPECT_EQ(changes(hashes), "[]");
  EXPECT_THAT(changes(whole), HasSubstr(R"("nonce":"0x5")"));
}

TEST_F(FiltersTest, KeepsNoNotesThatNobodyWaitsFor) {
  chain_.send_transfer(0, 0);
  EXPECT_EQ(chain_.context().filters->notes(), 0u);
  const std::string id = result("eth_newPendingTransactionFilter");
  chain_.send_transfer(0, 1);
  EXPECT_EQ(chain_.context().filters->notes(), 1u);
  changes(id);
  EXPECT_EQ(chain_.context().filters->notes(), 0u);
  chain_.send_transfer(0, 2);
  EXPECT_EQ(result("eth_uninstallFilter", "[" + id + "]"), "true");
  EXPECT_EQ(chain_.context().filters->notes(), 0u);
}

TEST_F(FiltersTest, EndsWhatIsNotPolledForFiveMinutes) {
  const std::string kept = result("eth_newBlockFilter");
  const std::string left = result("eth_newBlockFilter");
  chain_.clock().advance(200'000);
  changes(kept);
  chain_.clock().advance(200'000);
  EXPECT_EQ(changes(kept), "[]");
  EXPECT_EQ(chain_.error("eth_getFilterChanges", "[" + left + "]"), "-32000: filter not found");
  EXPECT_EQ(chain_.context().filters->size(), 1u);
}

TEST_F(FiltersTest, EndsWhatIsTooFarBehind) {
  FilterLimits limits;
  limits.notes = 3;
  chain_.context().filters =
      std::make_shared<Filters>(chain_.node(), std::make_shared<base::SimulatedClock>(), limits);
  const std::string id = result("eth_newPendingTransactionFilter");
  const std::string blocks = result("eth_newBlockFilter");
  for (std::uint64_t nonce = 0; nonce < 4; ++nonce) {
    chain_.send_transfer(0, nonce);
  }
  EXPECT_EQ(chain_.error("eth_getFilterChanges", "[" + id + "]"), "-32000: filter not found");
  EXPECT_THAT(changes(blocks), StartsWith("[\"0x"));
  EXPECT_EQ(chain_.context().filters->notes(), 0u);
}

TEST_F(FiltersTest, SaysWhatIsWrong) {
  const auto error = [this](std::string_view method, std::string_view params) {
    return chain_.error(method, params);
  };
  EXPECT_EQ(error("eth_getFilterChanges", R"(["0x1"])"), "-32000: filter not found");
  EXPECT_EQ(error("eth_getFilterLogs", "[" + result("eth_newBlockFilter") + "]"),
            "-32000: filter not found");
  EXPECT_EQ(result("eth_uninstallFilter", R"(["0x1"])"), "false");
  EXPECT_THAT(error("eth_getFilterChanges", "[1]"), StartsWith("-32602: invalid argument 0 (id)"));
  EXPECT_EQ(error("eth_newFilter", "[]"), "-32602: missing value for required argument 0 (filter)");
  EXPECT_EQ(error("eth_newFilter", R"([{"fromBlock":"0x5","toBlock":"0x4"}])"),
            "-32602: invalid block range params");
  EXPECT_THAT(error("eth_newPendingTransactionFilter", R"(["yes"])"),
              StartsWith("-32602: invalid argument 0 (whole)"));
  FilterLimits limits;
  limits.filters = 1;
  chain_.context().filters =
      std::make_shared<Filters>(chain_.node(), std::make_shared<base::SimulatedClock>(), limits);
  result("eth_newBlockFilter");
  EXPECT_THAT(error("eth_newBlockFilter", "[]"), StartsWith("-32602: too many filters: at most 1"));
}

}  // namespace
}  // namespace cairn::api
