#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ParityTrace : public testing::Test {
 protected:
  std::string send(const std::string& to) {
    return chain_.result("eth_sendTransaction",
                         fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  }

  DevChain chain_;
};

// CALL(gas, 0xaa, 0 ...), then SSTORE(0, 1).
constexpr std::string_view kCallsAndStores = "0x5f5f5f5f5f60aa5af160015f5500";

TEST_F(ParityTrace, ATransactionIsAListOfCallsWithTheirPlaces) {
  const std::string hash = send(chain_.deploy(kCallsAndStores));
  const std::string traces = chain_.result("trace_transaction", fmt::format("[{}]", hash));
  EXPECT_THAT(traces, HasSubstr(R"("subtraces":1,"traceAddress":[])"));
  EXPECT_THAT(traces, HasSubstr(R"("subtraces":0,"traceAddress":[0])"));
  EXPECT_THAT(traces, HasSubstr(R"("transactionHash":)" + hash));
  const std::string inner = chain_.result("trace_get", fmt::format(R"([{},["0x0"]])", hash));
  EXPECT_THAT(traces, HasSubstr(inner));
  EXPECT_EQ(chain_.result("trace_get", fmt::format(R"([{},["0x7"]])", hash)), "null");
  EXPECT_EQ(chain_.result("trace_block", R"(["latest"])"), traces);
}

TEST_F(ParityTrace, AReplaySaysWhatChanged) {
  const std::string to = chain_.deploy(kCallsAndStores);
  const std::string hash = send(to);
  const std::string replay =
      chain_.result("trace_replayTransaction", fmt::format(R"([{},["stateDiff"]])", hash));
  EXPECT_EQ(member(replay, "trace"), "[]");
  EXPECT_EQ(member(replay, "vmTrace"), "null");
  const std::string diff = member(member(replay, "stateDiff"), to.substr(1, to.size() - 2));
  const std::string zeros(63, '0');
  EXPECT_EQ(member(diff, "balance"), R"("=")");
  EXPECT_EQ(member(diff, "storage"),
            fmt::format(R"({{"0x{0}0":{{"*":{{"from":"0x{0}0","to":"0x{0}1"}}}}}})", zeros));
  const std::string block =
      chain_.result("trace_replayBlockTransactions", R"(["latest",["stateDiff"]])");
  EXPECT_THAT(block, HasSubstr(member(replay, "stateDiff")));
  EXPECT_THAT(block, HasSubstr(R"("transactionHash":)" + hash));
}

TEST_F(ParityTrace, AMinedRevertTellsItsReasonApartFromItsOutput) {
  // MSTORE8(0, 7), REVERT(0, 1)
  const std::string to = chain_.deploy("0x60075f5360015ffd");
  const std::string hash = chain_.result(
      "eth_sendTransaction",
      fmt::format(R"([{{"from":"{}","to":{},"gas":"0x186a0"}}])", chain_.account(0), to));
  const std::string replay =
      chain_.result("trace_replayTransaction", fmt::format(R"([{},["trace"]])", hash));
  EXPECT_EQ(member(replay, "output"), R"("0x")");
  EXPECT_EQ(member(replay, "revertReason"), R"("0x07")");
  EXPECT_THAT(member(replay, "trace"), HasSubstr(R"("error":"Reverted","revertReason":"0x07")"));
  const std::string call =
      chain_.result("trace_call", fmt::format(R"([{{"to":{}}},["trace"]])", to));
  EXPECT_EQ(member(call, "output"), R"("0x07")");
  EXPECT_EQ(member(call, "revertReason"), "");
}

TEST_F(ParityTrace, TheGasOfInstructionsIsToldByTheirNames) {
  const std::string hash = send(chain_.deploy("0x6001600101600255"));  // SSTORE(2, 1 + 1)
  const std::string gas = chain_.result("trace_transactionOpcodeGas", fmt::format("[{}]", hash));
  EXPECT_EQ(gas, fmt::format(R"({{"transactionHash":{},"opcodeGas":[)"
                             R"({{"opcode":"STOP","count":1,"gasUsed":0}},)"
                             R"({{"opcode":"ADD","count":1,"gasUsed":3}},)"
                             R"({{"opcode":"SSTORE","count":1,"gasUsed":22100}},)"
                             R"({{"opcode":"PUSH1","count":3,"gasUsed":9}}]}})",
                             hash));
  const std::string block = chain_.result("trace_blockOpcodeGas", R"(["latest"])");
  EXPECT_EQ(member(block, "blockNumber"), "2");
  EXPECT_EQ(member(block, "transactions"), "[" + gas + "]");
  EXPECT_EQ(member(chain_.result("trace_blockOpcodeGas", R"(["0x0"])"), "transactions"), "[]");
}

