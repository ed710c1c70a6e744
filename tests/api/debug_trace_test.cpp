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

class DebugTrace : public testing::Test {
 protected:
  // The hash of a mined transaction that calls `to`, both as JSON text.
  std::string call(const std::string& to, std::string_view more = "") {
    return chain_.result("eth_sendTransaction", fmt::format(R"([{{"from":"{}","to":{}{}}}])",
                                                            chain_.account(0), to, more));
  }
  std::string trace(const std::string& hash, std::string_view options = "{}") {
    return chain_.result("debug_traceTransaction", fmt::format("[{},{}]", hash, options));
  }
  std::string traced_call(std::string_view transaction, std::string_view options) {
    return fmt::format(R"([{},"latest",{}])", transaction, options);
  }

  DevChain chain_;
};

// PUSH1 1, PUSH0, SSTORE, STOP
constexpr std::string_view kStores = "0x60015f5500";

TEST_F(DebugTrace, WithoutATracerTellsEveryInstruction) {
  const std::string log = trace(call(chain_.deploy(kStores)));
  EXPECT_EQ(member(log, "failed"), "false");
  EXPECT_EQ(member(log, "returnValue"), R"("0x")");
  EXPECT_EQ(member(log, "gas"), "43105");
  EXPECT_THAT(member(log, "structLogs"), StartsWith(R"([{"pc":0,"op":"PUSH1","gas":)"));
  const std::string zeros(63, '0');
  EXPECT_THAT(log,
              HasSubstr(fmt::format(R"("gasCost":22100,"depth":1,"stack":["0x1","0x0"],"storage":)"
                                    R"({{"0x{}0":"0x{}1"}}}})",
                                    zeros, zeros)));
}

TEST_F(DebugTrace, TheStructLogLeavesOutAndAddsWhatItIsAskedFor) {
  // PUSH0, PUSH0, MSTORE, STOP
  const std::string hash = call(chain_.deploy("0x5f5f5200"));
  const std::string full = trace(hash, R"({"enableMemory":true,"disableStack":true})");
  EXPECT_THAT(full, HasSubstr(R"("op":"STOP","gas":)"));
  EXPECT_THAT(full, HasSubstr(R"("memory":["0x)" + std::string(64, '0') + R"("])"));
  EXPECT_THAT(full, Not(HasSubstr("stack")));
  EXPECT_THAT(trace(hash, R"({"limit":1})"), Not(HasSubstr("MSTORE")));
}

TEST_F(DebugTrace, ACallTreeHasTheTransactionsGas) {
  const std::string to = chain_.deploy(kStores);
  const std::string tree = trace(call(to), R"({"tracer":"callTracer"})");
  EXPECT_EQ(member(tree, "type"), R"("CALL")");
  EXPECT_EQ(member(tree, "to"), to);
  EXPECT_EQ(member(tree, "gasUsed"), R"("0xa861")");
  EXPECT_EQ(member(tree, "input"), R"("0x")");
}

TEST_F(DebugTrace, LaterTransactionsSeeWhatEarlierOnesOfTheirBlockDid) {
  const std::string to = chain_.deploy("0x5f545f5560015f5500");  // keeps slot 0, then sets it to 1
  chain_.result("evm_setAutomine", "[false]");
  const std::string first = call(to, R"(,"gas":"0x186a0")");
  const std::string second = call(to, R"(,"gas":"0x186a0")");
  chain_.result("evm_mine");
  const std::string options = R"({"tracer":"prestateTracer","tracerConfig":{"diffMode":true}})";
  EXPECT_THAT(trace(first, options), HasSubstr("storage"));
  EXPECT_THAT(trace(second, options), Not(HasSubstr("storage")));
}

TEST_F(DebugTrace, ABlockIsTheSameByNumberByHashAndAsBytes) {
  const std::string hash = call(chain_.deploy(kStores));
  const std::string number = chain_.result("eth_blockNumber");
  const std::string options = R"({"tracer":"callTracer"})";
  const std::string traces =
      chain_.result("debug_traceBlockByNumber", fmt::format("[{},{}]", number, options));
  EXPECT_EQ(traces, fmt::format(R"([{{"txHash":{},"result":{}}}])", hash, trace(hash, options)));
  const std::string block =
      member(chain_.result("eth_getBlockByNumber", fmt::format("[{},false]", number)), "hash");
  EXPECT_EQ(chain_.result("debug_traceBlockByHash", fmt::format("[{},{}]", block, options)),
            traces);
  const std::string rlp = chain_.result("debug_getRawBlock", fmt::format("[{}]", number));
  EXPECT_EQ(chain_.result("debug_traceBlock", fmt::format("[{},{}]", rlp, options)), traces);
}

