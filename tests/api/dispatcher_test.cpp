#include "api/dispatcher.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::request;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kParseError =
    R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error)";
constexpr std::string_view kInvalidRequest =
    R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)";

TEST(Dispatcher, AnswersARequestUnderItsId) {
  DevChain chain;
  EXPECT_EQ(chain.ask(request("eth_chainId", "[]", "7")),
            R"({"jsonrpc":"2.0","id":7,"result":"0x7a69"})");
  EXPECT_EQ(chain.ask(request("eth_chainId", "[]", R"("a\"b")")),
            R"({"jsonrpc":"2.0","id":"a\"b","result":"0x7a69"})");
  EXPECT_EQ(chain.ask(request("eth_chainId", "[]", "null")),
            R"({"jsonrpc":"2.0","id":null,"result":"0x7a69"})");
}

TEST(Dispatcher, TakesRequestsWithoutParamsOrWithNullParams) {
  DevChain chain;
  EXPECT_THAT(chain.ask(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})"), HasSubstr("0x7a69"));
  EXPECT_THAT(chain.ask(request("eth_chainId", "null")), HasSubstr("0x7a69"));
}

TEST(Dispatcher, SaysThatSomethingIsNotJson) {
  DevChain chain;
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("hello"), std::string("{\"a\":1"),
        std::string("[1,]"), std::string("\xff\xfe"), std::string("{\"jsonrpc\":\"\xc3\x28\"}"),
        std::string(3, '\0'), std::string("{}{}")}) {
    EXPECT_THAT(chain.ask(text), StartsWith(kParseError)) << text;
  }
}

TEST(Dispatcher, ReadsIntegersOfMoreThan64Bits) {
  DevChain chain;
  const std::string amount = fmt::format(R"(["{}",100000000000000000000])", chain.account(5));
  EXPECT_EQ(chain.result("anvil_setBalance", amount), "null");
  EXPECT_EQ(chain.result("eth_getBalance", fmt::format(R"(["{}","latest"])", chain.account(5))),
            R"("0x56bc75e2d63100000")");
  const std::string answer =
      chain.ask("[" + request("eth_chainId", "[100000000000000000000]", "1") + "," +
                request("eth_chainId", "[]", "2") + "]");
  EXPECT_THAT(answer, HasSubstr(R"("id":1,"error":{"code":-32602)"));
  EXPECT_THAT(answer, HasSubstr(R"("id":2,"result":"0x7a69")"));
}

TEST(Dispatcher, RefusesDeepNesting) {
  DevChain chain;
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THAT(chain.ask(deep), StartsWith(kParseError));
  EXPECT_THAT(chain.ask(request("eth_call", deep)), StartsWith(kParseError));
}

TEST(Dispatcher, SaysWhatIsNoRequest) {
  DevChain chain;
  EXPECT_THAT(chain.ask("5"), StartsWith(kInvalidRequest));
  EXPECT_THAT(chain.ask("[]"), HasSubstr("empty batch"));
  EXPECT_THAT(chain.ask(R"({"jsonrpc":"2.0","id":{},"method":"x"})"), StartsWith(kInvalidRequest));
  EXPECT_THAT(chain.ask(R"({"id":3,"method":"eth_chainId"})"),
              HasSubstr(R"("id":3,"error":{"code":-32600)"));
  EXPECT_THAT(chain.ask(R"({"jsonrpc":"2.0","id":3,"method":7})"), HasSubstr("-32600"));
  EXPECT_THAT(chain.ask(R"({"jsonrpc":"2.0","id":3,"method":"eth_chainId","params":7})"),
              HasSubstr("-32600"));
}

TEST(Dispatcher, RefusesNamedParameters) {
  DevChain chain;
  EXPECT_THAT(chain.ask(request("eth_getBalance", R"({"address":"0x0"})")), HasSubstr("-32602"));
}

TEST(Dispatcher, NamesAnUnknownMethod) {
  DevChain chain;
  EXPECT_EQ(chain.error("eth_nope"), "-32601: the method eth_nope does not exist/is not available");
  EXPECT_THAT(chain.error("eth_notThere"), StartsWith("-32601"));
}

