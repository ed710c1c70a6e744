#include "api/methods.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;
using testing::StartsWith;

class MethodsTest : public testing::Test {
 protected:
  std::string result(std::string_view method, std::string_view params = "[]") {
    return chain_.result(method, params);
  }
  std::string error(std::string_view method, std::string_view params = "[]") {
    return chain_.error(method, params);
  }
  std::string at(std::string_view block) const {
    return fmt::format(R"(["{}",{}])", chain_.account(0), block);
  }
  std::string by_nonce(std::size_t account, std::string_view nonce) {
    return result("eth_getTransactionBySenderAndNonce",
                  fmt::format(R"(["{}","{}"])", chain_.account(account), nonce));
  }

  DevChain chain_;
};

TEST(MethodTable, DescribesEveryMethodOnce) {
  const MethodTable table;
  EXPECT_EQ(std::ranges::adjacent_find(table.all(), {}, &Method::name), table.all().end());
  for (const auto& method : table.all()) {
    EXPECT_FALSE(method.help.empty()) << method.name;
    EXPECT_EQ(table.find(method.name), &method);
  }
  EXPECT_EQ(table.find("eth_"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

TEST(MethodTable, HasOnlyTheNamespacesThatAreNamed) {
  const MethodTable table(false, {"eth", "net"});
  EXPECT_NE(table.find("eth_call"), nullptr);
  EXPECT_NE(table.find("net_version"), nullptr);
  EXPECT_EQ(table.find("debug_traceCall"), nullptr);
  EXPECT_EQ(table.find("anvil_mine"), nullptr);
}

TEST_F(MethodsTest, TellWhatChainThisIs) {
  EXPECT_EQ(result("eth_chainId"), R"("0x7a69")");
  EXPECT_EQ(result("net_version"), R"("31337")");
  EXPECT_EQ(result("eth_networkId"), R"("31337")");
  EXPECT_EQ(result("net_listening"), "true");
  EXPECT_EQ(result("net_peerCount"), R"("0x0")");
  EXPECT_EQ(result("eth_syncing"), "false");
  EXPECT_EQ(result("eth_hashrate"), R"("0x0")");
  EXPECT_EQ(result("eth_protocolVersion"), "1");
  EXPECT_EQ(result("eth_coinbase"), R"("0x0000000000000000000000000000000000000000")");
  EXPECT_THAT(result("web3_clientVersion"), StartsWith("\"anvil/"));
  EXPECT_EQ(result("web3_sha3", R"(["0x68656c6c6f"])"),
            R"("0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8")");
  EXPECT_THAT(result("eth_accounts"),
              StartsWith(R"(["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")"));
  EXPECT_EQ(result("eth_requestAccounts"), result("eth_accounts"));
}

TEST_F(MethodsTest, TellTheForksRules) {
  const std::string config = result("eth_config");
  EXPECT_EQ(member(config, "next"), "null");
  EXPECT_EQ(member(config, "last"), "null");
  const std::string current = member(config, "current");
  EXPECT_EQ(member(current, "chainId"), R"("0x7a69")");
  EXPECT_EQ(member(current, "forkId").size(), 12u);
  EXPECT_THAT(member(current, "precompiles"), HasSubstr("P256VERIFY"));
  EXPECT_THAT(member(current, "systemContracts"), HasSubstr("HISTORY_STORAGE_ADDRESS"));
  EXPECT_EQ(member(member(current, "blobSchedule"), "max"), "9");
}

TEST_F(MethodsTest, NameBlocksInEveryWay) {
  chain_.send_transfer(0, 0);
  const std::string hash = member(result("eth_getBlockByNumber", R"(["0x1",false])"), "hash");
  for (const std::string& block :
       {std::string(R"("latest")"), std::string(R"("safe")"), std::string(R"("finalized")"),
        std::string(R"("pending")"), std::string(R"("0x1")"), hash,
        std::string(R"({"blockNumber":"0x1"})"), R"({"blockHash":)" + hash + "}",
        R"({"blockHash":)" + hash + R"(,"requireCanonical":true})"}) {
    EXPECT_EQ(result("eth_getTransactionCount", at(block)), R"("0x1")") << block;
  }
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("earliest")")), R"("0x0")");
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("0x0")")), R"("0x0")");
  EXPECT_EQ(error("eth_getBalance", at(R"("0x9")")), "-32000: header not found");
  EXPECT_EQ(error("eth_getBalance", at(R"({"blockHash":"0x)" + std::string(64, '1') + R"("})")),
            "-32000: header for hash not found");
  EXPECT_THAT(error("eth_getBalance", at("{}")), StartsWith("-32602"));
}

TEST_F(MethodsTest, ReadAccounts) {
  EXPECT_EQ(result("eth_getBalance", at(R"("latest")")), R"("0x21e19e0c9bab2400000")");
  EXPECT_EQ(result("eth_getCode", at(R"("latest")")), R"("0x")");
  EXPECT_THAT(result("eth_getCode", R"(["0xcA11bde05977b3631167028862bE2a173976CA11","latest"])"),
              StartsWith("\"0x60"));
  EXPECT_EQ(result("eth_getStorageAt", fmt::format(R"(["{}","0x0"])", chain_.account(0))),
            fmt::format(R"("0x{:064}")", 0));
  EXPECT_EQ(error("eth_getStorageAt", fmt::format(R"(["{}","0xasdf"])", chain_.account(0))),
            R"(-32602: invalid hex in storage key: \"0xasdf\")");
}

TEST_F(MethodsTest, ShowABlockWithExactlyTheFieldsOfTheSchema) {
  chain_.send_transfer(0, 0);
  const std::string block = result("eth_getBlockByNumber", R"(["latest",true])");
  EXPECT_EQ(member(block, "number"), R"("0x1")");
  EXPECT_EQ(member(block, "totalDifficulty"), "");
  EXPECT_EQ(member(block, "uncles"), "[]");
  EXPECT_EQ(member(block, "withdrawals"), "[]");
  EXPECT_EQ(member(block, "gasUsed"), R"("0x5208")");
  EXPECT_EQ(member(block, "gasLimit"), R"("0x3938700")");
  EXPECT_THAT(member(block, "transactions"), HasSubstr(R"("yParity")"));
  const std::string by_hash = result("eth_getBlockByHash", "[" + member(block, "hash") + ",true]");
  EXPECT_EQ(by_hash, block);
  EXPECT_EQ(result("eth_getBlockByNumber", R"(["0x99",true])"), "null");
}

TEST_F(MethodsTest, ShowThePendingBlockWithoutAHash) {
  const std::string block = result("eth_getBlockByNumber", R"(["pending",false])");
  EXPECT_EQ(member(block, "hash"), "null");
  EXPECT_EQ(member(block, "number"), R"("0x1")");
}

TEST_F(MethodsTest, ShowATransactionFromEverySide) {
  const std::string hash = chain_.send_transfer(0, 0);
  const std::string tx = result("eth_getTransactionByHash", "[" + hash + "]");
  EXPECT_EQ(member(tx, "from"), '"' + chain_.account(0) + '"');
  EXPECT_EQ(member(tx, "type"), R"("0x2")");
  EXPECT_EQ(member(tx, "chainId"), R"("0x7a69")");
  EXPECT_EQ(member(tx, "accessList"), "[]");
  EXPECT_EQ(member(tx, "v"), member(tx, "yParity"));
  EXPECT_EQ(result("eth_getTransactionByBlockNumberAndIndex", R"(["latest","0x0"])"), tx);
  EXPECT_EQ(
      result("eth_getTransactionByBlockHashAndIndex", "[" + member(tx, "blockHash") + R"(,"0x0"])"),
      tx);
  EXPECT_EQ(result("eth_getTransactionByBlockNumberAndIndex", R"(["latest","0x1"])"), "null");
  EXPECT_EQ(result("eth_getTransactionByHash", "[\"0x" + std::string(64, '1') + "\"]"), "null");
  EXPECT_EQ(by_nonce(0, "0x0"), tx);
  EXPECT_EQ(by_nonce(0, "0x1"), "null");
  EXPECT_EQ(by_nonce(9, "0x0"), "null");
}

TEST_F(MethodsTest, FindAWaitingTransactionByItsNonce) {
  chain_.send_transfer(0, 0);
  const std::string hash = chain_.send_transfer(0, 5);  // a nonce gap
  EXPECT_EQ(by_nonce(0, "0x5"), result("eth_getTransactionByHash", "[" + hash + "]"));
  EXPECT_EQ(by_nonce(0, "0x4"), "null");
  EXPECT_EQ(by_nonce(1, "0x5"), "null");
}

TEST_F(MethodsTest, GiveATransactionsBytesFromEverySide) {
  const std::string raw = chain_.transfer(0, 0);
  const std::string hash = result("eth_sendRawTransaction", "[\"" + raw + "\"]");
  const std::string block =
      member(result("eth_getTransactionByHash", "[" + hash + "]"), "blockHash");
  EXPECT_EQ(result("eth_getRawTransactionByHash", "[" + hash + "]"), '"' + raw + '"');
  EXPECT_EQ(result("eth_getRawTransactionByBlockHashAndIndex", "[" + block + R"(,"0x0"])"),
            '"' + raw + '"');
  EXPECT_EQ(result("eth_getRawTransactionByBlockNumberAndIndex", R"(["0x1","0x0"])"),
            '"' + raw + '"');
  // What is not there is no bytes, as in geth.
  EXPECT_EQ(result("eth_getRawTransactionByHash", "[" + block + "]"), R"("0x")");
  EXPECT_EQ(result("eth_getRawTransactionByBlockHashAndIndex", "[" + block + R"(,"0x1"])"),
            R"("0x")");
  EXPECT_EQ(result("eth_getRawTransactionByBlockHashAndIndex", "[" + hash + R"(,"0x0"])"),
            R"("0x")");
  EXPECT_EQ(result("eth_getRawTransactionByBlockNumberAndIndex", R"(["0x2","0x0"])"), R"("0x")");
}

TEST_F(MethodsTest, ShowAReceipt) {
  const std::string hash = chain_.send_transfer(0, 0);
  const std::string receipt = result("eth_getTransactionReceipt", "[" + hash + "]");
  EXPECT_EQ(member(receipt, "status"), R"("0x1")");
  EXPECT_EQ(member(receipt, "gasUsed"), R"("0x5208")");
  EXPECT_EQ(member(receipt, "contractAddress"), "null");
  EXPECT_EQ(member(receipt, "blobGasUsed"), "");
  EXPECT_EQ(result("eth_getBlockReceipts", R"(["latest"])"), "[" + receipt + "]");
  EXPECT_EQ(result("eth_getBlockReceipts", R"(["earliest"])"), "[]");
  EXPECT_EQ(result("eth_getTransactionReceipt", "[\"0x" + std::string(64, '1') + "\"]"), "null");
}

TEST_F(MethodsTest, ShowAQueuedTransactionWithANullBlock) {
  const std::string hash = chain_.send_transfer(0, 5);  // a nonce gap
  const std::string tx = result("eth_getTransactionByHash", "[" + hash + "]");
  EXPECT_EQ(member(tx, "blockHash"), "null");
  EXPECT_EQ(member(tx, "nonce"), R"("0x5")");
  EXPECT_EQ(result("eth_getTransactionReceipt", "[" + hash + "]"), "null");
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("pending")")), R"("0x0")");
}

TEST_F(MethodsTest, MineAQueuedTransactionWhenItsGapIsFilled) {
  chain_.send_transfer(0, 1);
  EXPECT_EQ(result("eth_blockNumber"), R"("0x0")");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("latest")")), R"("0x2")");
}

TEST_F(MethodsTest, ReturnWhatACallReturns) {
  // PUSH1 42, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
  const std::string to = chain_.deploy("0x602a5f5260205ff3");
  EXPECT_EQ(result("eth_call", R"([{"to":)" + to + R"(},"latest"])"),
            fmt::format(R"("0x{:064x}")", 42));
}

TEST_F(MethodsTest, CarryTheBytesOfARevert) {
  // PUSH1 7, PUSH0, MSTORE, PUSH1 32, PUSH0, REVERT
  const std::string to = chain_.deploy("0x60075f5260205ffd");
  const std::string answer =
      chain_.ask(test::request("eth_call", R"([{"to":)" + to + R"(},"latest"])"));
  EXPECT_THAT(answer, HasSubstr(R"("code":3,"message":"execution reverted")"));
  EXPECT_THAT(answer, HasSubstr(fmt::format(R"("data":"0x{:064x}")", 7)));
  EXPECT_THAT(error("eth_estimateGas", R"([{"to":)" + to + "}]"), StartsWith("3: "));
}

TEST_F(MethodsTest, NameWhyACallHalts) {
  EXPECT_EQ(error("eth_call", R"([{"to":)" + chain_.deploy("0xfe") + "}]"),
            "-32000: invalid opcode: INVALID");
  EXPECT_EQ(error("eth_call", R"([{"to":)" + chain_.deploy("0x600056") + "}]"),
            "-32000: invalid jump destination");
  EXPECT_EQ(error("eth_call", R"([{"to":)" + chain_.deploy("0x5b5f56") + R"(,"gas":"0x186a0"}])"),
            "-32000: out of gas");
  EXPECT_EQ(error("eth_call", R"([{"to":)" + chain_.deploy("0x5f01") + "}]"),
            "-32000: stack underflow (1 <=> 2)");
  EXPECT_EQ(error("eth_call", R"([{"to":)" + chain_.deploy("0x0c") + "}]"),
            "-32000: invalid opcode: opcode 0xc not defined");
  EXPECT_EQ(error("eth_estimateGas", R"([{"to":)" + chain_.deploy("0x5b5f5f5f56") + "}]"),
            "-32000: stack limit reached 1024 (1023)");
}

TEST_F(MethodsTest, OverrideStateAndBlockInACall) {
  // NUMBER, PUSH0, MSTORE, SELFBALANCE, PUSH1 32, MSTORE, PUSH0, SLOAD, PUSH1 64, MSTORE,
  // PUSH1 96, PUSH0, RETURN
  const std::string to = R"("0x00000000000000000000000000000000000000aa")";
  const std::string answer =
      result("eth_call", R"([{"to":)" + to + R"(},"latest",{)" + to +
                             R"(:{"code":"0x435f52476020525f5460405260605ff3","balance":"0x5",)"
                             R"("stateDiff":{"0x0":"0x9"}}},{"number":"0x64"}])");
  EXPECT_EQ(answer, fmt::format(R"("0x{:064x}{:064x}{:064x}")", 100, 5, 9));
}

TEST_F(MethodsTest, EstimateATransferExactly) {
  EXPECT_EQ(result("eth_estimateGas", fmt::format(R"([{{"from":"{0}","to":"{0}","value":"0x1"}}])",
                                                  chain_.account(0))),
            R"("0x5208")");
  EXPECT_THAT(
      error("eth_estimateGas", fmt::format(R"([{{"from":"{0}","to":"{0}","value":"0x{1}"}}])",
                                           chain_.account(0), std::string(30, 'f'))),
      HasSubstr("insufficient funds"));
}

TEST_F(MethodsTest, PreferInputAndRefuseAContradiction) {
  const auto call = [this](std::string_view data) {
    return fmt::format(R"([{{"to":"{}","input":"0x01","data":"{}"}}])", chain_.account(0), data);
  };
  EXPECT_EQ(result("eth_call", call("0x01")), R"("0x")");
  EXPECT_THAT(error("eth_call", call("0x02")), HasSubstr("use input"));
}

TEST_F(MethodsTest, PriceGas) {
  const std::string header = result("eth_getBlockByNumber", R"(["latest",false])");
  EXPECT_EQ(member(header, "baseFeePerGas"), R"("0x3b9aca00")");
  EXPECT_EQ(result("eth_maxPriorityFeePerGas"), R"("0x3b9aca00")");
  EXPECT_EQ(result("eth_blobBaseFee"), R"("0x1")");
  const std::string base_fee = result("eth_baseFee");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(member(result("eth_getBlockByNumber", R"(["latest",false])"), "baseFeePerGas"),
            base_fee);
}

TEST_F(MethodsTest, TellTheHistoryOfFees) {
  chain_.send_transfer(0, 0);
  const std::string history = result("eth_feeHistory", R"(["0x10","latest",[10,90]])");
  EXPECT_EQ(member(history, "oldestBlock"), R"("0x0")");
  EXPECT_EQ(member(history, "reward"), R"([["0x0","0x0"],["0x3b9aca00","0x3b9aca00"]])");
  EXPECT_EQ(member(history, "gasUsedRatio"), "[0,0.00035]");
  EXPECT_THAT(member(history, "baseFeePerGas"), HasSubstr(result("eth_baseFee") + "]"));
  EXPECT_EQ(member(result("eth_feeHistory", R"(["0x1","latest",[]])"), "reward"), "");
  for (const std::string_view count : {"16", R"("16")", R"("0x0010")"}) {  // as geth reads it
    EXPECT_EQ(result("eth_feeHistory", fmt::format(R"([{},"latest",[10,90]])", count)), history);
  }
  EXPECT_EQ(error("eth_feeHistory", R"(["0x1","0x99",[]])"),
            "-32000: request beyond head block: requested 153, head 1");
  EXPECT_EQ(error("eth_feeHistory", R"(["0x1","latest",[50,50]])"),
            "-32000: invalid reward percentile: #0:50.000000 >= #1:50.000000");
  EXPECT_EQ(error("eth_feeHistory", R"(["0x1","latest",[100.5]])"),
            "-32000: invalid reward percentile: 100.500000");
  EXPECT_THAT(error("eth_feeHistory", R"(["0x1","latest",["50"]])"), StartsWith("-32602"));
}

TEST_F(MethodsTest, FindLogs) {
  // PUSH1 7, PUSH0, PUSH0, LOG1
  const std::string to = chain_.deploy("0x60075f5fa1");
  result("eth_sendTransaction", fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  const std::string topic = fmt::format(R"("0x{:064x}")", 7);
  const std::string logs = result("eth_getLogs", R"([{"fromBlock":"0x0","address":)" + to + "}]");
  EXPECT_THAT(logs, HasSubstr(topic));
  EXPECT_THAT(logs, HasSubstr(R"("blockTimestamp")"));
  EXPECT_EQ(result("eth_getLogs", R"([{"fromBlock":"earliest","topics":[null,)" + topic + "]}]"),
            "[]");
  EXPECT_EQ(result("eth_getLogs", R"([{"topics":[[)" + topic + "]]}]"), logs);
  EXPECT_EQ(error("eth_getLogs", R"([{"fromBlock":"0x32","toBlock":"0x38"}])"),
            "-32602: block range extends beyond current head block");
  EXPECT_EQ(error("eth_getLogs",
                  R"([{"blockHash":"0x)" + std::string(64, '1') + R"(","fromBlock":"0x3"}])"),
            "-32602: invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, "
            "choose one or the other");
}

TEST_F(MethodsTest, NameTheLogRangeThatWouldWork) {
  chain_.context().limits.logs.logs = 2;
  const std::string to = chain_.deploy("0x60075f5fa1");
  for (int i = 0; i < 4; ++i) {
    result("eth_sendTransaction",
           fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  }
  EXPECT_THAT(error("eth_getLogs", R"([{"fromBlock":"0x0","toBlock":"latest"}])"),
              HasSubstr("this block range should work: [0x0, 0x3]"));
}

TEST_F(MethodsTest, SayWhyATransactionIsRefused) {
  const auto send = [this](const std::string& tx) {
    return error("eth_sendRawTransaction", "[\"" + tx + "\"]");
  };
  chain_.send_transfer(0, 0);
  EXPECT_EQ(send(chain_.transfer(0, 0)).substr(0, 7), "-32000:");
  EXPECT_THAT(send("0x"), StartsWith("-32602: invalid argument 0 (transaction)"));
  EXPECT_EQ(send("0x7f00"), "-32000: transaction type not supported");
  EXPECT_THAT(send(chain_.transfer(0, 1, 1)),
              HasSubstr("max fee per gas less than block base fee"));
  chain_.send_transfer(1, 3);
  EXPECT_THAT(send(chain_.transfer(1, 3)), HasSubstr("already known"));
}

TEST_F(MethodsTest, RefuseToSignForForeignAccounts) {
  EXPECT_THAT(
      error("eth_sendTransaction", R"([{"from":"0x00000000000000000000000000000000000000aa"}])"),
      StartsWith("-32000: unknown account"));
}

TEST_F(MethodsTest, SignMessagesAndTransactions) {
  // Known answer: the first dev account signs "hello" (EIP-191).
  const std::string signature =
      result("eth_sign", fmt::format(R"(["{}","0x68656c6c6f"])", chain_.account(0)));
  EXPECT_EQ(signature.size(), 2 + 2 + 130u);
  const std::string signed_tx =
      result("eth_signTransaction",
             fmt::format(R"([{{"from":"{0}","to":"{0}","value":"0x1"}}])", chain_.account(0)));
  const std::string hash = result("eth_sendRawTransaction", "[" + member(signed_tx, "raw") + "]");
  EXPECT_EQ(member(member(signed_tx, "tx"), "hash"), hash);
}

TEST_F(MethodsTest, ReadNumbersOnADevChainAsItsUsersWriteThem) {
  const auto send = [&](std::string_view members) {
    return fmt::format(R"([{{"from":"{0}","to":"{0}",{1}}}])", chain_.account(0), members);
  };
  const std::string hash =
      result("eth_sendTransaction", send(R"("value":1,"gas":"0x05208","nonce":0,"data":"")"));
  EXPECT_EQ(member(result("eth_getTransactionByHash", "[" + hash + "]"), "value"), R"("0x1")");
  EXPECT_EQ(result("eth_call", send(R"("gas":100000,"value":"0x00")")), R"("0x")");
  EXPECT_EQ(member(result("eth_getBlockByNumber", "[1,false]"), "number"), R"("0x1")");
  EXPECT_EQ(result("eth_getTransactionCount", fmt::format(R"(["{}",0])", chain_.account(0))),
            R"("0x0")");
  EXPECT_THAT(error("eth_call", send(R"("gas":-1)")), StartsWith("-32602"));
  EXPECT_THAT(error("eth_call", send(R"("value":1.5)")), StartsWith("-32602"));
  EXPECT_THAT(error("eth_call", send(R"("gas":"0x010000000000000000")")), StartsWith("-32602"));
  EXPECT_THAT(error("eth_getBlockByNumber", "[18446744073709551615,false]"), StartsWith("-32602"));
  chain_.context().with_cheats = false;
  EXPECT_THAT(error("eth_call", send(R"("gas":100000)")), StartsWith("-32602"));
  EXPECT_THAT(error("eth_call", send(R"("value":"0x00")")), HasSubstr("leading zero"));
  EXPECT_THAT(error("eth_getBlockByNumber", "[1,false]"), StartsWith("-32602"));
}

TEST_F(MethodsTest, MineASendThatRevertsWithoutGasOnADevChainAlone) {
  const std::string to = chain_.deploy("0x5f5ffd");
  const auto send = [&](std::string_view from) {
    return fmt::format(R"([{{"from":"{}","to":{}}}])", from, to);
  };
  const std::string hash = result("eth_sendTransaction", send(chain_.account(0)));
  EXPECT_EQ(member(result("eth_getTransactionReceipt", "[" + hash + "]"), "status"), R"("0x0")");
  EXPECT_THAT(error("eth_estimateGas", send(chain_.account(0))), HasSubstr("reverted"));
  EXPECT_THAT(error("eth_signTransaction", send(chain_.account(0))), HasSubstr("reverted"));

  // One that cannot pay for a whole block's gas.
  const std::string poor = "0x00000000000000000000000000000000000000bb";
  result("anvil_setBalance", R"([")" + poor + R"(","0x5af3107a4000"])");  // 0.0001 ether
  result("anvil_impersonateAccount", R"([")" + poor + R"("])");
  EXPECT_THAT(result("eth_sendTransaction", send(poor)), StartsWith("\"0x"));

  chain_.context().with_cheats = false;
  EXPECT_THAT(error("eth_sendTransaction", send(chain_.account(0))), HasSubstr("reverted"));
}

TEST_F(MethodsTest, AnswerASendThatRevertsWithAnErrorWhereFailuresThrow) {
  chain_.context().throw_on_failures = true;
  const std::string to = chain_.deploy("0x5f5ffd");
  EXPECT_EQ(error("eth_sendTransaction",
                  fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to)),
            "-32603: Error: Transaction reverted without a reason string");
  EXPECT_EQ(result("eth_blockNumber"), R"("0x2")");
}

TEST_F(MethodsTest, MineAFailedTransactionWithStatus0) {
  const std::string to = chain_.deploy("0xfe");
  const std::string hash =
      result("eth_sendTransaction",
             fmt::format(R"([{{"from":"{}","to":{},"gas":"0x186a0"}}])", chain_.account(0), to));
  EXPECT_EQ(member(result("eth_getTransactionReceipt", "[" + hash + "]"), "status"), R"("0x0")");
}

TEST_F(MethodsTest, ReturnToASnapshot) {
  const std::string mark = result("evm_snapshot");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(result("evm_revert", "[" + mark + "]"), "true");
  EXPECT_EQ(result("eth_blockNumber"), R"("0x0")");
  EXPECT_EQ(result("evm_revert", "[" + mark + "]"), "false");
}

TEST_F(MethodsTest, MoveTime) {
  EXPECT_EQ(result("evm_increaseTime", "[3600]"), "3600");
  result("evm_mine");
  EXPECT_EQ(member(result("eth_getBlockByNumber", R"(["latest",false])"), "timestamp"),
            fmt::format(R"("{:#x}")", test::kGenesisTime + 3600));
  result("evm_setNextBlockTimestamp", fmt::format("[{}]", test::kGenesisTime + 9999));
  result("evm_mine");
  EXPECT_EQ(member(result("eth_getBlockByNumber", R"(["latest",false])"), "timestamp"),
            fmt::format(R"("{:#x}")", test::kGenesisTime + 9999));
  result("evm_mine", fmt::format("[{}]", test::kGenesisTime + 20'000));
  EXPECT_EQ(member(result("eth_getBlockByNumber", R"(["latest",false])"), "timestamp"),
            fmt::format(R"("{:#x}")", test::kGenesisTime + 20'000));
}

TEST_F(MethodsTest, MineManyBlocks) {
  result("hardhat_mine", R"(["0x10"])");
  EXPECT_EQ(result("eth_blockNumber"), R"("0x10")");
  result("evm_mine", R"([{"blocks":3}])");
  EXPECT_EQ(result("eth_blockNumber"), R"("0x13")");
  EXPECT_THAT(error("anvil_mine", R"(["0xffffffffff"])"), StartsWith("-32602"));
}

TEST_F(MethodsTest, StopMiningOnRequest) {
  EXPECT_EQ(result("hardhat_getAutomine"), "true");
  result("evm_setAutomine", "[false]");
  EXPECT_EQ(result("hardhat_getAutomine"), "false");
  chain_.send_transfer(0, 0);
  EXPECT_EQ(result("eth_blockNumber"), R"("0x0")");
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("pending")")), R"("0x1")");
  result("evm_mine");
  EXPECT_EQ(result("eth_getTransactionCount", at(R"("latest")")), R"("0x1")");
}

TEST_F(MethodsTest, SetABalance) {
  const std::string who = R"(["0x00000000000000000000000000000000000000aa")";
  for (const std::string method :
       {"anvil_setBalance", "hardhat_setBalance", "evm_setAccountBalance"}) {
    result(method, who + R"(,"0x64"])");
    EXPECT_EQ(result("eth_getBalance", who + R"(,"latest"])"), R"("0x64")");
    result(method, who + R"(,"0x0"])");
  }
}

TEST_F(MethodsTest, DescribeTheChainForHardhat) {
  const std::string metadata = result("hardhat_metadata");
  EXPECT_EQ(member(metadata, "chainId"), "31337");
  EXPECT_EQ(member(metadata, "latestBlockNumber"), "0");
  EXPECT_EQ(member(metadata, "instanceId").size(), 68u);
  EXPECT_EQ(result("anvil_metadata"), metadata);
}

TEST_F(MethodsTest, TellWhoWaitsByChecksummedAddresses) {
  const std::string sender = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
  chain_.send_transfer(0, 3);
  for (const std::string_view method : {"txpool_content", "txpool_inspect"}) {
    const std::string queued = member(result(method), "queued");
    EXPECT_THAT(queued, StartsWith(fmt::format(R"({{"{}":{{"3":)", sender))) << method;
  }
  EXPECT_THAT(result("txpool_inspect"), HasSubstr(fmt::format("\"{}: 1 wei + 21000 gas", sender)));
  EXPECT_THAT(result("txpool_content"),
              HasSubstr(fmt::format(R"("from":"{}")", chain_.account(0))));
}

TEST_F(MethodsTest, TakeLooseBoundsOfLogsWhereTheyMayBe) {
  chain_.context().limits.loose_log_bounds = true;
  const std::string to = chain_.deploy("0x60075f5fa1");
  result("eth_sendTransaction", fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  const std::string logs = result("eth_getLogs", R"([{"fromBlock":"0x0"}])");
  EXPECT_NE(logs, "[]");
  for (const std::string_view last : {"0xffff", "pending"}) {
    EXPECT_EQ(result("eth_getLogs", fmt::format(R"([{{"fromBlock":"0x0","toBlock":"{}"}}])", last)),
              logs);
  }
  EXPECT_EQ(result("eth_getLogs", R"([{"fromBlock":"pending"}])"), logs);
  EXPECT_EQ(result("eth_getLogs", R"([{"fromBlock":0,"toBlock":2}])"), logs);
  EXPECT_THAT(result("eth_newFilter", R"([{"toBlock":"pending"}])"), HasSubstr("0x"));
  EXPECT_EQ(error("eth_getLogs", R"([{"fromBlock":"0xfffe","toBlock":"0xffff"}])"),
            "-32602: block range extends beyond current head block");
}

TEST_F(MethodsTest, FilterLogsOfOneBlockOrOfARangeThatIsThere) {
  const std::string both = fmt::format(R"([{{"blockHash":"0x{:064}","fromBlock":"0x0"}}])", 0);
  for (const std::string_view method : {"eth_getLogs", "eth_newFilter"}) {
    EXPECT_THAT(error(method, both), HasSubstr("-32602: invalid argument 0: cannot specify both"));
    for (const std::string_view bound : {"fromBlock", "toBlock"}) {
      EXPECT_EQ(error(method, fmt::format(R"([{{"{}":"pending"}}])", bound)),
                "-32602: pending logs are not supported");
    }
  }
}

TEST_F(MethodsTest, FillInNoFeeCapBelowTheTip) {
  EXPECT_EQ(error("eth_fillTransaction",
                  fmt::format(R"([{{"from":"{0}","to":"{0}","maxFeePerGas":"0x1",)"
                              R"("maxPriorityFeePerGas":"0x2","gas":"0x5208","nonce":"0x0"}}])",
                              chain_.account(0))),
            "-32000: maxFeePerGas (0x1) < maxPriorityFeePerGas (0x2)");
}

// Hardhat's users send with a low cap alone; geth, and a network's node, do not lower the tip.
TEST_F(MethodsTest, LowerTheTipToTheCapOnlyOfWhatADevChainSends) {
  ASSERT_EQ(result("anvil_setNextBlockBaseFeePerGas", R"(["0x0"])"), "null");
  const std::string transaction = fmt::format(
      R"([{{"from":"{0}","to":"{0}","maxFeePerGas":"0x7","gas":"0x5208"}}])", chain_.account(0));
  const std::string hash = result("eth_sendTransaction", transaction);
  EXPECT_THAT(result("eth_getTransactionByHash", fmt::format("[{}]", hash)),
              HasSubstr(R"("maxPriorityFeePerGas":"0x7")"));
  const auto too_low = HasSubstr("-32000: maxFeePerGas (0x7) < maxPriorityFeePerGas (0x");
  chain_.context().limits.usual_tip = 8;
  ASSERT_EQ(result("anvil_reset"), "null");
  EXPECT_THAT(error("eth_fillTransaction", transaction), too_low);
  chain_.context().with_cheats = false;
  EXPECT_THAT(error("eth_sendTransaction", transaction), too_low);
  EXPECT_THAT(error("eth_createAccessList", transaction), too_low);
}

TEST_F(MethodsTest, FillInNoPriceOfZeroAndNoListThatIsEmpty) {
  const auto filled = [&](std::string_view members) {
    return error("eth_fillTransaction",
                 fmt::format(R"([{{"from":"{0}","to":"{0}",{1}}}])", chain_.account(0), members));
  };
  EXPECT_EQ(filled(R"("gasPrice":"0x0")"), "-32000: gasPrice must be non-zero after london fork");
  EXPECT_EQ(filled(R"("maxFeePerGas":"0x0","maxPriorityFeePerGas":"0x0")"),
            "-32000: maxFeePerGas must be non-zero");
  EXPECT_EQ(filled(R"("gasPrice":"0x1","authorizationList":[])"),
            "-32000: both gasPrice and authorizationList specified");
  EXPECT_EQ(filled(R"("blobVersionedHashes":[])"),
            "-32000: need at least 1 blob for a blob transaction");
  EXPECT_EQ(filled(R"("maxFeePerBlobGas":"0x0")"),
            "-32000: maxFeePerBlobGas, if specified, must be non-zero");
  EXPECT_THAT(error("eth_fillTransaction", R"([{"data":"0x00","authorizationList":[]}])"),
              HasSubstr("authorizationList provided for contract creation"));
}

}  // namespace
}  // namespace cairn::api
