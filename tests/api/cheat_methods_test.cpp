#include "api/cheat_methods.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "api/methods.hpp"
#include "api/refused_methods.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kOther = "0x1111111111111111111111111111111111111111";

// Every method by which anvil 1.7.1, Hardhat 2 and 3, ganache 7 and viem 2.57's test client change
// a chain, under each of its names.
constexpr std::string_view kKnownElsewhere[] = {"anvil_addBalance",
                                                "anvil_autoImpersonateAccount",
                                                "anvil_dealERC20",
                                                "anvil_dropAllTransactions",
                                                "anvil_dropTransaction",
                                                "anvil_dumpState",
                                                "anvil_getAutomine",
                                                "anvil_getBlobByHash",
                                                "anvil_getBlobsByTransactionHash",
                                                "anvil_getGenesisTime",
                                                "anvil_getIntervalMining",
                                                "anvil_impersonateAccount",
                                                "anvil_impersonateSignature",
                                                "anvil_increaseTime",
                                                "anvil_loadState",
                                                "anvil_metadata",
                                                "anvil_mine",
                                                "anvil_mine_detailed",
                                                "anvil_mineDetailed",
                                                "anvil_nodeInfo",
                                                "anvil_removeBlockTimestampInterval",
                                                "anvil_removePoolTransactions",
                                                "anvil_reorg",
                                                "anvil_reset",
                                                "anvil_revert",
                                                "anvil_rollback",
                                                "anvil_setAutomine",
                                                "anvil_setBalance",
                                                "anvil_setBlockGasLimit",
                                                "anvil_setBlockTimestampInterval",
                                                "anvil_setChainId",
                                                "anvil_setCode",
                                                "anvil_setCoinbase",
                                                "anvil_setERC20Allowance",
                                                "anvil_setERC20Balance",
                                                "anvil_setFeeAmmLiquidity",
                                                "anvil_setFeeToken",
                                                "anvil_setIntervalMining",
                                                "anvil_setLoggingEnabled",
                                                "anvil_setMinGasPrice",
                                                "anvil_setNextBlockBaseFeePerGas",
                                                "anvil_setNextBlockTimestamp",
                                                "anvil_setNonce",
                                                "anvil_setRpcUrl",
                                                "anvil_setStorageAt",
                                                "anvil_setTime",
                                                "anvil_setValidatorFeeToken",
                                                "anvil_snapshot",
                                                "anvil_stopImpersonatingAccount",
                                                "eth_sendUnsignedTransaction",
                                                "evm_addAccount",
                                                "evm_increaseTime",
                                                "evm_lockUnknownAccount",
                                                "evm_mine",
                                                "evm_mine_detailed",
                                                "evm_removeAccount",
                                                "evm_revert",
                                                "evm_setAccountBalance",
                                                "evm_setAccountCode",
                                                "evm_setAccountNonce",
                                                "evm_setAccountStorageAt",
                                                "evm_setAutomine",
                                                "evm_setBlockGasLimit",
                                                "evm_setIntervalMining",
                                                "evm_setNextBlockTimestamp",
                                                "evm_setTime",
                                                "evm_snapshot",
                                                "evm_unlockUnknownAccount",
                                                "ganache_dropTransaction",
                                                "ganache_dumpState",
                                                "ganache_impersonateAccount",
                                                "ganache_loadState",
                                                "ganache_removeBlockTimestampInterval",
                                                "ganache_reset",
                                                "ganache_setBlockTimestampInterval",
                                                "ganache_setCoinbase",
                                                "ganache_setLoggingEnabled",
                                                "ganache_setMinGasPrice",
                                                "ganache_setNextBlockBaseFeePerGas",
                                                "ganache_setNonce",
                                                "ganache_setRpcUrl",
                                                "ganache_setStorageAt",
                                                "ganache_stopImpersonatingAccount",
                                                "hardhat_addBalance",
                                                "hardhat_addCompilationResult",
                                                "hardhat_autoImpersonateAccount",
                                                "hardhat_dealERC20",
                                                "hardhat_dropAllTransactions",
                                                "hardhat_dropTransaction",
                                                "hardhat_dumpState",
                                                "hardhat_getAutomine",
                                                "hardhat_getStackTraceFailuresCount",
                                                "hardhat_impersonateAccount",
                                                "hardhat_intervalMine",
                                                "hardhat_loadState",
                                                "hardhat_metadata",
                                                "hardhat_mine",
                                                "hardhat_removeBlockTimestampInterval",
                                                "hardhat_reset",
                                                "hardhat_setBalance",
                                                "hardhat_setBlockTimestampInterval",
                                                "hardhat_setCode",
                                                "hardhat_setCoinbase",
                                                "hardhat_setLedgerOutputEnabled",
                                                "hardhat_setLoggingEnabled",
                                                "hardhat_setMinGasPrice",
                                                "hardhat_setNextBlockBaseFeePerGas",
                                                "hardhat_setNonce",
                                                "hardhat_setPrevRandao",
                                                "hardhat_setRpcUrl",
                                                "hardhat_setStorageAt",
                                                "hardhat_stopImpersonatingAccount",
                                                "miner_setEtherbase",
                                                "miner_setExtra",
                                                "miner_setGasPrice",
                                                "miner_start",
                                                "miner_stop",
                                                "tenderly_addBalance",
                                                "tenderly_setBalance",
                                                "txpool_content",
                                                "txpool_contentFrom",
                                                "txpool_inspect",
                                                "txpool_status"};

