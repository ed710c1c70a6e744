// What a forked chain answers while its source is there.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/api/forked_chain.hpp"
#include "tests/api/recording_peer.hpp"
#include "tests/node/scripted_server.hpp"

namespace cairn::api {
namespace {

using test::call;
using test::DevChain;
using test::fork_in;
using test::fork_of;
using test::kCounter;
using test::kSlotReader;
using test::member;
using test::new_store;
using test::request_for;
using test::send;
using test::Source;
using test::word;
using testing::AllOf;
using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::SizeIs;
using testing::Truly;

TEST(Fork, ReadsWhatTheSourceHasAtItsBlock) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  const auto fork = fork_of(source);
  for (const char* method : {"eth_getBalance", "eth_getTransactionCount", "eth_getCode"}) {
    for (const std::string& who : {counter, '"' + source.chain().account(0) + '"'}) {
      const std::string params = fmt::format(R"([{},"latest"])", who);
      if (method != std::string("eth_getBalance") || who == counter) {  // the fork funds accounts
        EXPECT_EQ(fork->result(method, params), source.chain().result(method, params));
      }
    }
  }
  EXPECT_EQ(fork->result("eth_getStorageAt", fmt::format(R"([{},"0x7","latest"])", counter)),
            '"' + ("0x" + word(1)) + '"');
  EXPECT_EQ(fork->result("eth_blockNumber"), source.chain().result("eth_blockNumber"));
  EXPECT_EQ(fork->result("eth_chainId"), source.chain().result("eth_chainId"));
}

TEST(Fork, TellsWholeAccountsOfBlocksBeforeIt) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  source.chain().result("evm_mine");
  const auto fork = fork_of(source);
  for (const std::string& who :
       {counter, std::string(R"("0x00000000000000000000000000000000000000aa")")}) {
    for (const char* block : {"0x0", "0x1", "0x2"}) {
      for (const char* method : {"eth_getAccount", "eth_getAccountInfo"}) {
        const std::string params = fmt::format(R"([{},"{}"])", who, block);
        EXPECT_EQ(fork->result(method, params), source.chain().result(method, params)) << params;
      }
    }
    const std::string newest = fmt::format(R"([{},"latest"])", who);
    EXPECT_THAT(fork->error("eth_getAccount", newest),
                AllOf(HasSubstr("no storage roots from block 3 on"), HasSubstr(source.url())));
    EXPECT_EQ(fork->result("eth_getAccountInfo", newest),
              source.chain().result("eth_getAccountInfo", newest));
  }
  EXPECT_THAT(fork->error("eth_getAccount", fmt::format(R"([{},"pending"])", counter)),
              HasSubstr("is a fork"));
  fork->result("eth_getCode", "[" + counter + "]");
  const std::string hash =
      member(source.chain().result("eth_getAccount", "[" + counter + "]"), "codeHash");
  EXPECT_EQ(fork->result("debug_codeByHash", "[" + hash + "]"),
            source.chain().result("debug_codeByHash", "[" + hash + "]"));
}

TEST(Fork, GoesOnApartFromItsSource) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  const auto fork = fork_of(source);
  const std::string parent = source.chain().result("eth_getBlockByNumber", R"(["latest",false])");
  send(*fork, 1, counter, 7);
  send(source.chain(), 1, counter, 9);
  const auto slot = [&](DevChain& chain, const char* key) {
    return chain.result("eth_getStorageAt", fmt::format(R"([{},"{}","latest"])", counter, key))
                       .back() == '"'
               ? chain
                     .result("eth_getStorageAt", fmt::format(R"([{},"{}","latest"])", counter, key))
                     .substr(66, 1)
               : std::string{};
  };
  EXPECT_EQ(slot(*fork, "0x7"), "2");
  EXPECT_EQ(slot(*fork, "0x9"), "0");
  EXPECT_EQ(slot(source.chain(), "0x7"), "1");
  const std::string head = fork->result("eth_getBlockByNumber", R"(["latest",false])");
  EXPECT_EQ(member(head, "number"), R"("0x3")");
  EXPECT_EQ(member(head, "parentHash"), member(parent, "hash"));
}

// The hashes on a page of ots_searchTransactions*, with quotes.
std::vector<std::string> hashes_on(const std::string& page) {
  simdjson::dom::parser parser;
  std::vector<std::string> out;
  for (const JsonValue one : simdjson::dom::array(parser.parse(page)["txs"])) {
    out.push_back(simdjson::minify(one["hash"]));
  }
  return out;
}

