#include "api/call_methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Reads slot 7, then reverts with Error("no"), which it has as its own last 100 bytes.
constexpr std::string_view kRefuses =
    "0x600754506064600e3d3960643dfd"
    "08c379a0"
    "0000000000000000000000000000000000000000000000000000000000000020"
    "0000000000000000000000000000000000000000000000000000000000000002"
    "6e6f000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kContract = "0xc000000000000000000000000000000000000000";

// What `kRefuses` at `kContract` is called with; further members begin with a comma.
std::string parameters(std::string_view members = "") {
  return fmt::format(R"([{{"to":"{0}"{1}}},"latest",{{"{0}":{{"code":"{2}"}}}}])", kContract,
                     members, kRefuses);
}

TEST(EthCall, NamesACustomErrorOnADevChain) {
  DevChain chain;
  const auto call = [&](std::string_view data) {
    const std::string code = fmt::format("0x6004600c60003960046000fd{}", data);
    return chain.error(
        "eth_call",
        fmt::format(R"([{{"to":"{0}"}},"latest",{{"{0}":{{"code":"{1}"}}}}])", kContract, code));
  };
  EXPECT_EQ(call("82b42900"), "3: execution reverted: Unauthorized()");
  EXPECT_EQ(call("deadbeef"), "3: execution reverted: custom error 0xdeadbeef");
}

TEST(CreateAccessList, AnswersWhatARevertedCallReadWithoutWhatItSaid) {
  DevChain chain;
  EXPECT_THAT(chain.error("eth_call", parameters()), HasSubstr("execution reverted: no"));
  const std::string found = chain.result("eth_createAccessList", parameters());
  EXPECT_EQ(member(found, "error"), R"("execution reverted")");
  EXPECT_THAT(member(found, "accessList"), HasSubstr(kContract));
}

TEST(CreateAccessList, RefusesGasThatTheCallHasAndTheListHasNot) {
  DevChain chain;
  const std::string limit = R"(,"gas":"0x5dc0")";  // 24,000; a list of one slot costs 4,300
  EXPECT_THAT(chain.error("eth_call", parameters(limit)), HasSubstr("execution reverted"));
  EXPECT_THAT(chain.error("eth_createAccessList", parameters(limit)),
              AllOf(StartsWith("-32000: failed to apply transaction: 0x"),
                    HasSubstr(" err: intrinsic gas too low: have 24000, want 25300")));
}

// What eth_createAccessList says of a call to this code.
std::string listed(DevChain& chain, std::string_view code, std::string_view members = "") {
  return chain.result("eth_createAccessList",
                      fmt::format(R"([{{"to":"{0}"{1}}},"latest",{{"{0}":{{"code":"{2}"}}}}])",
                                  kContract, members, code));
}

constexpr std::string_view kOther = "0xc200000000000000000000000000000000000000";

TEST(CreateAccessList, KeepsWhatTheCallerListed) {
  DevChain chain;
  const std::string slot = fmt::format("0x{:064x}", 0);
  const std::string list =
      fmt::format(R"([{{"address":"{}","storageKeys":["{}"]}}])", kOther, slot);
  const std::string own = R"(,"accessList":)" + list;
  const std::string found = listed(chain, "0x", own);
  EXPECT_EQ(member(found, "accessList"), list);
  EXPECT_EQ(member(found, "gasUsed"), R"("0x62d4")");
  // The called account is warm without a list.
  const std::string called =
      fmt::format(R"(,"accessList":[{{"address":"{}","storageKeys":[]}}])", kContract);
  EXPECT_EQ(member(listed(chain, "0x", called), "accessList"), "[]");
}

TEST(CreateAccessList, NamesWhyTheCallHalts) {
  DevChain chain;
  EXPECT_EQ(member(listed(chain, "0x5f01"), "error"), "\"stack underflow (1 <=> 2)\"");
  EXPECT_EQ(member(listed(chain, "0xef"), "error"), "\"invalid opcode: opcode 0xef not defined\"");
  const std::string precompile = fmt::format(R"([{{"to":"0x{:040x}","input":"0x01"}}])", 10);
  EXPECT_EQ(member(chain.result("eth_createAccessList", precompile), "error"),
            R"("invalid input length")");
}

