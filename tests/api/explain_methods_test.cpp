#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/kzg_setup.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ExplainTest : public testing::Test {
 protected:
  std::string explain(std::string_view quoted_hash) {
    return chain_.result("cairn_explainTransaction", fmt::format("[{}]", quoted_hash));
  }
  void stop_mining() { (void)chain_.result("evm_setAutomine", "[false]"); }
  std::string send(std::size_t from, std::uint64_t nonce, U256 max_fee = 10'000'000'000) {
    return chain_.result("eth_sendRawTransaction",
                         fmt::format("[\"{}\"]", chain_.transfer(from, nonce, max_fee)));
  }
  // To account 1; `more` are further fields.
  std::string send_with(const std::string& from, std::uint64_t nonce, std::string_view more) {
    return chain_.result(
        "eth_sendTransaction",
        fmt::format(
            R"([{{"from":"{}","to":"{}","nonce":"{:#x}","maxFeePerGas":"0x2540be400",{}}}])", from,
            chain_.account(1), nonce, more));
  }
  void set_balance(const std::string& address, const U256& wei) {
    (void)chain_.result("anvil_setBalance",
                        fmt::format(R"(["{}","{}"])", address, base::to_quantity(wei)));
  }
  void set_code(const std::string& address, std::string_view code) {
    (void)chain_.result("anvil_setCode", fmt::format(R"(["{}","{}"])", address, code));
  }
  static std::string unquoted(std::string_view text) {
    return std::string(text.substr(1, text.size() - 2));
  }
  // The number before each " wei" of the advice.
  std::vector<U256> wei_of_advice(std::string_view quoted_hash) {
    const std::string advice = member(explain(quoted_hash), "unblock");
    std::vector<U256> out;
    for (std::size_t end = advice.find(" wei"); end != std::string::npos;
         end = advice.find(" wei", end + 1)) {
      const std::size_t begin = advice.find_last_not_of("0123456789", end - 1) + 1;
      out.push_back(base::from_decimal(advice.substr(begin, end - begin)).value());
    }
    return out;
  }

  DevChain chain_;
};

TEST_F(ExplainTest, SaysThatItHasNeverSeenAHash) {
  const std::string answer = explain(fmt::format("\"0x{:064}\"", 1));
  EXPECT_EQ(member(answer, "state"), R"("unknown")");
  EXPECT_THAT(member(answer, "unblock"), HasSubstr("31337"));
}

TEST_F(ExplainTest, SaysWhereATransactionWasMined) {
  const std::string answer = explain(chain_.send_transfer(0, 0));
  EXPECT_EQ(member(answer, "state"), R"("mined")");
  EXPECT_EQ(member(answer, "sentence"),
            R"("Mined in block 1 at index 0: it succeeded, with 21000 of 21000 gas.")");
  EXPECT_EQ(member(answer, "blockNumber"), R"("0x1")");
  EXPECT_EQ(member(answer, "success"), "true");
  EXPECT_EQ(member(answer, "unblock"), "null");
}

TEST_F(ExplainTest, SaysWhyAMinedTransactionFailed) {
  // Reverts with Error("no"): the data stands in the code after the instructions.
  const std::string contract = chain_.deploy(
      "0x6064600c60003960646000fd"
      "08c379a0"
      "0000000000000000000000000000000000000000000000000000000000000020"
      "0000000000000000000000000000000000000000000000000000000000000002"
      "6e6f000000000000000000000000000000000000000000000000000000000000");
  const std::string hash = chain_.result(
      "eth_sendTransaction",
      fmt::format(R"([{{"from":"{}","to":{},"gas":"0x186a0"}}])", chain_.account(1), contract));
  const std::string answer = explain(hash);
  EXPECT_EQ(member(answer, "success"), "false");
  EXPECT_EQ(member(answer, "reason"), R"("execution reverted: no")");
  EXPECT_THAT(member(answer, "revertData"), HasSubstr("08c379a0"));
  EXPECT_THAT(member(answer, "sentence"), HasSubstr("execution reverted: no, with"));
}