TEST(Fork, AnAddressHasItsTransactionsOnBothSides) {
  using Hashes = std::vector<std::string>;
  Source source;
  Hashes all;  // newest first
  for (std::uint64_t nonce = 0; nonce < 3; ++nonce) {
    all.insert(all.begin(), source.chain().send_transfer(0, nonce));
  }
  const auto fork = fork_of(source);
  source.chain().send_transfer(0, 3);  // after the fork
  all.insert(all.begin(), fork->send_transfer(0, 3));
  all.insert(all.begin(), fork->send_transfer(0, 4));
  const auto search = [&](std::string_view which, int block, int size) {
    return fork->result(fmt::format("ots_searchTransactions{}", which),
                        fmt::format(R"(["{}",{},{}])", fork->account(0), block, size));
  };
  const auto expect = [&](const std::string& page, std::size_t first, std::size_t end,
                          bool is_first, bool is_last) {
    const auto at = [&](std::size_t i) { return all.begin() + static_cast<std::ptrdiff_t>(i); };
    EXPECT_EQ(hashes_on(page), Hashes(at(first), at(end)));
    EXPECT_EQ(member(page, "firstPage"), is_first ? "true" : "false");
    EXPECT_EQ(member(page, "lastPage"), is_last ? "true" : "false");
  };
  expect(search("Before", 0, 25), 0, 5, true, true);
  expect(search("Before", 0, 2), 0, 2, true, false);
  expect(search("Before", 0, 3), 0, 3, true, false);
  expect(search("Before", 4, 25), 2, 5, false, true);
  expect(search("Before", 2, 25), 4, 5, false, true);
  expect(search("After", 0, 25), 0, 5, true, true);
  expect(search("After", 0, 2), 3, 5, false, true);
  expect(search("After", 0, 3), 2, 5, false, true);
  expect(search("After", 1, 2), 2, 4, false, false);
  expect(search("After", 3, 25), 0, 2, true, false);
  const std::string page = search("Before", 0, 4);
  EXPECT_THAT(member(page, "receipts"), HasSubstr("\"timestamp\":"));

  EXPECT_EQ(fork->result("ots_getBlockTransactions", "[2,0,25]"),
            source.chain().result("ots_getBlockTransactions", "[2,0,25]"));
  source.cut_off();
  expect(search("After", 3, 25), 0, 2, true, false);
  EXPECT_THAT(
      fork->error("ots_searchTransactionsBefore", fmt::format(R"(["{}",0,9])", fork->account(0))),
      AllOf(HasSubstr("blocks up to 3 are those of http://127.0.0.1"),
            HasSubstr("which does not search them")));
  EXPECT_THAT(
      fork->error("trace_filter", fmt::format(R"([{{"fromAddress":["{}"]}}])", fork->account(0))),
      HasSubstr("before the fork"));
}

TEST(Fork, AnswersForTheBlocksOfBoth) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  const std::string old_hash = send(source.chain(), 0, counter, 7);
  const auto fork = fork_of(source);
  const std::string own = send(*fork, 1, counter, 8);
  const std::string foreign = send(source.chain(), 1, counter, 9);  // after the fork
  const auto same = [&](std::string_view method, const std::string& params) {
    EXPECT_EQ(fork->result(method, params), source.chain().result(method, params)) << method;
  };
  same("eth_getBlockByNumber", R"(["0x2",true])");
  same("eth_getBlockByNumber", R"(["earliest",false])");
  same("eth_getBlockReceipts", R"(["0x2"])");
  same("eth_getTransactionByHash", "[" + old_hash + "]");
  same("eth_getTransactionReceipt", "[" + old_hash + "]");
  same("eth_getBalance", fmt::format(R"(["{}","0x1"])", source.chain().account(0)));
  same("eth_getRawTransactionByHash", "[" + old_hash + "]");
  same("eth_getRawTransactionByBlockNumberAndIndex", R"(["0x2","0x0"])");
  const std::string block2 = source.chain().result("eth_getBlockByNumber", R"(["0x2",false])");
  same("eth_getRawTransactionByBlockHashAndIndex", "[" + member(block2, "hash") + R"(,"0x0"])");
  const auto nonce = [&](std::size_t account, std::string_view text) {
    return fmt::format(R"(["{}","{}"])", fork->account(account), text);
  };
  same("eth_getTransactionBySenderAndNonce", nonce(0, "0x1"));
  EXPECT_EQ(fork->result("eth_getTransactionBySenderAndNonce", nonce(1, "0x0")),
            fork->result("eth_getTransactionByHash", "[" + own + "]"));
  EXPECT_EQ(fork->result("eth_getTransactionBySenderAndNonce", nonce(1, "0x1")), "null");
  EXPECT_EQ(fork->result("eth_getRawTransactionByHash", "[" + foreign + "]"), R"("0x")");
  EXPECT_EQ(call(*fork, counter, 7, R"("0x1")"), call(source.chain(), counter, 7, R"("0x1")"));
  EXPECT_EQ(fork->result("eth_getTransactionByHash", "[" + foreign + "]"), "null");
  EXPECT_EQ(fork->result("eth_getTransactionReceipt", "[" + foreign + "]"), "null");
  const std::string block3 = source.chain().result("eth_getBlockByNumber", R"(["0x3",false])");
  EXPECT_EQ(fork->result("eth_getBlockByHash", "[" + member(block3, "hash") + ",false]"), "null");
}