TEST(DevTable, HasOrRefusesEveryCheatOfOtherNodes) {
  const MethodTable table;
  for (const std::string_view name : kKnownElsewhere) {
    const bool refused = std::ranges::count(refused_methods(), name, &RefusedMethod::name) != 0;
    EXPECT_NE(table.find(name) != nullptr, refused) << name;
  }
  EXPECT_TRUE(std::ranges::is_sorted(refused_methods(), {}, &RefusedMethod::name));
}

class CheatMethods : public testing::Test {
 protected:
  std::string result(std::string_view method, std::string_view params = "[]") {
    return chain_.result(method, params);
  }
  std::string error(std::string_view method, std::string_view params = "[]") {
    return chain_.error(method, params);
  }
  std::string of_other(std::string_view rest = "") {
    return fmt::format(R"(["{}"{}])", kOther, rest);
  }
  std::string latest(std::string_view field) {
    return member(result("eth_getBlockByNumber", R"(["latest",false])"), field);
  }

  DevChain chain_;
};

TEST_F(CheatMethods, RefuseByNameWithTheReason) {
  EXPECT_THAT(error("anvil_setFeeToken"), testing::AllOf(StartsWith("-32601"), HasSubstr("Tempo")));
}

TEST_F(CheatMethods, ChangeAnAccount) {
  EXPECT_EQ(result("anvil_setBalance", of_other(",100")), "null");
  EXPECT_EQ(result("hardhat_addBalance", of_other(R"(,"0x10")")), "true");
  EXPECT_EQ(result("eth_getBalance", of_other(R"(,"latest")")), R"("0x74")");
  EXPECT_EQ(result("anvil_addBalance", of_other(fmt::format(R"(,"0x{:f>64}")", ""))), "null");
  EXPECT_EQ(result("eth_getBalance", of_other(R"(,"latest")")), fmt::format(R"("0x{:f>64}")", ""));
  EXPECT_EQ(result("anvil_setNonce", of_other(R"(,"0x5")")), "null");
  EXPECT_EQ(result("evm_setAccountNonce", of_other(R"(,"0x2")")), "null");
  EXPECT_EQ(result("eth_getTransactionCount", of_other(R"(,"latest")")), R"("0x2")");
  EXPECT_EQ(result("hardhat_setCode", of_other(R"(,"0x6001")")), "true");
  EXPECT_EQ(result("eth_getCode", of_other(R"(,"latest")")), R"("0x6001")");
  EXPECT_EQ(result("anvil_setCode", of_other(R"(,"0x")")), "null");
  EXPECT_EQ(result("eth_getCode", of_other(R"(,"latest")")), R"("0x")");
  const std::string word = fmt::format("0x{:0>64}", "2a");
  EXPECT_EQ(result("anvil_setStorageAt", of_other(fmt::format(R"(,1,"{}")", word))), "true");
  EXPECT_EQ(result("eth_getStorageAt", of_other(R"(,"0x1","latest")")),
            fmt::format("\"{}\"", word));
}

