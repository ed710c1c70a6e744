#include "api/call_methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

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
              StartsWith("-32000: intrinsic gas too low: have 24000, want 25300"));
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

TEST(CreateAccessList, IsForSendersThatCanPayOnANetwork) {
  DevChain chain;
  const auto call = [](std::string_view from) {
    return fmt::format(R"([{{"from":"{}","to":"{}"}}])", from, kOther);
  };
  EXPECT_EQ(member(chain.result("eth_createAccessList", call(kOther)), "accessList"), "[]");
  chain.context().with_cheats = false;
  EXPECT_THAT(chain.error("eth_createAccessList", call(kOther)),
              StartsWith("-32000: insufficient funds for gas * price + value"));
  EXPECT_EQ(member(chain.result("eth_createAccessList", call(chain.account(0))), "accessList"),
            "[]");
}

}  // namespace
}  // namespace cairn::api::test