TEST_F(ExplainTest, NamesTheErrorOfATransactionThatFailed) {
  // The error's data stands in the code after the instructions: Unauthorized() and one unheard of.
  for (const auto& [data, words] :
       {std::pair{"82b42900", "execution reverted: Unauthorized()"},
        std::pair{"deadbeef", "execution reverted: custom error 0xdeadbeef"}}) {
    const std::string contract = chain_.deploy(fmt::format("0x6004600c60003960046000fd{}", data));
    const std::string hash = chain_.result(
        "eth_sendTransaction",
        fmt::format(R"([{{"from":"{}","to":{},"gas":"0x186a0"}}])", chain_.account(1), contract));
    EXPECT_EQ(member(explain(hash), "reason"), fmt::format("\"{}\"", words));
  }
}

TEST_F(ExplainTest, SaysForWhichNonceATransactionIsQueued) {
  const std::string hash = send(0, 3);
  EXPECT_EQ(member(explain(hash), "state"), R"("queued")");
  EXPECT_EQ(member(explain(hash), "missingNonces"), R"(["0x0","0x1","0x2"])");
  (void)send(0, 1);
  EXPECT_EQ(member(explain(hash), "missingNonces"), R"(["0x0","0x2"])");
  EXPECT_EQ(member(explain(hash), "missingCount"), R"("0x2")");
  (void)send(0, 0);
  (void)send(0, 2);
  EXPECT_EQ(member(explain(hash), "state"), R"("mined")");
}