TEST(Fork, AsksItsSourceForTracesAndBytesOfWhatIsBeforeIt) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  const std::string hash = send(source.chain(), 0, counter, 7);
  source.chain().result("evm_mine");
  const auto fork = fork_of(source);
  const std::string own = send(*fork, 1, counter, 8);
  const std::string foreign = send(source.chain(), 1, counter, 9);  // after the fork
  const std::string block =
      member(source.chain().result("eth_getBlockByNumber", R"(["0x2",false])"), "hash");
  const std::string call = fmt::format(R"({{"to":{},"data":"0x{}"}})", counter, word(7));
  const std::vector<std::pair<const char*, std::string>> questions{
      {"debug_traceTransaction", fmt::format(R"([{},{{"tracer":"callTracer"}}])", hash)},
      {"debug_traceTransaction", "[" + hash + "]"},
      {"debug_traceBlockByNumber", R"(["0x2"])"},
      {"debug_traceBlockByHash", "[" + block + "]"},
      {"debug_traceCall", "[" + call + R"(,"0x1"])"},
      {"debug_getRawTransaction", "[" + hash + "]"},
      {"debug_getRawBlock", R"(["0x2"])"},
      {"debug_getRawHeader", R"(["0x2"])"},
      {"debug_getRawReceipts", R"(["0x2"])"},
      {"trace_transaction", "[" + hash + "]"},
      {"trace_get", "[" + hash + ",[]]"},
      {"trace_block", R"(["0x2"])"},
      {"trace_blockOpcodeGas", R"(["0x2"])"},
      {"trace_transactionOpcodeGas", "[" + hash + "]"},
      {"trace_replayTransaction", "[" + hash + R"(,["trace"]])"},
      {"trace_replayBlockTransactions", R"(["0x2",["trace","stateDiff"]])"},
      {"trace_call", "[" + call + R"(,["trace"],"0x1"])"},
      {"trace_callMany", "[[[" + call + R"(,["trace"]]],"0x1"])"},
      {"ots_getTransactionError", "[" + hash + "]"},
      {"ots_traceTransaction", "[" + hash + "]"},
      {"ots_getInternalOperations", "[" + hash + "]"},
      {"ots_getContractCreator", "[" + counter + "]"},
      {"ots_getTransactionBySenderAndNonce", fmt::format(R"(["{}",1])", source.chain().account(0))},
  };
  for (const auto& [method, params] : questions) {
    EXPECT_EQ(fork->result(method, params), source.chain().result(method, params)) << method;
  }
  for (const char* method : {"debug_traceTransaction", "ots_traceTransaction"}) {
    EXPECT_THAT(fork->error(method, "[" + foreign + "]"), HasSubstr("not found")) << method;
  }
  EXPECT_EQ(fork->result("trace_transaction", "[" + foreign + "]"), "null");
  EXPECT_THAT(fork->result("debug_traceTransaction", "[" + own + "]"), HasSubstr("structLogs"));
  EXPECT_EQ(fork->result("ots_getTransactionBySenderAndNonce",
                         fmt::format(R"(["{}","0x0"])", source.chain().account(1))),
            own);
  const std::string mine = fork->deploy(kSlotReader);
  EXPECT_THAT(fork->result("ots_getContractCreator", "[" + mine + "]"), HasSubstr("creator"));
}

