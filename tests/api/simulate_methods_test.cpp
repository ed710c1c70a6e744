#include "api/simulate_methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// PUSH0, then JUMPDEST PUSH1 1 JUMP: never ends.
constexpr std::string_view kLoop = "0x5f5b600156";
constexpr std::string_view kAlice = "0xc000000000000000000000000000000000000000";
constexpr std::string_view kBob = "0xc100000000000000000000000000000000000000";

class Simulate : public ::testing::Test {
 protected:
  static std::string parameters(std::string_view blocks, std::string_view flags = "") {
    return fmt::format(R"([{{"blockStateCalls":[{}]{}}},"latest"])", blocks, flags);
  }
  std::string result(std::string_view blocks, std::string_view flags = "") {
    return chain_.result("eth_simulateV1", parameters(blocks, flags));
  }
  std::string error(std::string_view blocks, std::string_view flags = "") {
    return chain_.error("eth_simulateV1", parameters(blocks, flags));
  }
  // A block in which Alice has this much and sends one wei to Bob.
  static std::string transfer(std::string_view call_members = "") {
    return fmt::format(R"({{"stateOverrides":{{"{0}":{{"balance":"0xffff"}}}},)"
                       R"("calls":[{{"from":"{0}","to":"{1}","value":"0x1"{2}}}]}})",
                       kAlice, kBob, call_members);
  }
  static std::string running(std::string_view code) {
    return fmt::format(
        R"({{"stateOverrides":{{"{0}":{{"code":"{1}"}}}},"calls":[{{"to":"{0}"}}]}})", kBob, code);
  }

  DevChain chain_;
};

TEST_F(Simulate, LeavesTheChainAsItWas) {
  const std::string before = chain_.result("eth_getBlockByNumber", R"(["latest",true])");
  EXPECT_THAT(result(transfer()), HasSubstr(R"("status":"0x1")"));
  EXPECT_EQ(chain_.result("eth_getBlockByNumber", R"(["latest",true])"), before);
  EXPECT_EQ(chain_.result("eth_getBalance", fmt::format(R"(["{}"])", kBob)), "\"0x0\"");
}

TEST_F(Simulate, CarriesTheStateFromBlockToBlock) {
  const std::string call =
      fmt::format(R"({{"from":"{}","to":"{}","value":"0xffff"}})", kAlice, kBob);
  EXPECT_THAT(error(transfer() + ",{\"calls\":[" + call + "]}"), StartsWith("-38014: "));
}

TEST_F(Simulate, GivesTheRootThatTheBlockWouldHave) {
  const std::string simulated =
      result(R"({"blockOverrides":{"baseFeePerGas":"0x3b9aca00"}})", R"(,"validation":true)");
  const std::string root = member(simulated.substr(1, simulated.size() - 2), "stateRoot");
  EXPECT_EQ(root.size(), 68u);
  EXPECT_NE(root, member(chain_.result("eth_getBlockByNumber", R"(["latest",false])"), "stateRoot"))
      << "the parent's hash is stored (EIP-2935)";
}

