#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;

class Otterscan : public testing::Test {
 protected:
  std::string send(const std::string& to, std::string_view more = "") {
    return chain_.result(
        "eth_sendTransaction",
        fmt::format(R"([{{"from":"{}","to":{},"gas":"0x30d40"{}}}])", chain_.account(0), to, more));
  }
  std::string ask(std::string_view method, const std::string& parameter) {
    return chain_.result(method, "[" + parameter + "]");
  }

  DevChain chain_;
};

// CALL(gas, 0xaa, 1 wei), CREATE of nothing, STOP
constexpr std::string_view kPaysAndCreates = "0x5f5f5f5f600160aa5af15f5f5ff000";

TEST_F(Otterscan, KnowsItsLevel) { EXPECT_EQ(chain_.result("ots_getApiLevel"), "8"); }

TEST_F(Otterscan, InternalOperationsAreWhatMovedWei) {
  const std::string to = chain_.deploy(kPaysAndCreates);
  const std::string hash = send(to, R"(,"value":"0x5")");
  const std::string operations = ask("ots_getInternalOperations", hash);
  EXPECT_THAT(operations,
              HasSubstr(fmt::format(
                  R"([{{"type":0,"from":{},"to":"0x00000000000000000000000000000000000000aa",)"
                  R"("value":"0x1"}},{{"type":2,"from":{})",
                  to, to)));
  const std::string poor = send(to);  // has 4 wei left, so that it pays again
  EXPECT_THAT(ask("ots_getInternalOperations", poor), HasSubstr(R"("type":0)"));
}

TEST_F(Otterscan, CallsHaveTheirDepth) {
  const std::string hash = send(chain_.deploy(kPaysAndCreates), R"(,"value":"0x5")");
  const std::string calls = ask("ots_traceTransaction", hash);
  EXPECT_THAT(calls, HasSubstr(R"([{"type":"CALL","depth":0,)"));
  EXPECT_THAT(calls, HasSubstr(R"({"type":"CREATE","depth":1,)"));
}

TEST_F(Otterscan, ARevertCanBeAskedFor) {
  // Reverts with one byte.
  const std::string hash = send(chain_.deploy("0x60015ffd"));
  EXPECT_EQ(ask("ots_getTransactionError", hash), R"("0x00")");
  EXPECT_EQ(ask("ots_getTransactionError", send(chain_.deploy("0x00"))), R"("0x")");
}

TEST_F(Otterscan, ATransactionThatIsNotThereIsAnError) {
  for (const auto* method :
       {"ots_getInternalOperations", "ots_traceTransaction", "ots_getTransactionError"}) {
    const std::string hash = fmt::format(R"(["0x{:064}"])", 1);
    EXPECT_THAT(chain_.error(method, hash), HasSubstr("transaction not found"));
  }
}

TEST_F(Otterscan, FindsTransactionsByNonceAndContractsByTheirMaker) {
  const std::string to = chain_.deploy(kPaysAndCreates);
  const std::string first = chain_.send_transfer(3, 0);
  const std::string second = chain_.send_transfer(3, 1);
  const auto by_nonce = [&](std::string_view nonce) {
    return chain_.result("ots_getTransactionBySenderAndNonce",
                         fmt::format(R"(["{}","{}"])", chain_.account(3), nonce));
  };
  EXPECT_EQ(by_nonce("0x0"), first);
  EXPECT_EQ(by_nonce("0x1"), second);
  EXPECT_EQ(by_nonce("0x2"), "null");
  EXPECT_EQ(chain_.result("ots_getTransactionBySenderAndNonce",
                          fmt::format(R"(["{}",1])", chain_.account(3))),
            second);
  const std::string maker = ask("ots_getContractCreator", to);
  EXPECT_THAT(member(maker, "hash"), testing::StartsWith("\"0x"));
  EXPECT_EQ(ask("ots_getContractCreator", fmt::format("\"{}\"", chain_.account(1))), "null");
  EXPECT_EQ(ask("ots_hasCode", to + R"(,"latest")"), "true");
  EXPECT_EQ(ask("ots_hasCode", to + R"(,"earliest")"), "false");
}

TEST_F(Otterscan, ABlockSaysWhatItsSendersPaid) {
  chain_.send_transfer(3, 0);
  const std::string details = ask("ots_getBlockDetails", R"("latest")");
  EXPECT_EQ(member(member(details, "block"), "transactionCount"), "1");
  EXPECT_EQ(member(member(details, "issuance"), "issuance"), R"("0x0")");
  const std::string whole = chain_.result("eth_getBlockByNumber", R"(["latest",false])");
  for (const auto* name : {"size", "uncles", "withdrawals", "stateRoot", "requestsHash"}) {
    EXPECT_EQ(member(member(details, "block"), name), member(whole, name));
  }
  EXPECT_EQ(member(member(details, "block"), "logsBloom"), "null");
  const std::string block = member(member(details, "block"), "hash");
  EXPECT_EQ(ask("ots_getBlockDetailsByHash", block), details);
  EXPECT_EQ(member(ask("erigon_getHeaderByNumber", R"("latest")"), "hash"), block);
  EXPECT_EQ(ask("erigon_getHeaderByNumber", R"("0x99")"), "null");
}

}  // namespace
}  // namespace cairn::api