TEST(Dispatcher, NamesTheParameterThatIsWrong) {
  DevChain chain;
  EXPECT_EQ(chain.error("eth_getBalance"),
            "-32602: missing value for required argument 0 (address)");
  EXPECT_EQ(chain.error("eth_getBalance", R"(["0x1234"])"),
            "-32602: invalid argument 0 (address): want 20 bytes, have 2");
  EXPECT_EQ(chain.error("eth_getBalance", R"([null])"),
            "-32602: missing value for required argument 0 (address)");
  EXPECT_THAT(chain.error("eth_getBalance", fmt::format(R"(["{}","lately"])", chain.account(0))),
              StartsWith("-32602: invalid argument 1 (block): 'lately' is neither"));
  EXPECT_EQ(chain.error("eth_chainId", "[1]"), "-32602: too many arguments, want at most 0");
  EXPECT_EQ(chain.error("eth_getTransactionByBlockNumberAndIndex", R"(["0x1","0x01"])"),
            "-32602: invalid argument 1 (index): hex number with leading zero digits");
  EXPECT_EQ(chain.error("eth_getBlockByNumber", R"(["0x"])"),
            R"(-32602: invalid argument 0 (block): hex string \"0x\" is no number, zero is 0x0)");
}

TEST(Dispatcher, RefusesBlockNumbersThatGethRefuses) {
  DevChain chain;
  for (const std::string_view text : {"0x00", "0x01"}) {
    const std::string number = fmt::format(R"(["{}",false])", text);
    EXPECT_EQ(chain.error("eth_getBlockByNumber", number),
              "-32602: invalid argument 0 (block): hex number with leading zero digits");
  }
  const std::string of = chain.account(0);
  EXPECT_EQ(chain.error("eth_getBalance", fmt::format(R"(["{}","0x8000000000000000"])", of)),
            "-32602: invalid argument 1 (block): block number larger than int64");
  EXPECT_EQ(chain.error("eth_getBalance", fmt::format(R"(["{}",{{"blockNumber":"0x01"}}])", of)),
            "-32602: invalid argument 1 (block): hex number with leading zero digits");
  EXPECT_EQ(chain.error("eth_getBalance", fmt::format(R"(["{}","0x7fffffffffffffff"])", of)),
            "-32000: header not found");
}

TEST(Dispatcher, TakesLeadingZerosOfTheBlockToTrace) {
  DevChain chain;
  chain.result("evm_mine");
  EXPECT_EQ(chain.result("debug_traceBlockByNumber", R"(["0x01"])"), "[]");
  EXPECT_THAT(chain.error("debug_traceBlockByNumber", R"(["0x0g"])"), StartsWith("-32602: "));
}

TEST(Dispatcher, GivesNotificationsNoReply) {
  DevChain chain;
  EXPECT_EQ(chain.ask(R"({"jsonrpc":"2.0","method":"eth_chainId"})"), "");
  EXPECT_EQ(chain.ask(R"({"jsonrpc":"2.0","method":"eth_nope"})"), "");
  EXPECT_EQ(chain.ask(R"([{"jsonrpc":"2.0","method":"eth_chainId"}])"), "");
}

TEST(Dispatcher, CarriesOutANotificationThatSends) {
  DevChain chain;
  EXPECT_EQ(chain.ask(fmt::format(
                R"({{"jsonrpc":"2.0","method":"eth_sendRawTransaction","params":["{}"]}})",
                chain.transfer(0, 0))),
            "");
  EXPECT_EQ(chain.result("eth_blockNumber"), R"("0x1")");
}