TEST_F(CheatMethods, SayWhatIsWrongWithTheirParameters) {
  EXPECT_THAT(error("anvil_setBalance", R"(["0x12","0x1"])"), StartsWith("-32602"));
  EXPECT_THAT(error("anvil_setBalance", of_other(R"(,"many")")), StartsWith("-32602"));
  EXPECT_THAT(error("anvil_setBalance", of_other()), HasSubstr("wei"));
  EXPECT_THAT(error("anvil_setNonce", of_other(R"(,"0x10000000000000000")")),
              HasSubstr("nonce is above 64 bits"));
  EXPECT_THAT(error("anvil_setStorageAt", of_other(R"(,"0x1","0x01")")), HasSubstr("32 bytes"));
  EXPECT_THAT(error("anvil_setCode", of_other(R"(,"0x1")")), HasSubstr("odd length"));
  EXPECT_THAT(error("evm_setBlockGasLimit", "[0]"), HasSubstr("gas limit"));
  EXPECT_THAT(error("hardhat_setPrevRandao", R"(["0x1"])"), StartsWith("-32602"));
  EXPECT_THAT(error("anvil_setMinGasPrice", "[1]"), HasSubstr("EIP-1559"));
  EXPECT_THAT(error("anvil_setIntervalMining", "[99999999999]"), HasSubstr("year"));
  for (const char* method : {"anvil_setIntervalMining", "evm_setIntervalMining"}) {
    EXPECT_THAT(error(method, "[-1]"), HasSubstr("want a whole number of 0 or more"));
    EXPECT_THAT(error(method, R"(["-1"])"), HasSubstr("want a number of 0 or more"));
    EXPECT_THAT(error(method, "[true]"), HasSubstr("want a number"));
  }
  EXPECT_THAT(error("evm_setIntervalMining", "[[3,1]]"), HasSubstr("min is above max"));
  EXPECT_THAT(error("anvil_mine", "[100001]"), HasSubstr("at most 100000 blocks"));
  EXPECT_THAT(error("evm_setTime", R"(["2026-13-01T00:00:00Z"])"), HasSubstr("date"));
  EXPECT_THAT(error("anvil_rollback", "[1]"), HasSubstr("more than the chain's height 0"));
  EXPECT_THAT(error("anvil_reorg", "[1,[]]"), HasSubstr("more than the chain's height 0"));
  EXPECT_THAT(error("anvil_reset", R"([{"forking":{"jsonRpcUrl":7}}])"), HasSubstr("string"));
  EXPECT_THAT(error("anvil_dealERC20", of_other(fmt::format(R"(,"{}","0x1")", kOther))),
              HasSubstr("no slot of the token"));
  EXPECT_THAT(error("anvil_impersonateAccount", "[true]"), StartsWith("-32602"));
}

TEST_F(CheatMethods, ShapeTheNextBlocks) {
  const std::string randao = fmt::format("0x{:7>64}", "");
  result("anvil_setCoinbase", of_other());
  result("anvil_setNextBlockBaseFeePerGas", "[5000]");
  result("hardhat_setPrevRandao", fmt::format(R"(["{}"])", randao));
  result("evm_setBlockGasLimit", R"(["0x1c9c380"])");
  result("evm_mine");
  EXPECT_EQ(latest("miner"), fmt::format("\"{}\"", kOther));
  EXPECT_EQ(latest("baseFeePerGas"), R"("0x1388")");
  EXPECT_EQ(latest("mixHash"), fmt::format("\"{}\"", randao));
  EXPECT_EQ(latest("gasLimit"), R"("0x1c9c380")");
  result("evm_mine");
  EXPECT_NE(latest("mixHash"), fmt::format("\"{}\"", randao));  // of one block alone
}

TEST_F(CheatMethods, ChangeWhatTransactionsAreSignedFor) {
  EXPECT_EQ(result("anvil_setChainId", "[99]"), "null");
  EXPECT_EQ(result("eth_chainId"), R"("0x63")");
  EXPECT_EQ(result("net_version"), R"("99")");
  const std::string hash = result(
      "eth_sendTransaction", fmt::format(R"([{{"from":"{0}","to":"{0}"}}])", chain_.account(0)));
  const std::string transaction = result("eth_getTransactionByHash", fmt::format("[{}]", hash));
  EXPECT_EQ(member(transaction, "chainId"), R"("0x63")");
  EXPECT_THAT(error("eth_sendRawTransaction", fmt::format(R"(["{}"])", chain_.transfer(1, 0))),
              HasSubstr("chain id"));
}