TEST(Fork, ExplainsTransactionsFromBeforeIt) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  const std::string good = send(source.chain(), 0, counter, 7);
  const std::string bad = source.chain().result(
      "eth_sendTransaction",
      fmt::format(R"([{{"from":"{}","data":"0x60006000fd","gas":"0x186a0"}}])",
                  source.chain().account(0)));
  const auto fork = fork_of(source);
  const std::string foreign = send(source.chain(), 1, counter, 9);
  const auto explained = [&](const std::string& hash) {
    return fork->result("cairn_explainTransaction", "[" + hash + "]");
  };
  EXPECT_THAT(explained(good),
              AllOf(HasSubstr(R"("state":"mined")"), HasSubstr(R"("success":true)"),
                    HasSubstr("in block 2 at index 0, before the fork")));
  EXPECT_THAT(explained(bad),
              AllOf(HasSubstr(R"("state":"mined")"), HasSubstr(R"("success":false)")));
  for (const char* name :
       {"from", "nonce", "blockNumber", "blockHash", "transactionIndex", "gasUsed", "gasLimit"}) {
    EXPECT_EQ(member(explained(good), name),
              member(source.chain().result("cairn_explainTransaction", "[" + good + "]"), name));
  }
  EXPECT_EQ(member(explained(foreign), "state"), R"("unknown")");
  EXPECT_EQ(fork->result("eth_getTransactionByHash", "[" + foreign + "]"), "null");
  source.cut_off();
  EXPECT_EQ(member(explained(good), "state"), R"("mined")");
  EXPECT_THAT(fork->error("cairn_explainTransaction", "[" + foreign + "]"),
              HasSubstr(source.url()));
}

TEST(Fork, FindsLogsAcrossItsBeginning) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  const auto fork = fork_of(source);
  send(*fork, 1, counter, 8);
  send(source.chain(), 1, counter, 9);
  const std::string logs =
      fork->result("eth_getLogs", fmt::format(R"([{{"fromBlock":"0x0","address":{}}}])", counter));
  EXPECT_THAT(logs, AllOf(HasSubstr(word(7)), HasSubstr(word(8)), Not(HasSubstr(word(9)))));
  const std::string fees = fork->result("eth_feeHistory", R"(["0x3","latest",[50]])");
  EXPECT_EQ(member(fees, "oldestBlock"), R"("0x1")");
  EXPECT_EQ(member(source.chain().result("eth_feeHistory", R"(["0x2","0x2",[50]])"), "reward"),
            member(fork->result("eth_feeHistory", R"(["0x2","0x2",[50]])"), "reward"));
}

TEST(Fork, RevertsToTheSameRoot) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  const auto mined_root = [&](bool with_detour) {
    const auto fork = fork_of(source);
    if (with_detour) {
      const std::string mark = fork->result("evm_snapshot");
      send(*fork, 0, counter, 7);
      fork->result("anvil_setBalance", fmt::format(R"(["{}","0x1"])", fork->account(4)));
      EXPECT_EQ(fork->result("evm_revert", "[" + mark + "]"), "true");
    }
    fork->result("evm_mine");
    return member(fork->result("eth_getBlockByNumber", R"(["latest",false])"), "stateRoot");
  };
  EXPECT_EQ(mined_root(true), mined_root(false));
}

TEST(Fork, RefusesAnotherSourceOrBlockForAChainThatGoesOn) {
  Source source;
  source.chain().result("evm_mine");
  const auto store = new_store();
  (void)fork_in(store, request_for(source));
  node::ForkRequest other = request_for(source);
  other.block = 0;
  EXPECT_THAT(node::continue_fork(store, other).error().message, HasSubstr("at block 1"));
  other = request_for(source);
  other.upstream.url = "http://127.0.0.1:1";
  EXPECT_THAT(node::continue_fork(store, other).error().message,
              AllOf(HasSubstr(source.url()), HasSubstr("start without --fork-url"),
                    HasSubstr("anvil_setRpcUrl")));
  source.chain().result("anvil_rollback", "[1]");
  source.chain().result("evm_increaseTime", "[100]");
  source.chain().result("evm_mine");
  EXPECT_THAT(node::continue_fork(store, request_for(source)).error().message,
              HasSubstr("another block"));
}