TEST(Dispatcher, AnswersABatchInItsOrder) {
  DevChain chain;
  const std::string batch =
      "[" + request("eth_chainId", "[]", "1") + ",5," + request("eth_nope", "[]", R"("x")") +
      R"(,{"jsonrpc":"2.0","method":"eth_chainId"},)" + request("net_version", "[]", "2") + "]";
  EXPECT_EQ(chain.ask(batch),
            R"([{"jsonrpc":"2.0","id":1,"result":"0x7a69"},)"
            R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)"
            R"("message":"a request is a JSON object"}},)"
            R"({"jsonrpc":"2.0","id":"x","error":{"code":-32601,)"
            R"("message":"the method eth_nope does not exist/is not available"}},)"
            R"({"jsonrpc":"2.0","id":2,"result":"31337"}])");
}

TEST(Dispatcher, TakesAThousandItemsAndNotOneMore) {
  DevChain chain;
  std::string items = request("eth_chainId", "[]");
  for (int i = 1; i < 1'000; ++i) {
    items += "," + request("eth_chainId", "[]");
  }
  EXPECT_THAT(chain.ask("[" + items + "]"), HasSubstr("0x7a69"));
  EXPECT_THAT(chain.ask("[" + items + "," + items + "]"), StartsWith(kInvalidRequest));
}

TEST(Dispatcher, BoundsTheAnswersOfABatch) {
  DispatchLimits limits;
  limits.batch_answer_bytes = 2'000;
  DevChain chain({}, limits);
  std::string batch = "[" + request("eth_getBlockByNumber", R"(["0x0",true])", "1");
  for (int i = 2; i < 5; ++i) {
    batch += "," + request("eth_getBlockByNumber", R"(["0x0",true])", std::to_string(i));
  }
  const std::string answer = chain.ask(batch + "]");
  EXPECT_THAT(answer, HasSubstr(R"("id":1,"result")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":4,"error":{"code":-32602,"message":"response too large)"));
}

// Consecutive sends share a block; what comes after them sees it.
TEST(Dispatcher, GivesConsecutiveSendsOfABatchOneBlock) {
  DevChain chain;
  std::string batch = "[";
  for (std::uint64_t nonce = 0; nonce < 20; ++nonce) {
    batch +=
        request("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain.transfer(0, nonce))) + ",";
  }
  batch += request("eth_blockNumber", "[]", R"("after")") + "," +
           request("eth_getBlockTransactionCountByNumber", R"(["latest"])", R"("count")") + "]";
  const std::string answer = chain.ask(batch);
  EXPECT_THAT(answer, HasSubstr(R"("id":"after","result":"0x1")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":"count","result":"0x14")"));
}

TEST(Dispatcher, LetsLaterItemsOfABatchSeeEarlierSends) {
  DevChain chain;
  const std::string count = fmt::format(R"(["{}","latest"])", chain.account(0));
  const std::string batch =
      "[" + request("eth_getTransactionCount", count, "1") + "," +
      request("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain.transfer(0, 0)), "2") + "," +
      request("eth_getTransactionCount", count, "3") + "," +
      request("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain.transfer(0, 1)), "4") + "," +
      request("eth_blockNumber", "[]", "5") + "]";
  const std::string answer = chain.ask(batch);
  EXPECT_THAT(answer, HasSubstr(R"("id":1,"result":"0x0")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":3,"result":"0x1")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":5,"result":"0x2")"));
}

TEST(Dispatcher, KeepsTheGoodSendsOfABatchWithABadOne) {
  DevChain chain;
  const std::string batch =
      "[" + request("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain.transfer(0, 0)), "1") +
      "," + request("eth_sendRawTransaction", R"(["0x1234"])", "2") + "," +
      request("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain.transfer(0, 1)), "3") + "]";
  const std::string answer = chain.ask(batch);
  EXPECT_THAT(answer, HasSubstr(R"("id":1,"result":"0x)"));
  EXPECT_THAT(answer, HasSubstr(R"("id":2,"error")"));
  EXPECT_THAT(answer, HasSubstr(R"("id":3,"result":"0x)"));
  EXPECT_EQ(chain.result("eth_getBlockTransactionCountByNumber", R"(["latest"])"), R"("0x2")");
}

}  // namespace
}  // namespace cairn::api