TEST_F(ExplainTest, ListsOnlyTheFirstOfManyMissingNonces) {
  const std::string answer = explain(send(0, 1'000));
  EXPECT_EQ(member(answer, "missingCount"), R"("0x3e8")");
  EXPECT_THAT(member(answer, "sentence"), HasSubstr("13, 14, 15, ... is here"));
}

TEST_F(ExplainTest, SaysHowMuchIsMissingToPay) {
  stop_mining();
  const std::string hash = send(0, 0);
  (void)chain_.result("anvil_setBalance", fmt::format(R"(["{}","0x64"])", chain_.account(0)));
  const std::string answer = explain(hash);
  EXPECT_EQ(member(answer, "state"), R"("queued")");
  // 21,000 gas at 10 gwei and 1 wei, but for the 100 wei that are there.
  EXPECT_EQ(member(answer, "fundsMissing"), fmt::format("\"{:#x}\"", 210'000'000'000'001 - 100));
}

TEST_F(ExplainTest, SaysWhatIsMissingToPayBehindANonceGap) {
  const std::string sender = chain_.account(0);
  (void)send(0, 1);
  const std::string hash = send(0, 3);
  EXPECT_EQ(member(explain(hash), "fundsMissing"), R"("0x0")");
  set_balance(sender, U256{100});
  // Twice 21,000 gas at 10 gwei and 1 wei, but for the 100 wei that are there.
  const std::uint64_t missing = 2 * 210'000'000'000'001 - 100;
  EXPECT_EQ(member(explain(hash), "fundsMissing"), fmt::format("\"{:#x}\"", missing));
  EXPECT_THAT(
      member(explain(hash), "unblock"),
      AllOf(HasSubstr("nonces 0, 2."), HasSubstr(fmt::format("least {} wei more", missing))));
  set_balance(sender, U256{missing + 100});
  EXPECT_EQ(member(explain(hash), "fundsMissing"), R"("0x0")");
  EXPECT_THAT(member(explain(hash), "unblock"), Not(HasSubstr("wei")));
}

TEST_F(ExplainTest, SaysAtWhichPositionATransactionIsPending) {
  stop_mining();
  (void)send(0, 0);
  const std::string second = send(0, 1);
  const std::string answer = explain(second);
  EXPECT_EQ(member(answer, "state"), R"("pending")");
  EXPECT_EQ(member(answer, "position"), R"("0x2")");
  EXPECT_EQ(member(answer, "inNextBlock"), "true");
  EXPECT_THAT(member(answer, "unblock"), HasSubstr("evm_mine"));
}

TEST_F(ExplainTest, SaysInWordsHowOftenABlockComes) {
  stop_mining();
  const std::string waits = send(0, 0);
  const std::vector<std::pair<int, const char*>> intervals{
      {600'000, "every 10 minutes"}, {60'000, "every minute"},   {12'000, "every 12 seconds"},
      {7'200'000, "every 2 hours"},  {90'500, "every 90500 ms"},
  };
  for (const auto& [interval, words] : intervals) {
    chain_.result("evm_setIntervalMining", fmt::format("[{}]", interval));
    EXPECT_THAT(explain(waits), HasSubstr(words));
  }
  chain_.result("evm_setIntervalMining", "[[5000,60000]]");
  EXPECT_THAT(explain(waits), HasSubstr("every 5 to 60 seconds"));
}

TEST_F(ExplainTest, NamesTheFeeCapThatIsTooLow) {
  stop_mining();
  const std::string low = send(0, 0, 1);
  const std::string after = send(0, 1);
  EXPECT_THAT(member(explain(low), "sentence"),
              HasSubstr("Pending: its fee cap of 1 wei is below the next block's base fee"));
  EXPECT_EQ(member(explain(low), "position"), "null");
  EXPECT_THAT(member(explain(after), "sentence"), HasSubstr("nonce 0 comes before it"));
  EXPECT_THAT(member(explain(after), "unblock"), HasSubstr("replace nonce 0"));
}

TEST_F(ExplainTest, AdvisesToWaitOnlyWhereBlocksComeByThemselves) {
  stop_mining();
  const std::string low = send(0, 0, 800'000'000);
  EXPECT_THAT(member(explain(low), "unblock"),
              AllOf(HasSubstr("Mine (evm_mine) until the base fee has fallen, or replace nonce 0"),
                    Not(HasSubstr("Wait"))));
  (void)chain_.result("evm_setIntervalMining", "[60000]");
  EXPECT_THAT(member(explain(low), "unblock"), HasSubstr("Wait until the base fee has fallen, or"));
}

TEST_F(ExplainTest, AdvisesNoWaitForAFeeThatNeverComes) {
  stop_mining();
  (void)chain_.result("evm_setIntervalMining", "[60000]");
  const std::string never = send(0, 0, 6);
  const std::string some_day = send(1, 0, 7);
  for (const int blocks : {1, 200}) {  // the base fee falls to 7 wei and stays there
    (void)chain_.result("anvil_mine", fmt::format(R"(["{:#x}"])", blocks));
    EXPECT_THAT(member(explain(never), "unblock"),
                AllOf(HasSubstr("never falls that low: replace nonce 0"), Not(HasSubstr("until"))));
  }
  EXPECT_EQ(member(explain(some_day), "state"), R"("mined")");
}

TEST_F(ExplainTest, NamesFeesWithWhichTheReplacementIsTaken) {
  stop_mining();
  const std::string sender = chain_.account(0);
  const U256 base_fee =
      base::from_hex_number(unquoted(member(explain(send(0, 0)), "baseFeePerGas"))).value();
  for (const unsigned below : {1U, 500'000'000U}) {  // wei
    (void)chain_.result("anvil_dropAllTransactions");
    const std::string cap = base::to_quantity(base_fee - below);
    const std::string low = chain_.result(
        "eth_sendTransaction",
        fmt::format(R"([{{"from":"{}","to":"{}","nonce":"0x0","gas":"0x5208","gasPrice":"{}"}}])",
                    sender, chain_.account(1), cap));
    const auto wei = wei_of_advice(low);
    ASSERT_EQ(wei.size(), 2u);
    const std::string fresh =
        chain_.result("eth_sendTransaction",
                      fmt::format(R"([{{"from":"{}","to":"{}","nonce":"0x0","maxFeePerGas":"{}",)"
                                  R"("maxPriorityFeePerGas":"{}"}}])",
                                  sender, chain_.account(1), base::to_quantity(wei[0]),
                                  base::to_quantity(wei[1])));
    EXPECT_EQ(member(explain(fresh), "inNextBlock"), "true");
    EXPECT_EQ(member(explain(low), "replacedBy"), fresh);
  }
}

TEST_F(ExplainTest, NamesFeesWithWhichBlobsAreReplaced) {
  stop_mining();
  const auto send_blob = [&](const U256& cap, const U256& tip, const U256& blob_cap) {
    return chain_.result(
        "eth_sendTransaction",
        fmt::format(
            R"([{{"from":"{}","to":"{}","nonce":"0x0","gas":"0x5208","blobs":["{}"],"maxFeePerGas":"{}",)"
            R"("maxPriorityFeePerGas":"{}","maxFeePerBlobGas":"{}"}}])",
            chain_.account(0), chain_.account(1), base::to_hex(Bytes(crypto::kBlobSize)),
            base::to_quantity(cap), base::to_quantity(tip), base::to_quantity(blob_cap)));
  };
  const std::string low = send_blob(800'000'000, 1, 1);
  const auto wei = wei_of_advice(low);
  EXPECT_EQ(wei, (std::vector<U256>{1'600'000'000, 2, 2}));
  EXPECT_EQ(member(explain(send_blob(wei[0], wei[1], wei[2])), "inNextBlock"), "true");
}

TEST_F(ExplainTest, NamesTheFeesOfAReplacementForAnotherReason) {
  stop_mining();
  const std::string hash = send(0, 0);
  (void)chain_.result("evm_setBlockGasLimit", R"(["0x5207"])");
  // 10 gwei and 1 gwei, and the pool's 10 per cent.
  EXPECT_EQ(wei_of_advice(hash), (std::vector<U256>{11'000'000'000, 1'100'000'000}));
}

TEST_F(ExplainTest, SaysWhatNoBlockWillTake) {
  stop_mining();
  const std::string hash = send(0, 0);
  (void)chain_.result("evm_setBlockGasLimit", R"(["0x5207"])");
  EXPECT_THAT(member(explain(hash), "sentence"),
              HasSubstr("its gas of 21000 is above the block's limit of 20999"));
  EXPECT_THAT(member(explain(hash), "unblock"), HasSubstr("evm_setBlockGasLimit"));
  (void)chain_.result("anvil_setChainId", "[99]");
  EXPECT_THAT(member(explain(hash), "sentence"),
              HasSubstr("it is signed for chain 31337, and this is chain 99"));
  EXPECT_THAT(member(explain(hash), "unblock"), HasSubstr("anvil_setChainId"));
}

TEST_F(ExplainTest, SaysWhenTheTransactionsBeforeLeaveTooLittle) {
  stop_mining();
  const std::string sender = chain_.account(0);
  const std::string_view much = R"("gas":"0x5208","value":"0x58d15e176280000")";  // 0.4 ether
  (void)send_with(sender, 0, much);
  const std::string second = send_with(sender, 1, much);
  const std::string third = send_with(sender, 2, R"("gas":"0x5208")");
  const U256 half_an_ether{500'000'000'000'000'000};
  set_balance(sender, half_an_ether);
  EXPECT_THAT(member(explain(second), "sentence"), HasSubstr("what comes before it leaves"));
  EXPECT_THAT(member(explain(second), "unblock"), HasSubstr(sender));
  EXPECT_THAT(member(explain(third), "sentence"), HasSubstr("nonce 1 comes before it"));
  const U256 missing = wei_of_advice(second).at(0);
  EXPECT_EQ(wei_of_advice(third).at(0), missing);
  set_balance(sender, half_an_ether + missing - 1);
  EXPECT_EQ(wei_of_advice(second).at(0), 1);
  set_balance(sender, half_an_ether + missing);
  EXPECT_EQ(member(explain(second), "inNextBlock"), "true");
}

TEST_F(ExplainTest, SaysThatASenderWithCodeIsRefused) {
  stop_mining();
  const std::string sender = chain_.account(0);
  const std::string hash = send(0, 0);
  set_code(sender, "0x00");
  EXPECT_THAT(member(explain(hash), "sentence"), HasSubstr("its sender has code (EIP-3607)"));
  EXPECT_THAT(member(explain(hash), "unblock"), HasSubstr("anvil_setCode"));
  for (const std::string_view fine : {"0xef01001111111111111111111111111111111111111111", "0x"}) {
    set_code(sender, fine);
    EXPECT_EQ(member(explain(hash), "inNextBlock"), "true") << fine;
  }
}

TEST_F(ExplainTest, LetsAnImpersonatedSenderHaveCode) {
  stop_mining();
  const std::string contract = "0x2222222222222222222222222222222222222222";
  (void)chain_.result("anvil_impersonateAccount", fmt::format("[\"{}\"]", contract));
  set_balance(contract, U256{1'000'000'000'000'000'000});
  set_code(contract, "0x00");
  EXPECT_EQ(member(explain(send_with(contract, 0, R"("gas":"0x5208")")), "inNextBlock"), "true");
}

TEST_F(ExplainTest, SaysWhatHoldsBackAnEarlierNonce) {
  stop_mining();
  (void)send_with(chain_.account(0), 0, R"("gas":"0x30d40")");
  const std::string behind = send(0, 1);
  (void)chain_.result("evm_setBlockGasLimit", R"(["0x186a0"])");
  EXPECT_THAT(
      member(explain(behind), "sentence"),
      HasSubstr("nonce 0 comes before it, and no block takes that one: its gas of 200000 is "
                "above the block's limit of 100000"));
  EXPECT_THAT(member(explain(behind), "unblock"), HasSubstr("replace nonce 0"));
}

TEST_F(ExplainTest, SaysToMineWhenTheBlockIsFull) {
  stop_mining();
  (void)chain_.result("evm_setBlockGasLimit", R"(["0xea60"])");
  (void)send(0, 0);
  (void)send(0, 1);
  const std::string third = send(0, 2);
  EXPECT_THAT(member(explain(third), "sentence"), HasSubstr("the next block has no room for it"));
  EXPECT_THAT(member(explain(third), "unblock"), HasSubstr("evm_mine"));
  (void)chain_.result("evm_setIntervalMining", "[60000]");
  EXPECT_EQ(member(explain(third), "unblock"), "null");
}

TEST_F(ExplainTest, SaysWhyNoBlockCanBeMade) {
  stop_mining();
  const std::string hash = send(0, 0);
  set_code("0x00000961ef480eb55e80d19ad83579a64c007002", "0x");  // EIP-7002's contract
  EXPECT_THAT(member(explain(hash), "sentence"), HasSubstr("no block can be made: "));
}

TEST_F(ExplainTest, PointsToTheReplacement) {
  stop_mining();
  const auto send_at = [&](std::string_view price) {
    return chain_.result(
        "eth_sendTransaction",
        fmt::format(R"([{{"from":"{}","to":"{}","nonce":"0x0","gas":"0x5208","gasPrice":"{}"}}])",
                    chain_.account(0), chain_.account(1), price));
  };
  const std::string old = send_at("0x2540be400");
  const std::string fresh = send_at("0x4a817c800");
  EXPECT_EQ(member(explain(old), "state"), R"("replaced")");
  EXPECT_EQ(member(explain(old), "replacedBy"), fresh);
}

TEST_F(ExplainTest, SaysThatTheBlockWasTakenBack) {
  const std::string mark = chain_.result("evm_snapshot");
  const std::string hash = chain_.send_transfer(0, 0);
  (void)chain_.result("evm_revert", fmt::format("[{}]", mark));
  const std::string answer = explain(hash);
  EXPECT_EQ(member(answer, "state"), R"("dropped")");
  EXPECT_EQ(member(answer, "code"), R"("taken_back")");
  EXPECT_THAT(member(answer, "sentence"), HasSubstr("block 1, which had it, was taken back"));
  EXPECT_EQ(chain_.send_transfer(0, 0), hash);
  EXPECT_EQ(member(explain(hash), "state"), R"("mined")");
}

TEST_F(ExplainTest, RefusesWhatIsNoHash) {
  EXPECT_THAT(chain_.error("cairn_explainTransaction", R"(["0x1234"])"),
              HasSubstr("-32602: invalid argument 0 (hash): want 32 bytes, have 2"));
}

}  // namespace
}  // namespace cairn::api