TEST(Fork, BeginsWhereItIsTold) {
  Source source;
  for (int i = 0; i < 5; ++i) {
    source.chain().result("evm_mine");
  }
  node::ForkRequest request = request_for(source);
  request.block = -2;
  request.chain_id = 77;
  const auto fork = fork_in(new_store(), request);
  EXPECT_EQ(fork->result("eth_blockNumber"), R"("0x3")");
  EXPECT_EQ(fork->result("eth_chainId"), R"("0x4d")");
  EXPECT_EQ(member(fork->result("anvil_metadata"), "forkedNetwork").substr(0, 36),
            R"({"chainId":31337,"forkBlockNumber":3)");
  request.block = 99;
  const base::SimulatedClock clock(0);
  EXPECT_THAT(node::begin_fork(new_store(), request, clock).error().message,
              HasSubstr("has no block 99"));
}

TEST(Fork, BeginsAnewWhereAResetSays) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  DevChain chain;
  chain.send_transfer(0, 0);
  chain.result("evm_snapshot");
  const std::string id = member(chain.result("anvil_metadata"), "instanceId");
  chain.result("anvil_reset",
               fmt::format(R"([{{"forking":{{"jsonRpcUrl":"{}"}}}}])", source.url()));
  EXPECT_EQ(chain.result("eth_blockNumber"), R"("0x2")");
  EXPECT_NE(member(chain.result("anvil_metadata"), "instanceId"), id);
  EXPECT_EQ(chain.result("evm_revert", R"(["0x1"])"), "false");
  send(chain, 1, counter, 7);
  EXPECT_EQ(chain.result("eth_getStorageAt", fmt::format(R"([{},"0x7","latest"])", counter)),
            '"' + ("0x" + word(2)) + '"');
  chain.result("hardhat_reset", R"([{"forking":{"blockNumber":1}}])");
  EXPECT_EQ(chain.result("eth_blockNumber"), R"("0x1")");
  EXPECT_EQ(chain.result("eth_getStorageAt", fmt::format(R"([{},"0x7","latest"])", counter)),
            '"' + ("0x" + word(0)) + '"');
  EXPECT_THAT(chain.error("anvil_reset", R"([{"forking":{"jsonRpcUrl":"ws://a"}}])"),
              HasSubstr("WebSocket"));
  EXPECT_EQ(chain.result("eth_blockNumber"), R"("0x1")");
}

TEST(Fork, RollsBackToItsBlockAndNotBeyond) {
  Source source;
  source.chain().result("evm_mine");
  source.chain().result("evm_mine");
  const auto fork = fork_of(source);
  const std::string first = fork->result("eth_getBlockByNumber", R"(["latest",false])");
  fork->send_transfer(0, 0);
  EXPECT_EQ(fork->result("anvil_rollback", "[1]"), "null");
  EXPECT_EQ(fork->result("eth_getBlockByNumber", R"(["latest",false])"), first);
  const std::string nonce = fmt::format(R"(["{}","latest"])", fork->account(0));
  EXPECT_EQ(fork->result("eth_getTransactionCount", nonce), R"("0x0")");
  fork->result("anvil_mine", R"(["0x2"])");
  const std::string old = member(fork->result("eth_getBlockByNumber", R"(["0x3",false])"), "hash");
  fork->result("anvil_reorg", fmt::format(R"([2,[["{}",0]]])", fork->transfer(0, 0)));
  EXPECT_EQ(fork->result("eth_blockNumber"), R"("0x4")");
  EXPECT_NE(member(fork->result("eth_getBlockByNumber", R"(["0x3",false])"), "hash"), old);
  for (const char* method : {"anvil_rollback", "anvil_reorg"}) {
    EXPECT_THAT(fork->error(method, "[3]"),
                HasSubstr("block 1 is the source's: this chain begins after block 2"));
  }
  EXPECT_EQ(fork->result("eth_blockNumber"), R"("0x4")");
}