TEST_F(CheatMethods, TellTimeAsToolsSendIt) {
  const auto set = [&](std::string_view time) {
    result("evm_setTime", fmt::format("[{}]", time));
    result("evm_mine");
    return latest("timestamp");
  };
  EXPECT_EQ(set("2000000000"), R"("0x77359400")");
  EXPECT_EQ(set("2000000001000"), R"("0x77359401")");  // Date.now()
  EXPECT_EQ(set(R"("0x77359402")"), R"("0x77359402")");
  EXPECT_EQ(set(R"("2033-05-18T03:33:23.000Z")"), R"("0x77359403")");  // JSON.stringify(Date)
  EXPECT_EQ(result("evm_setTime", "[2000000103]"), "100");
  EXPECT_EQ(result("evm_increaseTime", R"(["0xa"])"),
            std::to_string(2'000'000'113 - test::kGenesisTime));
  EXPECT_EQ(result("evm_setNextBlockTimestamp", "[2000000200.7]"), "null");
  result("evm_mine");
  EXPECT_EQ(latest("timestamp"), R"("0x773594c8")");
  EXPECT_THAT(error("evm_setNextBlockTimestamp", "[1]"), HasSubstr("lower than the previous"));
}

TEST_F(CheatMethods, MineWithAnIntervalAsAnvilAndAsHardhat) {
  const std::uint64_t start = test::kGenesisTime;
  result("anvil_mine", "[2,60]");
  EXPECT_EQ(latest("timestamp"), fmt::format(R"("0x{:x}")", start + 120));
  result("hardhat_mine", R"(["0x2","0x3c"])");
  EXPECT_EQ(latest("timestamp"), fmt::format(R"("0x{:x}")", start + 180));
  result("hardhat_mine", R"(["0x3"])");
  EXPECT_EQ(latest("timestamp"), fmt::format(R"("0x{:x}")", start + 182));
  result("anvil_setBlockTimestampInterval", "[500]");
  result("evm_mine");
  EXPECT_EQ(latest("timestamp"), fmt::format(R"("0x{:x}")", start + 682));
  EXPECT_THAT(error("anvil_setBlockTimestampInterval", R"(["0xffffffffffffffff"])"),
              HasSubstr("the timestamp leaves 64 bits"));
  EXPECT_EQ(result("anvil_removeBlockTimestampInterval"), "true");
  EXPECT_EQ(result("anvil_removeBlockTimestampInterval"), "false");
}

TEST_F(CheatMethods, SetAnvilsIntervalInsteadOfAutomine) {
  for (const std::string_view method : {"evm_setIntervalMining", "anvil_setIntervalMining"}) {
    result("evm_setAutomine", "[true]");
    result(method, "[5]");
    EXPECT_EQ(result("anvil_getIntervalMining"), "5") << method;
    EXPECT_EQ(result("anvil_getAutomine"), "false") << method;
    EXPECT_EQ(result("evm_setAutomine", "[true]"), "null");
    EXPECT_EQ(result("anvil_getIntervalMining"), "null") << method;
  }
  result("anvil_setIntervalMining", "[1000]");
  EXPECT_EQ(result("anvil_getIntervalMining"), "1000");
  result("anvil_setIntervalMining", "[0]");
  EXPECT_EQ(result("anvil_getAutomine"), "false");
}

TEST_F(CheatMethods, SetHardhatsIntervalBesideAutomine) {
  for (const std::string_view automine : {"true", "false"}) {
    result("evm_setAutomine", fmt::format("[{}]", automine));
    for (const std::string_view five : {"5000", R"("0x1388")", "[4000,6000]", "[5000,5000]"}) {
      result("evm_setIntervalMining", fmt::format("[{}]", five));
      EXPECT_EQ(result("anvil_getIntervalMining"), "5") << five;
      EXPECT_EQ(result("hardhat_getAutomine"), automine) << five;
    }
    result("evm_setIntervalMining", "[[250,250]]");
    EXPECT_EQ(chain_.node().head()->settings().mining(),
              (chain::MiningMode{.automine = automine == "true", .interval = 250}));
    result("evm_setIntervalMining", "[[0,3000]]");
    EXPECT_EQ(chain_.node().head()->settings().mining(),
              (chain::MiningMode{automine == "true", 1, 2'999}));
    result("evm_setIntervalMining", "[0]");
    EXPECT_EQ(result("anvil_getIntervalMining"), "null");
    EXPECT_EQ(result("hardhat_getAutomine"), automine);
  }
}

TEST_F(CheatMethods, ImpersonateAnyAccountAContractToo) {
  const std::string send = fmt::format(R"([{{"from":"{0}","to":"{0}"}}])", kOther);
  result("anvil_setBalance", of_other(R"(,"0xde0b6b3a7640000")"));
  result("anvil_setCode", of_other(R"(,"0x00")"));
  EXPECT_THAT(error("eth_sendTransaction", send), HasSubstr("unknown account"));
  result("hardhat_impersonateAccount", of_other());
  const std::string hash = result("eth_sendTransaction", send);
  const std::string transaction = result("eth_getTransactionByHash", fmt::format("[{}]", hash));
  EXPECT_EQ(member(transaction, "from"), fmt::format("\"{}\"", kOther));
  EXPECT_EQ(member(transaction, "r"), R"("0x1")");
  EXPECT_EQ(member(transaction, "s"), fmt::format("\"{}\"", kOther));
  EXPECT_EQ(result("hardhat_stopImpersonatingAccount", of_other()), "true");
  EXPECT_EQ(result("hardhat_stopImpersonatingAccount", of_other()), "false");
  EXPECT_THAT(error("eth_sendTransaction", send), HasSubstr("unknown account"));
  result("anvil_autoImpersonateAccount", "[true]");
  EXPECT_NE(result("eth_sendTransaction", send), hash);
  result("anvil_autoImpersonateAccount", "[false]");
  EXPECT_THAT(error("eth_sendTransaction", send), HasSubstr("unknown account"));
  EXPECT_EQ(result("eth_sendUnsignedTransaction", send).size(), 68u);
}

TEST_F(CheatMethods, KeepImpersonationOverARevert) {
  const std::string id = result("evm_snapshot");
  result("anvil_impersonateAccount", of_other());
  result("evm_revert", fmt::format("[{}]", id));
  EXPECT_THAT(result("eth_accounts"), HasSubstr(kOther));
}

TEST_F(CheatMethods, TakeBlocksBackAndMineOthers) {
  chain_.send_transfer(0, 0);
  chain_.send_transfer(0, 1);
  const std::string second = latest("hash");
  chain_.send_transfer(0, 2);
  EXPECT_EQ(result("anvil_rollback"), "null");
  EXPECT_EQ(latest("hash"), second);
  const std::string raw = chain_.transfer(0, 1);
  EXPECT_EQ(result("anvil_reorg",
                   fmt::format(R"([1,[["{}",0],[{{"from":"{}","to":"{}","value":"0x9"}},0]]])", raw,
                               chain_.account(1), kOther)),
            "null");
  EXPECT_EQ(latest("number"), R"("0x2")");
  EXPECT_NE(latest("hash"), second);
  EXPECT_EQ(result("eth_getBalance", of_other(R"(,"latest")")), R"("0x9")");
  EXPECT_EQ(result("eth_getTransactionCount", fmt::format(R"(["{}","latest"])", chain_.account(0))),
            R"("0x2")");
  EXPECT_THAT(error("anvil_reorg", fmt::format(R"([1,[["{}",1]]])", raw)), HasSubstr("block 1"));
}

TEST_F(CheatMethods, ResetToGenesisUnderANewId) {
  const std::string genesis = latest("hash");
  const std::string id = member(result("anvil_metadata"), "instanceId");
  const std::string snapshot = result("evm_snapshot");
  result("anvil_setBalance", of_other(",5"));
  result("evm_setAutomine", "[false]");
  chain_.send_transfer(0, 0);
  result("evm_mine");
  chain_.send_transfer(0, 1);
  EXPECT_EQ(result("hardhat_reset", R"([{"forking":{"blockNumber":null}}])"), "true");
  EXPECT_EQ(latest("hash"), genesis);
  EXPECT_NE(member(result("anvil_metadata"), "instanceId"), id);
  EXPECT_EQ(result("eth_getBalance", of_other(R"(,"latest")")), R"("0x0")");
  EXPECT_EQ(result("txpool_status"), R"({"pending":"0x0","queued":"0x0"})");
  EXPECT_EQ(result("anvil_getAutomine"), "true");
  EXPECT_EQ(result("evm_revert", fmt::format("[{}]", snapshot)), "false");
}

TEST_F(CheatMethods, NoMarkHasANumberAbove64Bits) {
  result("evm_snapshot");
  EXPECT_EQ(result("evm_revert", R"(["0x1000000000000000000000001"])"), "false");
}

TEST_F(CheatMethods, AResetThatSaysSomethingElseIsRefused) {
  result("evm_mine");
  EXPECT_THAT(error("hardhat_reset", R"([{"fork":{"jsonRpcUrl":"http://localhost"}}])"),
              HasSubstr("fork"));
  EXPECT_THAT(error("hardhat_reset", R"([{"forking":{"url":"http://localhost"}}])"),
              HasSubstr("forking.url: want jsonRpcUrl, blockNumber or httpHeaders"));
  for (const char* headers : {R"(["x-key: a"])", R"({"x-key":7})", R"({"x-key":"a\r\nb: c"})",
                              R"({"x key":"a"})", R"({"x\nkey":"a"})", R"({"":"a"})"}) {
    EXPECT_THAT(
        error(
            "hardhat_reset",
            fmt::format(R"([{{"forking":{{"jsonRpcUrl":"http://127.0.0.1:1","httpHeaders":{}}}}}])",
                        headers)),
        HasSubstr("forking.httpHeaders: want"))
        << headers;
  }
  EXPECT_EQ(result("eth_blockNumber"), R"("0x1")");
}

TEST_F(CheatMethods, DropWhatWaits) {
  result("evm_setAutomine", "[false]");
  const std::string first = chain_.send_transfer(0, 0);
  chain_.send_transfer(1, 0);
  chain_.send_transfer(2, 0);
  EXPECT_EQ(result("anvil_dropTransaction", fmt::format("[{}]", first)), first);
  EXPECT_EQ(result("anvil_dropTransaction", fmt::format("[{}]", first)), "null");
  EXPECT_EQ(result("hardhat_dropTransaction", fmt::format("[{}]", first)), "false");
  result("anvil_removePoolTransactions", fmt::format(R"(["{}"])", chain_.account(1)));
  EXPECT_EQ(result("txpool_status"), R"({"pending":"0x1","queued":"0x0"})");
  EXPECT_EQ(result("anvil_dropAllTransactions"), "null");
  EXPECT_EQ(result("txpool_content"), R"({"pending":{},"queued":{}})");
}

TEST_F(CheatMethods, ShowWhatTransactionsOfAMinedBlockReturned) {
  result("evm_setAutomine", "[false]");
  result("anvil_setCode", of_other(R"(,"0x602a5f5260205ff3")"));
  result("eth_sendTransaction",
         fmt::format(R"([{{"from":"{}","to":"{}","gas":"0x15f90"}}])", chain_.account(0), kOther));
  const std::string blocks = result("anvil_mine_detailed", R"([{"blocks":2}])");
  EXPECT_THAT(blocks, HasSubstr(fmt::format(R"("output":"0x{:0>64}")", "2a")));
  EXPECT_THAT(blocks, HasSubstr(R"("number":"0x2")"));
}

TEST_F(CheatMethods, DescribeTheNode) {
  const std::string info = result("anvil_nodeInfo");
  EXPECT_EQ(member(info, "hardFork"), R"("Osaka")");
  EXPECT_EQ(member(info, "transactionOrder"), R"("fees")");
  EXPECT_EQ(member(member(info, "environment"), "chainId"), "31337");
  result("evm_snapshot");
  EXPECT_THAT(result("anvil_metadata"), HasSubstr(R"("snapshots":{"0x1":[0,)"));
  EXPECT_EQ(result("anvil_getGenesisTime"), std::to_string(test::kGenesisTime));
}

}  // namespace
}  // namespace cairn::api
