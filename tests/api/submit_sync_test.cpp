#include "api/submit_sync.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;
using testing::StartsWith;

class SubmitSync : public testing::Test {
 protected:
  std::string params(std::size_t from, std::uint64_t nonce, std::string_view timeout = "") const {
    return fmt::format(R"(["{}"{}])", chain_.transfer(from, nonce),
                       timeout.empty() ? "" : fmt::format(",{}", timeout));
  }
  std::future<std::string> begin(const std::string& parameters) {
    auto promise = std::make_shared<std::promise<std::string>>();
    chain_.dispatcher().handle(
        test::request("eth_sendRawTransactionSync", parameters), nullptr,
        [promise](std::string answer) { promise->set_value(std::move(answer)); });
    return promise->get_future();
  }
  std::string error_of(const std::string& parameters) {
    return member(chain_.ask(test::request("eth_sendRawTransactionSync", parameters)), "error");
  }

  DevChain chain_;
};

TEST_F(SubmitSync, AnswersTheReceiptOfWhatIsMinedAtOnce) {
  const std::string receipt = chain_.result("eth_sendRawTransactionSync", params(0, 0));
  EXPECT_EQ(receipt, chain_.result("eth_getTransactionReceipt",
                                   "[" + member(receipt, "transactionHash") + "]"));
  EXPECT_EQ(member(receipt, "status"), R"("0x1")");
}

TEST_F(SubmitSync, SignsWithAnAccountOfThisNode) {
  const std::string transaction = fmt::format(R"({{"from":"{}","to":"{}","value":"0x1"}})",
                                              chain_.account(0), chain_.account(1));
  const std::string receipt = chain_.result("eth_sendTransactionSync", "[" + transaction + "]");
  EXPECT_EQ(receipt, chain_.result("eth_getTransactionReceipt",
                                   "[" + member(receipt, "transactionHash") + "]"));
}

TEST_F(SubmitSync, WaitsForABlockAndKeepsNobodyElseWaiting) {
  chain_.result("evm_setAutomine", "[false]");
  std::vector<std::future<std::string>> waiting;
  for (std::uint64_t nonce = 0; nonce < 8; ++nonce) {  // more than there are workers
    waiting.push_back(begin(params(0, nonce, "10000")));
  }
  EXPECT_EQ(waiting[0].wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  chain_.result("evm_mine");
  for (auto& one : waiting) {
    EXPECT_EQ(member(member(one.get(), "result"), "blockNumber"), R"("0x1")");
  }
}

TEST_F(SubmitSync, TellsTheHashWhenTimeIsOver) {
  chain_.result("evm_setAutomine", "[false]");
  auto waiting = begin(params(0, 0, R"("0x3e8")"));
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  chain_.clock().advance(999);
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  chain_.clock().advance(1);
  const std::string error = member(waiting.get(), "error");
  EXPECT_EQ(member(error, "code"), "4");
  EXPECT_THAT(member(error, "message"), HasSubstr("within 1000 ms"));
  // It is kept: it can be mined later.
  chain_.result("evm_mine");
  EXPECT_EQ(member(chain_.result("eth_getTransactionReceipt", "[" + member(error, "data") + "]"),
                   "status"),
            R"("0x1")");
}

TEST_F(SubmitSync, EndsWithTheReasonWhenItLeavesThePool) {
  chain_.result("evm_setAutomine", "[false]");
  auto waiting = begin(params(0, 0, "60000"));
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  chain_.result("anvil_dropAllTransactions");
  const std::string error = member(waiting.get(), "error");
  EXPECT_EQ(member(error, "code"), "-32000");
  EXPECT_THAT(member(error, "message"), HasSubstr("has left the pool without a block: "));
}

TEST_F(SubmitSync, KeepsNothingThatHasANonceGap) {
  const std::string error = error_of(params(0, 3));
  EXPECT_EQ(member(error, "code"), "6");
  EXPECT_EQ(member(error, "data"), R"("0x0")");
  EXPECT_THAT(member(error, "message"), HasSubstr("next nonce 0, tx nonce 3"));
  chain_.result("evm_setAutomine", "[false]");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(member(error_of(params(0, 2)), "data"), R"("0x1")");
  EXPECT_EQ(chain_.node().pool_status().queued, 0u);
}

TEST_F(SubmitSync, KeepsNothingThatIsBelowTheBaseFee) {
  chain_.result("evm_setAutomine", "[false]");
  const std::string error = error_of(fmt::format(R"(["{}"])", chain_.transfer(0, 0, 1)));
  EXPECT_EQ(member(error, "code"), "5");
  EXPECT_THAT(member(error, "message"), HasSubstr("cannot be executed now"));
  EXPECT_EQ(member(error, "data").size(), 68u);
  EXPECT_EQ(chain_.result("eth_getTransactionByHash", "[" + member(error, "data") + "]"), "null");
  EXPECT_EQ(chain_.node().pool_status().pending, 0u);
}

TEST_F(SubmitSync, RefusesAsASendDoes) {
  chain_.send_transfer(0, 0);
  EXPECT_THAT(error_of(params(0, 0)), HasSubstr("nonce too low"));
  EXPECT_THAT(error_of(R"(["0x"])"), HasSubstr("-32602"));
  EXPECT_THAT(error_of("[]"), HasSubstr("missing value for required argument 0"));
  EXPECT_THAT(error_of(params(0, 1, "true")), HasSubstr("invalid argument 1 (timeout)"));
}

TEST_F(SubmitSync, TakesTheUsualTimeForATimeThatIsNone) {
  const auto read = [](std::string_view json) {
    simdjson::dom::parser parser;
    return read_wait_time(parser.parse(simdjson::padded_string(json)))->ms;
  };
  EXPECT_EQ(read("5000"), 5'000u);
  EXPECT_EQ(read(R"("0x10")"), 16u);
  EXPECT_EQ(read("0"), 2'000u);
  EXPECT_EQ(read("-1"), 2'000u);
  EXPECT_EQ(read("1.5"), 2'000u);
  EXPECT_EQ(read("60001"), 2'000u);
}

TEST_F(SubmitSync, WorksInABatch) {
  const std::string answer =
      chain_.ask("[" + test::request("eth_sendRawTransactionSync", params(0, 0)) + "," +
                 test::request("eth_blockNumber", "[]", "2") + "]");
  EXPECT_THAT(answer, HasSubstr(R"("blockNumber":"0x1")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":2,"result":"0x1")"));
}

}  // namespace
}  // namespace cairn::api