TEST(Fork, SendsAResetsHeadersToItsSource) {
  DevChain behind;
  behind.result("evm_mine");
  const node::test::ScriptedServer server(
      [&](const std::string& body) { return node::test::ScriptedServer::http(behind.ask(body)); });
  const auto is_told = [](const std::string& head) {
    return head.find("x-key: secret\r\n") != std::string::npos;
  };
  DevChain chain;
  chain.result(
      "anvil_reset",
      fmt::format(R"([{{"forking":{{"jsonRpcUrl":"{}","httpHeaders":{{"x-key":"secret"}}}}}}])",
                  server.url()));
  chain.result("eth_getCode", R"(["0x00000000000000000000000000000000000000aa"])");
  chain.result("anvil_reset", R"([{"forking":{"blockNumber":0}}])");
  chain.result("anvil_setRpcUrl", fmt::format(R"(["{}"])", server.url()));
  chain.result("eth_getCode", R"(["0x00000000000000000000000000000000000000bb"])");
  EXPECT_THAT(server.heads(), AllOf(SizeIs(Gt(10)), Each(Truly(is_told))));
  const std::size_t before = server.heads().size();
  chain.result("anvil_reset",
               fmt::format(R"([{{"forking":{{"jsonRpcUrl":"{}"}}}}])", server.url()));
  const auto heads = server.heads();
  EXPECT_FALSE(
      std::any_of(heads.begin() + static_cast<std::ptrdiff_t>(before), heads.end(), is_told));
}

TEST(Fork, NeverUsesASnapshotsIdAgainAfterItBeganAnew) {
  Source source;
  const auto store = new_store();
  auto fork = fork_in(store, request_for(source));
  EXPECT_EQ(fork->result("evm_snapshot"), R"("0x1")");
  fork->result("anvil_reset",
               fmt::format(R"([{{"forking":{{"jsonRpcUrl":"{}"}}}}])", source.url()));
  EXPECT_EQ(fork->result("evm_snapshot"), R"("0x2")");
  fork.reset();
  fork = fork_in(store, request_for(source));
  EXPECT_EQ(fork->result("evm_revert", R"(["0x2"])"), "false");
  EXPECT_EQ(fork->result("evm_snapshot"), R"("0x1001")");
}

TEST(Fork, FollowsItsSourceToAnotherAddress) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  const auto fork = fork_of(source);
  const std::string old_url = source.url();
  Source stranger;
  stranger.chain().result("evm_increaseTime", "[5]");
  stranger.chain().result("evm_mine");
  EXPECT_THAT(fork->error("anvil_setRpcUrl", fmt::format(R"(["{}"])", stranger.url())),
              HasSubstr("another block"));
  const std::string moved = fmt::format("http://localhost{}", old_url.substr(old_url.rfind(':')));
  fork->result("anvil_setRpcUrl", fmt::format(R"(["{}"])", moved));
  EXPECT_THAT(fork->result("anvil_nodeInfo"), HasSubstr(moved));
  send(*fork, 0, counter, 7);
}

using test::RecordingPeer;

// What an eth_subscription message tells.
std::string told(const std::string& message) { return member(member(message, "params"), "result"); }