// What is overridden exists from then on, until a transaction touches it while it is empty
// (EIP-161); gas that is free does not touch the coinbase.
TEST_F(Simulate, KeepsOverriddenAccountsThatStayEmpty) {
  const auto root = [&](std::string_view block) {
    const std::string simulated = result(block);
    return member(simulated.substr(1, simulated.size() - 2), "stateRoot");
  };
  const auto overriding = [&](std::string_view members, std::string_view rest = "") {
    return fmt::format(R"({{"stateOverrides":{{"{}":{{{}}}}}{}}})", kBob, members, rest);
  };
  constexpr std::string_view kSlot =
      R"({"0x0000000000000000000000000000000000000000000000000000000000000000":)"
      R"("0x0000000000000000000000000000000000000000000000000000000000000002"})";
  constexpr std::string_view kZero =
      R"({"0x0000000000000000000000000000000000000000000000000000000000000000":)"
      R"("0x0000000000000000000000000000000000000000000000000000000000000000"})";
  const std::string without = root("{}");
  const std::string empty = root(overriding(R"("balance":"0x0")"));
  const std::string stored = root(overriding(fmt::format(R"("stateDiff":{})", kSlot)));
  EXPECT_NE(empty, without);
  EXPECT_NE(stored, without);
  EXPECT_NE(stored, empty);
  EXPECT_EQ(root(overriding(fmt::format(R"("state":{})", kSlot))), stored);
  EXPECT_EQ(root(overriding(fmt::format(R"("stateDiff":{})", kZero))), empty);
  EXPECT_EQ(root(overriding(R"("state":{})")), empty);
  EXPECT_EQ(root(overriding(R"("stateDiff":{})")), without);

  const auto calling = [](std::string_view to, std::string_view coinbase) {
    return fmt::format(
        R"(,"blockOverrides":{{"feeRecipient":"{}"}},"calls":[{{"from":"{}","to":"{}"}}])",
        coinbase, kAlice, to);
  };
  constexpr std::string_view kOther = "0xc200000000000000000000000000000000000000";
  EXPECT_EQ(root(overriding(R"("balance":"0x0")", calling(kBob, kOther))),
            root(overriding("", calling(kBob, kOther))))
      << "touched by the call";
  EXPECT_NE(root(overriding(R"("balance":"0x0")", calling(kOther, kBob))),
            root(overriding("", calling(kOther, kBob))))
      << "not touched as the coinbase";
}

TEST_F(Simulate, FillsGapsAndBoundsThem) {
  const std::string three = result(R"({"blockOverrides":{"number":"0x3"}})");
  EXPECT_THAT(three, HasSubstr(R"("number":"0x1")"));
  EXPECT_THAT(three, HasSubstr(R"("number":"0x3")"));
  EXPECT_THAT(error(R"({"blockOverrides":{"number":"0x101"}})"), StartsWith("-38026: "));
  EXPECT_THAT(error(R"({"blockOverrides":{"number":"0xffffffffffffffff"}})"),
              StartsWith("-38026: "));
  EXPECT_THAT(error(R"({"blockOverrides":{"number":"0x0"}})"), StartsWith("-38020: "));
}

TEST_F(Simulate, RefusesTimesAndGasThatCannotBe) {
  EXPECT_THAT(error(R"({"blockOverrides":{"time":"0x1"}})"), StartsWith("-38021: "));
  EXPECT_THAT(error(R"({"blockOverrides":{"time":"0xffffffffffffffff"}},{})"),
              StartsWith("-38021: "));
  EXPECT_THAT(error(transfer(R"(,"gas":"0xffffffffff")")), StartsWith("-38015: "));
  EXPECT_THAT(error(transfer(R"(,"gas":"0x1")")), StartsWith("-38013: "));
}

TEST_F(Simulate, HoldsNoncesAndFeesOnlyWhenItValidates) {
  constexpr std::string_view kValidation = R"(,"validation":true)";
  EXPECT_THAT(result(transfer(R"(,"nonce":"0x9")")), HasSubstr(R"("status":"0x1")"));
  EXPECT_THAT(error(transfer(R"(,"nonce":"0x9")"), kValidation), StartsWith("-38011: "));
  EXPECT_THAT(error(transfer(), kValidation), StartsWith("-38012: "));
  EXPECT_THAT(error(transfer(R"(,"maxFeePerGas":"0x3b9aca00")"), kValidation),
              StartsWith("-38014: "));
}