// What is created is warm: at the address that follows from the nonce.
TEST(CreateAccessList, LeavesOutWhatIsCreatedWithAnOverriddenNonce) {
  DevChain chain;
  // ADDRESS BALANCE: the init code looks at itself.
  const std::string creation = fmt::format(
      R"([{{"from":"{0}","data":"0x303100"}},"latest",{{"{0}":{{"nonce":"0x5"}}}}])", kOther);
  EXPECT_EQ(member(chain.result("eth_createAccessList", creation), "accessList"), "[]");
}

TEST(EthCall, RefusesListsThatAreEmptyOrOfACreation) {
  DevChain chain;
  const auto refused = [&](std::string_view members) {
    return chain.error("eth_call", fmt::format("[{{{}}}]", members));
  };
  EXPECT_EQ(refused(R"("blobVersionedHashes":[])"), "-32000: blob transaction of type create");
  const std::string to = fmt::format(R"("to":"{}",)", kOther);
  EXPECT_EQ(refused(to + R"("blobVersionedHashes":[])"),
            "-32000: blob transaction missing blob hashes");
  EXPECT_EQ(refused(to + R"("authorizationList":[])"),
            "-32000: EIP-7702 transaction with empty auth list");
}

TEST(CreateAccessList, IsForSendersThatCanPayOnANetwork) {
  DevChain chain;
  const auto call = [](std::string_view from) {
    return fmt::format(R"([{{"from":"{}","to":"{}"}}])", from, kOther);
  };
  EXPECT_EQ(member(chain.result("eth_createAccessList", call(kOther)), "accessList"), "[]");
  chain.context().with_cheats = false;
  EXPECT_THAT(chain.error("eth_createAccessList", call(kOther)),
              AllOf(StartsWith("-32000: failed to apply transaction: 0x"),
                    HasSubstr(" err: insufficient funds for gas * price + value")));
  EXPECT_EQ(member(chain.result("eth_createAccessList", call(chain.account(0))), "accessList"),
            "[]");
}

// Reverts before the second 1,800,000,000.
constexpr std::string_view kOpensLater = "0x636b49d2004210600b57005b5f5ffd";

std::string set_code(std::string_view code) {
  return fmt::format(R"(["{}","{}"])", kContract, code);
}

TEST(EstimateGas, IsForTheNextBlocksTimeOnADevChain) {
  DevChain chain;
  chain.result("anvil_setCode", set_code(kOpensLater));
  const std::string call = fmt::format(R"([{{"to":"{}"}}])", kContract);
  const std::string at_latest = fmt::format(R"([{{"to":"{}"}},"latest"])", kContract);
  EXPECT_THAT(chain.error("eth_estimateGas", call), HasSubstr("execution reverted"));
  chain.result("evm_setNextBlockTimestamp", "[1800000000]");
  EXPECT_THAT(chain.result("eth_estimateGas", call), StartsWith("\"0x52"));
  EXPECT_THAT(chain.error("eth_estimateGas", at_latest), HasSubstr("execution reverted"));
  chain.context().with_cheats = false;
  EXPECT_THAT(chain.error("eth_estimateGas", call), HasSubstr("execution reverted"));
}

TEST(EstimateGas, FollowsWhatWaitsInThePoolOfADevChain) {
  DevChain chain;
  // Stores 1 when it is given something, and else reverts unless it has.
  chain.result("anvil_setCode", set_code("0x3615600a5760015f55005b5f546013575f5ffd5b00"));
  chain.result("evm_setAutomine", "[false]");
  const auto call = [&](std::string_view more) {
    return fmt::format(R"([{{"from":"{}","to":"{}"{}}}])", chain.account(0), kContract, more);
  };
  EXPECT_THAT(chain.error("eth_estimateGas", call("")), HasSubstr("execution reverted"));
  chain.result("eth_sendTransaction", call(R"(,"data":"0x01")"));
  EXPECT_THAT(chain.result("eth_estimateGas", call("")), StartsWith("\"0x5"));
}

}  // namespace
}  // namespace cairn::api::test