TEST(Fork, SubscriptionsBeginBeforeIt) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  send(source.chain(), 0, counter, 8);
  const auto fork = fork_of(source);
  const auto heads = std::make_shared<RecordingPeer>();
  const auto logs = std::make_shared<RecordingPeer>();
  fork->ask_as(heads);
  fork->result("eth_subscribe", R"(["newHeads",{"fromBlock":"0x2"}])");
  EXPECT_THAT(fork->error("eth_subscribe", R"(["transactionReceipts",{"fromBlock":"0x3"}])"),
              AllOf(HasSubstr("-32602"), HasSubstr("0x4")));
  fork->ask_as(logs);
  fork->result("eth_subscribe",
               fmt::format(R"(["logs",{{"fromBlock":"0x1","address":{}}}])", counter));
  send(*fork, 0, counter, 9);
  const auto of_heads = heads->wait_for(3);
  ASSERT_EQ(of_heads.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string block =
        fork->result("eth_getBlockByNumber", fmt::format(R"(["{:#x}",false])", i + 2));
    EXPECT_EQ(member(told(of_heads[i]), "hash"), member(block, "hash"));
  }
  const auto of_logs = logs->wait_for(3);
  ASSERT_EQ(of_logs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(told(of_logs[i]), HasSubstr(word(7 + i)));
  }
}

TEST(Fork, SubscriptionsFarBeforeItAreRefused) {
  Source source;
  source.chain().result("anvil_mine", R"(["0x12c"])");
  const auto fork = fork_of(source);
  const auto peer = std::make_shared<RecordingPeer>();
  fork->ask_as(peer);
  EXPECT_THAT(fork->error("eth_subscribe", R"(["newHeads",{"fromBlock":"0x2c"}])"),
              AllOf(HasSubstr("-32602"), HasSubstr("from 0x2d on")));
  source.cut_off();
  EXPECT_THAT(fork->error("eth_subscribe", R"(["logs",{"fromBlock":"0x2c"}])"),
              HasSubstr(source.url()));
  fork->result("eth_subscribe", R"(["newHeads"])");
  fork->result("evm_mine");
  EXPECT_EQ(member(told(peer->wait_for(1).at(0)), "number"), R"("0x12d")");
}

TEST(Fork, SubscriptionsOutliveItsBeginningAndItsEnd) {
  Source source;
  source.chain().result("anvil_mine", R"(["0x5"])");
  const auto fork = fork_of(source);
  const auto peer = std::make_shared<RecordingPeer>();
  fork->ask_as(peer);
  const std::string mark = fork->result("evm_snapshot");
  fork->result("eth_subscribe", R"(["newHeads"])");
  fork->result("evm_mine");
  peer->wait_for(1);
  fork->result("evm_revert", "[" + mark + "]");
  EXPECT_EQ(member(told(peer->wait_for(2).at(1)), "number"), R"("0x5")");
  fork->result("evm_mine");
  peer->wait_for(3);
  fork->result("anvil_reset", R"([{"forking":{"blockNumber":2}}])");
  EXPECT_EQ(member(told(peer->wait_for(4).at(3)), "number"), R"("0x2")");
  fork->result("evm_mine");
  EXPECT_EQ(member(told(peer->wait_for(5).at(4)), "number"), R"("0x3")");
  source.chain().result("anvil_mine", R"(["0x20"])");
  fork->result("anvil_reset", R"([{"forking":{"blockNumber":33}}])");
  EXPECT_EQ(member(told(peer->wait_for(6).at(5)), "number"), R"("0x21")");
  fork->result("evm_mine");
  EXPECT_EQ(member(told(peer->wait_for(7).at(6)), "number"), R"("0x22")");
}

// The same transactions on a fork and on the chain that it was forked from.
TEST(Fork, DoesWithTransactionsWhatItsSourceDoes) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Source source;
    const std::string counter = source.chain().deploy(kCounter);
    for (std::uint64_t i = 0; i < 10; ++i) {
      send(source.chain(), random() % 10, counter, random() % 6);
    }
    const auto fork = fork_of(source);
    for (std::uint64_t i = 0; i < 10; ++i) {  // the fork's accounts as they are there
      const std::string account = '"' + source.chain().account(i) + '"';
      fork->result("anvil_setBalance",
                   fmt::format("[{},{}]", account,
                               source.chain().result("eth_getBalance", "[" + account + "]")));
    }
    for (int i = 0; i < 40; ++i) {
      const std::size_t from = random() % 10;
      const std::uint64_t slot = random() % 12;
      const std::string there = send(source.chain(), from, counter, slot);
      const std::string here = send(*fork, from, counter, slot);
      ASSERT_EQ(here, there);
      const auto receipt = [&](DevChain& chain, const char* name) {
        return member(chain.result("eth_getTransactionReceipt", "[" + here + "]"), name);
      };
      for (const char* name : {"status", "gasUsed", "effectiveGasPrice", "cumulativeGasUsed",
                               "logsBloom", "blockNumber"}) {
        ASSERT_EQ(receipt(*fork, name), receipt(source.chain(), name)) << name;
      }
    }
    for (std::uint64_t i = 0; i < 12; ++i) {
      const std::string params = fmt::format(R"([{},"{:#x}","latest"])", counter, i);
      EXPECT_EQ(fork->result("eth_getStorageAt", params),
                source.chain().result("eth_getStorageAt", params));
    }
    for (std::uint64_t i = 0; i < 10; ++i) {
      const std::string params = fmt::format(R"(["{}"])", source.chain().account(i));
      EXPECT_EQ(fork->result("eth_getBalance", params),
                source.chain().result("eth_getBalance", params));
    }
  }
}

}  // namespace
}  // namespace cairn::api