TEST_F(ParityTrace, InstructionsAreToldWhereTheyAreAskedFor) {
  const std::string to = chain_.deploy("0x6001600255");
  const std::string traced =
      chain_.result("trace_call", fmt::format(R"([{{"to":{}}},["vmTrace"]])", to));
  EXPECT_EQ(member(traced, "trace"), "[]");
  EXPECT_THAT(member(traced, "vmTrace"), StartsWith(R"({"code":"0x6001600255","ops":[)"));
  EXPECT_THAT(member(traced, "vmTrace"), HasSubstr(R"("store":{"key":"0x2","val":"0x1"})"));
}

TEST_F(ParityTrace, CallsOfAListSeeEachOther) {
  const std::string to = chain_.deploy(kCallsAndStores);
  const std::string call = fmt::format(R"([{{"to":{}}},["stateDiff"]])", to);
  const std::string both =
      chain_.result("trace_callMany", fmt::format(R"([[{0},{0}],"latest"])", call));
  const std::string first =
      chain_.result("trace_call", fmt::format(R"([{{"to":{}}},["stateDiff"],"latest"])", to));
  EXPECT_THAT(first, HasSubstr("storage"));
  EXPECT_THAT(both, StartsWith("[" + first));
  EXPECT_THAT(both.substr(first.size() + 1), Not(HasSubstr(R"("from":"0x0000)")));
}

TEST_F(ParityTrace, AFilterTakesAddressesAndCounts) {
  const std::string to = chain_.deploy(kCallsAndStores);
  send(to);
  send(to);
  const auto count = [this](std::string_view filter) {
    const std::string traces = chain_.result("trace_filter", fmt::format("[{}]", filter));
    std::size_t found = 0;
    for (std::size_t at = traces.find("\"action\""); at != std::string::npos;
         at = traces.find("\"action\"", at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("{}"), 5u);
  EXPECT_EQ(count(fmt::format(R"({{"toAddress":[{}]}})", to)), 3u);
  EXPECT_EQ(count(fmt::format(R"({{"fromAddress":[{}]}})", to)), 2u);
  EXPECT_EQ(count(R"({"after":4})"), 1u);
  EXPECT_EQ(count(R"({"count":2})"), 2u);
  EXPECT_EQ(count(R"({"fromBlock":"0x2","toBlock":"0x2"})"), 2u);
  EXPECT_THAT(chain_.error("trace_filter", R"([{"count":"16"}])"), StartsWith("-32602"));
  EXPECT_EQ(chain_.error("trace_filter", R"([{"fromBlock":"0x2","toBlock":"0x1"}])"),
            "-32602: invalid block range params");
}

TEST_F(ParityTrace, ASignedTransactionIsTriedOut) {
  const std::string traced =
      chain_.result("trace_rawTransaction",
                    fmt::format(R"(["{}",["trace","stateDiff"]])", chain_.transfer(0, 0)));
  EXPECT_THAT(traced, HasSubstr(R"("type":"call")"));
  EXPECT_THAT(traced, HasSubstr(R"("nonce":{"*":{"from":"0x0","to":"0x1"}})"));
  EXPECT_THAT(chain_.error("trace_rawTransaction", R"(["0x1234",["trace"]])"),
              StartsWith("-32602"));
}

TEST_F(ParityTrace, WhatIsNotOfferedIsRefused) {
  EXPECT_THAT(chain_.error("trace_call", R"([{},["bla"]])"), StartsWith("-32602"));
  const std::string unknown = R"("0x)" + std::string(64, '1') + R"(")";
  EXPECT_EQ(chain_.result("trace_transaction", "[" + unknown + "]"), "null");
  EXPECT_EQ(chain_.result("trace_block", R"(["earliest"])"), "[]");
}

}  // namespace
}  // namespace cairn::api
