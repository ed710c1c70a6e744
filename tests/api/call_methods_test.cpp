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

}  // namespace
}  // namespace cairn::api::test
