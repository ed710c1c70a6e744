// The request and response files of execution-apis, in the order of their names against one node
// over the chain that they were recorded on.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/io_cases.hpp"
#include "tests/api/recorded_chain.hpp"
#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::unique_ptr<DevChain> node_over(const std::filesystem::path& folder) {
  return std::make_unique<DevChain>(node::network_options(), DispatchLimits{},
                                    import_chain(folder / "genesis.json", folder / "chain.rlp"));
}

TEST(ExecutionApis, EveryRecordedAnswerIsGiven) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto folder = root / "execution-apis" / "tests";
  const auto node = node_over(folder);
  std::size_t count = 0;
  std::size_t failed = 0;
  for (const IoCase& one : read_io_cases(folder)) {
    ++count;
    bool equal = true;
    for (const Exchange& exchange : one.exchanges) {
      const std::string answer = node->ask(exchange.request);
      const auto found = one.speconly ? difference_in_shape(exchange.expected, answer)
                                      : difference(exchange.expected, answer);
      if (found) {
        equal = false;
        ADD_FAILURE() << one.name << ": " << *found;
      }
    }
    failed += equal ? 0 : 1;
  }
  std::cout << "execution-apis: " << count - failed << " passed, " << failed
            << " failed, 0 skipped\n";
  EXPECT_GT(count, 0u);
}

// The block that would come next on that chain: it keeps to the rules for its gas limit, and its
// header names the state that is behind it.
TEST(ExecutionApis, PendingBlockFollowsFromItsParent) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto node = node_over(root / "execution-apis" / "tests");
  const auto head = node->node().head();
  const std::uint64_t parent_limit = head->header().gas_limit;
  const std::string block = node->result("eth_getBlockByNumber", R"(["pending",false])");
  const std::string limit = fmt::format("\"0x{:x}\"", parent_limit - (parent_limit / 1'024 - 1));
  EXPECT_EQ(member(block, "gasLimit"), limit);
  constexpr std::string_view kGasLimit = R"({"data":"0x455f5260205ff3"})";
  EXPECT_THAT(node->result("eth_call", fmt::format(R"([{},"pending"])", kGasLimit)),
              ::testing::EndsWith(limit.substr(3)));
  const std::string built = node->result(
      "testing_buildBlockV1",
      fmt::format(R"(["{}",{{"timestamp":{},"prevRandao":{},"suggestedFeeRecipient":{},)"
                  R"("withdrawals":[],"parentBeaconBlockRoot":{}}},null,"0x"])",
                  base::to_hex(head->hash()), member(block, "timestamp"), member(block, "mixHash"),
                  "\"0x0000000000000000000000000000000000000000\"",
                  member(block, "parentBeaconBlockRoot")));
  EXPECT_EQ(member(member(built, "executionPayload"), "stateRoot"), member(block, "stateRoot"));
  const auto pending = node->node().pending_block();
  ASSERT_TRUE(pending);
  EXPECT_EQ(member(member(built, "executionPayload"), "blockHash"),
            fmt::format("\"{}\"", base::to_hex((*pending)->block()->hash)));
  const std::string simulated =
      node->result("eth_simulateV1", R"([{"blockStateCalls":[{}]},"pending"])");
  const std::string on_it = simulated.substr(1, simulated.size() - 2);
  EXPECT_EQ(member(on_it, "parentHash"), member(member(built, "executionPayload"), "blockHash"));
  EXPECT_EQ(member(on_it, "stateRoot").find("0x0000"), std::string::npos);
}

// Networks have geth's limits, where a dev chain takes what its users need.
TEST(ExecutionApis, PoolTakesNoUnprotectedTransaction) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto node = node_over(root / "execution-apis" / "tests");
  types::Transaction unprotected;
  unprotected.gas_limit = 21'000;
  unprotected.max_fee_per_gas = U256{1'000'000'000};
  unprotected.max_priority_fee_per_gas = unprotected.max_fee_per_gas;
  unprotected.to = Address{};
  crypto::SecretKey key;
  key[31] = 1;
  unprotected.signature = crypto::sign(types::signing_hash(unprotected), key).value();
  const std::string raw = base::to_hex(types::encode_transaction(unprotected));
  EXPECT_EQ(node->error("eth_sendRawTransaction", fmt::format(R"(["{}"])", raw)),
            "-32000: only replay-protected (EIP-155) transactions allowed over RPC");
}

// Shanghai brought PUSH0.
TEST(ExecutionApis, ACallHasTheRulesOfTheBlockThatItsOverridesMake) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto node = node_over(root / "execution-apis" / "tests");
  const std::string to = "0xc100000000000000000000000000000000000000";
  const std::string code = R"({"0xc100000000000000000000000000000000000000":{"code":"0x5f00"}})";
  const auto called = [&](std::string_view block) {
    return node->ask(
        request("eth_call", fmt::format(R"([{{"to":"{}"}},"latest",{},{}])", to, code, block)));
  };
  const auto traced = [&](std::string_view block) {
    return node->ask(
        request("debug_traceCall",
                fmt::format(R"([{{"to":"{}"}},"latest",{{"stateOverrides":{},"blockOverrides":{},)"
                            R"("tracer":"callTracer"}}])",
                            to, code, block)));
  };
  for (const std::string_view block : {R"({"time":"0x1"})", R"({"number":"0x1"})"}) {
    EXPECT_THAT(called(block), HasSubstr("invalid opcode: PUSH0")) << block;
    EXPECT_THAT(traced(block), HasSubstr("invalid opcode: PUSH0")) << block;
  }
  EXPECT_THAT(called("{}"), HasSubstr(R"("result":"0x")"));
  EXPECT_THAT(traced("{}"), Not(HasSubstr("error")));
}

TEST(ExecutionApis, BeforeLondonFeeCapsDoNotMatter) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto node = node_over(root / "execution-apis" / "tests");
  const std::string_view call =
      R"([{"to":"0xc100000000000000000000000000000000000000","maxFeePerGas":"0x1"},"0x1"])";
  EXPECT_EQ(node->result("eth_call", call), R"("0x")");
}

}  // namespace
}  // namespace cairn::api::test