// Blobs cost the block's fee even where their cap is left at zero, as in geth.
TEST_F(Simulate, ChargesForBlobs) {
  constexpr std::string_view kBlobs =
      R"(,"blobVersionedHashes":["0x0100000000000000000000000000000000000000000000000000000000000000"])";
  const auto balance_after = [&](std::string_view balance, std::string_view members) {
    return fmt::format(
        R"({{"stateOverrides":{{"{0}":{{"balance":"{2}"}},"{1}":{{"code":"0x33315f5260205ff3"}}}},)"
        R"("calls":[{{"from":"{0}","to":"{1}"{3}}}]}})",
        kAlice, kBob, balance, members);
  };
  EXPECT_THAT(result(balance_after("0x20001", kBlobs)), HasSubstr(R"(0001","logs")"));
  EXPECT_THAT(result(balance_after("0x20001", "")), HasSubstr(R"(020001","logs")"));
  EXPECT_THAT(error(balance_after("0x1ffff", kBlobs)), StartsWith("-38014: "));
}

// A list makes its transaction's type, also where nothing is in it.
TEST_F(Simulate, RefusesBlobsAndAuthorizationsThatAreNone) {
  const auto refused = [&](std::string_view members) {
    return error(fmt::format(R"({{"calls":[{{{}}}]}})", members));
  };
  const std::string to = fmt::format(R"("to":"{}")", kBob);
  EXPECT_EQ(refused(R"("blobVersionedHashes":[])"), "-32000: blob transaction of type create");
  EXPECT_EQ(refused(R"("authorizationList":[])"),
            "-32000: EIP-7702 transaction cannot be used to create contract");
  EXPECT_THAT(refused(to + R"(,"blobVersionedHashes":[])"),
              StartsWith("-32603: err: blob transaction missing blob hashes"));
  EXPECT_THAT(refused(to + R"(,"authorizationList":[])"),
              StartsWith("-32603: err: EIP-7702 transaction with empty auth list"));
}

// It is a transaction of type 4, which has no blobs; its code sees them as it would in geth.
TEST_F(Simulate, RunsACallWithAllOfItsLists) {
  const std::string hash = "0x01" + std::string(62, 'a');
  const std::string both = fmt::format(
      R"({{"stateOverrides":{{"{0}":{{"code":"0x5f495f5260205ff3","balance":"0xfffff"}}}},)"
      R"("calls":[{{"from":"{0}","to":"{0}","blobVersionedHashes":["{1}"],"authorizationList":[{{"chainId":"0x0","address":"{0}",)"
      R"("nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}}]}}]}})",
      kBob, hash);
  const std::string found = result(both, R"(,"returnFullTransactions":true)");
  EXPECT_THAT(found, HasSubstr(fmt::format(R"("returnData":"{}")", hash)));
  EXPECT_THAT(found, HasSubstr(R"("type":"0x4")"));
  EXPECT_THAT(found, HasSubstr(R"("blobGasUsed":"0x0")"));
}

TEST_F(Simulate, TellsTransfersWhereTheyAreAskedFor) {
  EXPECT_THAT(result(transfer()), Not(HasSubstr("0xeeeeeeeeee")));
  EXPECT_THAT(result(transfer(), R"(,"traceTransfers":true)"),
              HasSubstr("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"));
}

TEST_F(Simulate, SharesOneGasLimitAmongAllCalls) {
  chain_.context().limits.call_gas = 100'000;
  EXPECT_THAT(result(running(kLoop)), HasSubstr("out of gas (gas limit was capped"));
  EXPECT_THAT(error(running(kLoop) + "," + transfer(R"(,"gas":"0x5208")")), StartsWith("-38013: "));
}

TEST_F(Simulate, StopsWhenItsTimeIsOver) {
  chain_.context().call_timer = std::make_shared<CallTimer>(std::chrono::milliseconds(50));
  chain_.context().limits.call_gas = 0;
  const std::string block =
      fmt::format(R"({{"blockOverrides":{{"gasLimit":"0x7fffffffffffffff"}},)"
                  R"("stateOverrides":{{"{0}":{{"code":"{1}"}}}},"calls":[{{"to":"{0}"}}]}})",
                  kBob, kLoop);
  EXPECT_THAT(error(block), StartsWith("-32016: execution aborted"));
}

TEST_F(Simulate, RefusesMovesOfWhatIsNoPrecompile) {
  EXPECT_THAT(
      error(fmt::format(R"({{"stateOverrides":{{"{}":{{"movePrecompileToAddress":"{}"}}}}}})",
                        kAlice, kBob)),
      HasSubstr("is not a precompile"));
  EXPECT_THAT(
      chain_.result("eth_call", fmt::format(R"([{{"to":"{0}","data":"0x6869"}},"latest",)"
                                            R"({{"0x0000000000000000000000000000000000000004":)"
                                            R"({{"movePrecompileToAddress":"{0}"}}}}])",
                                            kBob)),
      "\"0x6869\"");
}

TEST_F(Simulate, NeedsBlocks) {
  EXPECT_EQ(error(""), "-32602: empty input");
  EXPECT_THAT(error("7"), StartsWith("-32602: "));
}

}  // namespace
}  // namespace cairn::api::test