TEST_F(DebugTrace, AScriptThatFailsOnATransactionLeavesTheOthersOfTheBlock) {
  const std::string to = chain_.deploy(kStores);
  chain_.result("evm_setAutomine", "[false]");
  const std::string plain = call("\"" + chain_.account(1) + "\"", R"(,"gas":"0x186a0")");
  const std::string stores = call(to, R"(,"gas":"0x186a0")");
  chain_.result("evm_mine");
  const std::string options =
      R"({"tracer":"{step: function() { null.x }, fault: function() {}, result: function() {}}"})";
  const std::string traces =
      chain_.result("debug_traceBlockByNumber", R"(["latest",)" + options + "]");
  EXPECT_THAT(traces, HasSubstr(fmt::format(R"({{"txHash":{},"result":null}})", plain)));
  EXPECT_THAT(traces, HasSubstr(fmt::format(R"({{"txHash":{},"error":"TypeError)", stores)));
}

TEST_F(DebugTrace, FlatTracesSayWhereTheyAre) {
  const std::string hash = call(chain_.deploy(kStores));
  const std::string flat = trace(hash, R"({"tracer":"flatCallTracer"})");
  EXPECT_THAT(flat, HasSubstr(R"("blockNumber":2,)"));
  EXPECT_THAT(flat, HasSubstr(R"("transactionHash":)" + hash));
}

TEST_F(DebugTrace, ACallIsTracedWithOverrides) {
  const std::string to = R"("0x00000000000000000000000000000000000000aa")";
  const std::string options = fmt::format(
      R"({{"tracer":"callTracer","stateOverrides":{{{}:{{"code":"0x435f5260205ff3"}}}},)"
      R"("blockOverrides":{{"number":"0x63"}}}})",
      to);
  const std::string tree =
      chain_.result("debug_traceCall", traced_call(fmt::format(R"({{"to":{}}})", to), options));
  EXPECT_EQ(member(tree, "output"), R"("0x)" + std::string(62, '0') + R"(63")");
}

TEST_F(DebugTrace, ACallCanRunInTheMiddleOfABlock) {
  const std::string to = chain_.deploy(kStores);
  call(to);
  const std::string place = fmt::format(R"([{{"to":{}}},"latest",)", to);
  const std::string diff = R"("tracer":"prestateTracer","tracerConfig":{"diffMode":true})";
  EXPECT_THAT(chain_.result("debug_traceCall", place + "{" + diff + R"(,"txIndex":"0x0"}])"),
              HasSubstr("storage"));
  EXPECT_THAT(chain_.result("debug_traceCall", place + "{" + diff + "}]"),
              Not(HasSubstr("storage")));
  EXPECT_THAT(chain_.error("debug_traceCall", place + R"({"txIndex":"0x9"}])"),
              HasSubstr("out of range"));
  EXPECT_THAT(chain_.error("debug_traceCall", place + R"({"txIndex":"0x1"}])"),
              HasSubstr("-32000: transaction index 1 out of range"));
}

TEST_F(DebugTrace, ACallsBlockIsOverriddenAsFarAsACallCanSeeIt) {
  const std::string to = chain_.deploy("0x455f5260205ff3");  // returns GASLIMIT
  const auto options = [](std::string_view overrides) {
    return fmt::format(R"({{"tracer":"callTracer","blockOverrides":{{{}}}}})", overrides);
  };
  const std::string call = fmt::format(R"({{"to":{}}})", to);
  EXPECT_EQ(
      member(chain_.result("debug_traceCall", traced_call(call, options(R"("gasLimit":"0x1")"))),
             "output"),
      fmt::format("\"0x{:064x}\"", 1));
  EXPECT_EQ(chain_.error("debug_traceCall", traced_call(call, options(R"("withdrawals":[])"))),
            R"(-32000: block override \"withdrawals\" is not supported for this RPC method)");
  const std::string root = fmt::format(R"("beaconRoot":"0x{:064x}")", 0);
  EXPECT_EQ(chain_.error("debug_traceCall", traced_call(call, options(root))),
            R"(-32000: block override \"beaconRoot\" is not supported for this RPC method)");
}

TEST_F(DebugTrace, ManyCallsSeeEachOther) {
  const std::string to = chain_.deploy(kStores);
  const std::string traces = chain_.result(
      "debug_traceCallMany",
      fmt::format(R"([[{{"transactions":[{{"to":{0}}},{{"to":{0}}}]}}],{{"blockNumber":"latest"}},)"
                  R"({{"tracer":"callTracer"}}])",
                  to));
  EXPECT_THAT(traces, HasSubstr(R"("gasUsed":"0xa861")"));
  EXPECT_THAT(traces, HasSubstr(R"("gasUsed":"0x5aa5")"));  // the slot has its value already
}

TEST_F(DebugTrace, ARunawayIsStoppedAtItsTime) {
  const std::string to = chain_.deploy("0x5b5f56");
  EXPECT_EQ(chain_.error("debug_traceCall",
                         traced_call(fmt::format(R"({{"to":{}}})", to), R"({"timeout":"5ms"})")),
            "-32000: execution timeout");
  EXPECT_EQ(
      chain_.error("debug_traceCall", traced_call(fmt::format(R"({{"to":{}}})", to),
                                                  R"({"timeout":"1ns","tracer":"callTracer"})")),
      "-32000: execution timeout");
}

TEST_F(DebugTrace, WhatCannotBeTracedIsSaid) {
  EXPECT_EQ(chain_.error("debug_traceTransaction", R"(["0x)" + std::string(64, '1') + R"("])"),
            "-32000: transaction not found");
  EXPECT_EQ(chain_.error("debug_traceBlockByNumber", R"(["0x0"])"),
            "-32000: genesis is not traceable");
  EXPECT_EQ(chain_.error("debug_traceBlockByNumber", R"(["0x99"])"),
            "-32000: block #153 not found");
  EXPECT_THAT(chain_.error("debug_traceBlock", R"(["0xc0"])"),
              StartsWith("-32000: could not decode block"));
  const std::string hash = call(chain_.deploy(kStores));
  const auto refused = [&](std::string_view options) {
    return chain_.error("debug_traceTransaction", fmt::format("[{},{}]", hash, options));
  };
  EXPECT_THAT(refused(R"({"tracer":"nope"})"), HasSubstr("tracer not found: nope"));
  EXPECT_THAT(refused(R"({"timeout":"soon"})"), HasSubstr("invalid duration"));
  EXPECT_THAT(refused(R"({"tracer":"callTracer","tracerConfig":{"withLog":3}})"),
              StartsWith("-32602"));
  EXPECT_THAT(refused(R"({"tracer":"prestateTracer","tracerConfig":)"
                      R"({"diffMode":true,"includeEmpty":true}})"),
              HasSubstr("cannot use diffMode with includeEmpty"));
}

TEST_F(DebugTrace, ATracerMayComeWithTheRequest) {
  const std::string hash = call(chain_.deploy(kStores));
  const auto options = [](std::string_view result) {
    return fmt::format(R"({{"tracer":"{{n: 0, setup: function(c) {{ this.c = JSON.parse(c) }}, )"
                       R"(step: function() {{ this.n++ }}, fault: function() {{}}, )"
                       R"(result: function(ctx) {{ return {} }}}}","tracerConfig":{{"a":[5]}}}})",
                       result);
  };
  EXPECT_EQ(trace(hash, options("[this.n, this.c.a[0], toHex(ctx.txHash)]")),
            fmt::format("[4,5,{}]", hash));
  EXPECT_EQ(chain_.error("debug_traceTransaction",
                         fmt::format("[{},{}]", hash, options("this.missing()"))),
            "-32000: TypeError: undefined not callable (property 'missing' of [object Object])    "
            "in server-side tracer function 'result'");
  EXPECT_THAT(
      chain_.error("debug_traceTransaction", fmt::format(R"([{},{{"tracer":"{{"}}])", hash)),
      HasSubstr("SyntaxError"));
}

TEST_F(DebugTrace, ATracerThatLoopsEndsWithTheTrace) {
  const std::string hash = call(chain_.deploy(kStores));
  EXPECT_EQ(chain_.error("debug_traceTransaction",
                         fmt::format(R"([{},{{"timeout":"50ms","tracer":"{{step: function() {{ )"
                                     R"(while (1); }}, fault: function() {{}}, result: function() )"
                                     R"({{}}}}"}}])",
                                     hash)),
            "-32000: execution timeout");
}

}  // namespace
}  // namespace cairn::api
