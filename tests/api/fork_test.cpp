// A chain that is forked from another Cairn in the same process.

#include "node/fork.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <mutex>
#include <random>
#include <thread>

#include "api/http_server.hpp"
#include "store/rocks_store.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/recording_peer.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kSlotReader = "0x5f35545f5260205ff3";  // returns the slot that it is asked
// Adds 1 to the slot that it is called with, and logs it with the slot as topic.
constexpr const char* kCounter = "0x5f358054600101805f52815560205fa1";

// A chain that other nodes can ask, until it is cut off.
class Source {
 public:
  Source() { serve(0); }

  DevChain& chain() { return chain_; }
  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  void cut_off() {
    server_->stop();
    server_.reset();
  }
  void come_back() { serve(port_); }
  // Questions with this text are taken and never answered.
  void keep_silent_about(std::string text) {
    const std::scoped_lock lock(mutex_);
    silent_about_ = std::move(text);
  }
  int unanswered() {
    const std::scoped_lock lock(mutex_);
    return static_cast<int>(unanswered_.size());
  }

 private:
  bool keeps_silent(const std::string& body, const Reply& reply) {
    const std::scoped_lock lock(mutex_);
    if (silent_about_.empty() || body.find(silent_about_) == std::string::npos) {
      return false;
    }
    unanswered_.push_back(reply);
    return true;
  }

  void serve(std::uint16_t port) {
    ServerOptions options;
    options.port = port;
    server_ = HttpServer::listen(options, [this](std::string body, std::shared_ptr<Peer> peer,
                                                 Reply reply) {
                if (keeps_silent(body, reply)) {
                  return;
                }
                chain_.dispatcher().handle(std::move(body), std::move(peer), std::move(reply));
              }).value();
    port_ = server_->port();
  }

  DevChain chain_;
  std::mutex mutex_;
  std::string silent_about_;
  std::vector<Reply> unanswered_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
};

node::ForkRequest request_for(const Source& source) {
  node::ForkRequest request;
  request.upstream.url = source.url();
  request.upstream.timeout = std::chrono::milliseconds(3'000);
  return request;
}

std::shared_ptr<store::Store> new_store() { return store::RocksStore::open_in_memory().value(); }

// A fork as `cairn dev` runs it; the same store again goes on with it.
std::unique_ptr<DevChain> fork_in(const std::shared_ptr<store::Store>& store,
                                  const node::ForkRequest& request) {
  const base::SimulatedClock clock(test::kGenesisTime * 1000);
  const auto started = chain::Chain::exists(*store) ? node::continue_fork(store, request)
                                                    : node::begin_fork(store, request, clock);
  if (!started) {
    throw std::runtime_error(started.error().message);
  }
  node::DevOptions options;
  options.fork_source = started->source;
  return std::make_unique<DevChain>(options, DispatchLimits{}, store);
}

std::unique_ptr<DevChain> fork_of(const Source& source) {
  return fork_in(new_store(), request_for(source));
}

std::string word(std::uint64_t value) { return fmt::format("{:064x}", value); }

// The word that a call of a contract with one word answers.
std::string call(DevChain& chain, const std::string& contract, std::uint64_t argument,
                 std::string_view block = R"("latest")") {
  return chain.result("eth_call", fmt::format(R"([{{"to":{},"data":"0x{}"}},{}])", contract,
                                              word(argument), block));
}

std::string send(DevChain& chain, std::size_t from, const std::string& to, std::uint64_t argument) {
  return chain.result("eth_sendTransaction",
                      fmt::format(R"([{{"from":"{}","to":{},"data":"0x{}"}}])", chain.account(from),
                                  to, word(argument)));
}

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

TEST(Fork, KeepsWhatItWasToldWhenTheSourceIsGone) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);
  const auto store = new_store();
  auto fork = fork_in(store, request_for(source));
  send(*fork, 0, counter, 7);
  source.cut_off();
  // What is known goes on, blocks too.
  for (int i = 0; i < 3; ++i) {
    send(*fork, 0, counter, 7);
  }
  // What is not known is said to be so, by name, and nothing of it stays.
  const std::string before = fork->result("eth_getBlockByNumber", R"(["latest",false])");
  const std::string error =
      fork->error("eth_sendTransaction",
                  fmt::format(R"([{{"from":"{}","to":{},"data":"0x{}","gas":"0x30d40"}}])",
                              fork->account(0), counter, word(99)));
  EXPECT_THAT(error,
              AllOf(HasSubstr("-32000"), HasSubstr(source.url()), HasSubstr("eth_getStorageAt")));
  EXPECT_THAT(fork->error("eth_getBalance", R"(["0x00000000000000000000000000000000000000aa"])"),
              AllOf(HasSubstr(source.url()), HasSubstr("eth_getBalance")));
  EXPECT_EQ(fork->result("eth_getBlockByNumber", R"(["latest",false])"), before);
  send(*fork, 0, counter, 7);
  // A restart changes nothing of that.
  fork.reset();
  fork = fork_in(store, request_for(source));
  send(*fork, 0, counter, 7);
  EXPECT_EQ(fork->result("eth_getStorageAt", fmt::format(R"([{},"0x7","latest"])", counter)),
            '"' + ("0x" + word(7)) + '"');
  source.come_back();
  send(*fork, 0, counter, 99);
}

TEST(Fork, HoldsItsOwnBlockWholeWhenTheSourceIsGone) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  send(source.chain(), 0, counter, 7);  // pays another tip than the second
  source.chain().result("evm_setAutomine", "[false]");
  const auto call_it = [&](int argument, const char* tip) {
    return source.chain().result(
        "eth_sendTransaction",
        fmt::format(
            R"([{{"from":"{}","to":{},"data":"0x{}","gas":"{}","maxFeePerGas":"0x77359400",)"
            R"("maxPriorityFeePerGas":"{}"}}])",
            source.chain().account(1), counter, word(static_cast<std::uint64_t>(argument)),
            argument == 8 ? "0x30d40" : "0x186a0", tip));
  };
  const std::string first = call_it(8, "0x5");
  const std::string second = call_it(9, "0x3b9aca00");
  source.chain().result("evm_mine");
  const std::string block = source.chain().result("eth_getBlockByNumber", R"(["latest",true])");
  const std::string hash = member(block, "hash");
  const std::vector<std::pair<const char*, std::string>> questions{
      {"eth_getBlockByNumber", R"(["latest",false])"},
      {"eth_getBlockByNumber", R"(["0x3",true])"},
      {"eth_getBlockByNumber", R"(["0x3",false])"},
      {"eth_getBlockByHash", "[" + hash + ",true]"},
      {"eth_getBlockByHash", "[" + hash + ",false]"},
      {"eth_getBlockReceipts", R"(["0x3"])"},
      {"eth_getBlockReceipts", "[" + hash + "]"},
      {"eth_getBlockTransactionCountByNumber", R"(["0x3"])"},
      {"eth_getBlockTransactionCountByHash", "[" + hash + "]"},
      {"eth_getUncleCountByBlockNumber", R"(["0x3"])"},
      {"eth_getTransactionByBlockNumberAndIndex", R"(["0x3","0x1"])"},
      {"eth_getTransactionByBlockNumberAndIndex", R"(["0x3","0x2"])"},
      {"eth_getTransactionByBlockHashAndIndex", "[" + hash + R"(,"0x0"])"},
      {"eth_getTransactionByHash", "[" + first + "]"},
      {"eth_getTransactionReceipt", "[" + second + "]"},
      {"eth_getLogs", R"([{"fromBlock":"0x3","toBlock":"0x3"}])"},
      {"eth_getLogs", fmt::format(R"([{{"blockHash":{},"topics":["0x{}"]}}])", hash, word(9))},
      {"eth_feeHistory", R"(["0x1","0x3",[]])"},
      {"eth_feeHistory", R"(["0x1","0x3",[1,50,99.5]])"},
  };
  std::vector<std::string> answers;
  for (const auto& [method, params] : questions) {
    answers.push_back(source.chain().result(method, params));
  }
  EXPECT_THAT(answers.back(), HasSubstr(R"(["0x5",)"));

  const auto store = new_store();
  auto fork = fork_in(store, request_for(source));
  source.cut_off();
  for (const char* when : {"at once", "after a restart", "with blocks of its own"}) {
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const auto& [method, params] = questions[i];
      if (fork->result("eth_blockNumber") == R"("0x3")" || params != R"(["latest",false])") {
        EXPECT_EQ(fork->result(method, params), answers[i]) << when << ' ' << method << params;
      }
    }
    EXPECT_THAT(fork->error("eth_getBlockByNumber", R"(["0x2",false])"), HasSubstr("refused"));
    if (when == std::string("after a restart")) {
      fork->result("evm_mine");
    } else {
      fork.reset();
      fork = fork_in(store, request_for(source));
    }
  }
}

TEST(Fork, TakesItsOwnBlockAfterwardsWhereItDoesNotHoldIt) {
  Source source;
  source.chain().send_transfer(0, 0);
  const auto store = new_store();
  (void)fork_in(store, request_for(source));
  store::Batch batch;  // as an older program left it
  const auto cursor = store->cursor(store::Column::upstream);
  for (cursor->seek(base::bytes_of("r")); cursor->valid(); cursor->next()) {
    batch.erase(store::Column::upstream, cursor->key());
  }
  ASSERT_TRUE(store->commit(std::move(batch)));
  const std::string block = source.chain().result("eth_getBlockByNumber", R"(["latest",true])");
  (void)fork_in(store, request_for(source));
  source.cut_off();
  const auto fork = fork_in(store, request_for(source));
  EXPECT_EQ(fork->result("eth_getBlockByNumber", R"(["latest",true])"), block);
}

TEST(Fork, MinesTheOthersWhereOneIsOutOfReach) {
  Source source;
  const std::string counter = source.chain().deploy(kCounter);
  const auto fork = fork_of(source);
  send(*fork, 0, counter, 7);
  fork->result("eth_getBalance", fmt::format(R"(["{}"])", fork->account(1)));
  source.cut_off();
  fork->result("evm_setAutomine", "[false]");
  const std::string far =
      fork->result("eth_sendTransaction",
                   fmt::format(R"([{{"from":"{}","to":{},"data":"0x{}","gas":"0x30d40"}}])",
                               fork->account(0), counter, word(99)));
  const std::string near = fork->result("eth_sendTransaction",
                                        fmt::format(R"([{{"from":"{}","to":"{}","gas":"0x5208"}}])",
                                                    fork->account(1), fork->account(1)));
  fork->result("evm_mine");
  EXPECT_NE(fork->result("eth_getTransactionReceipt", "[" + near + "]"), "null");
  EXPECT_EQ(fork->result("txpool_status"), R"({"pending":"0x0","queued":"0x0"})");
  EXPECT_THAT(fork->error("eth_getTransactionReceipt", "[" + far + "]"), HasSubstr(source.url()));
}

std::chrono::milliseconds time_of(const std::function<void()>& work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               before);
}

std::string transfer_to(DevChain& chain, const std::string& to) {
  return test::request("eth_sendTransaction",
                       fmt::format(R"([{{"from":"{}","to":"{}","value":"0x1","gas":"0x5208"}}])",
                                   chain.account(1), to));
}

TEST(Fork, KeepsNobodyWaitingForWhatOneTransactionOrCheatNeeds) {
  using std::chrono::milliseconds;
  const std::string silent = "0x00000000000000000000000000000000000000bb";
  Source source;
  const auto fork = fork_of(source);
  fork->ask(transfer_to(*fork, fork->account(1)));
  source.keep_silent_about(silent);
  for (const std::string& request :
       {transfer_to(*fork, silent),
        test::request("anvil_addBalance", fmt::format(R"(["{}","0x1"])", silent))}) {
    const int before = source.unanswered();
    std::string answer;
    milliseconds waited{0};
    std::thread asking([&] { waited = time_of([&] { answer = fork->ask(request); }); });
    while (source.unanswered() == before) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    for (const std::string& other :
         {transfer_to(*fork, fork->account(1)), test::request("evm_mine", "[]"),
          test::request("evm_snapshot", "[]"),
          test::request("anvil_setBalance", fmt::format(R"(["{}","0x77"])", fork->account(2)))}) {
      EXPECT_LT(time_of([&] { EXPECT_EQ(member(fork->ask(other), "error"), ""); }),
                milliseconds(500))
          << other << " beside " << request;
    }
    asking.join();
    EXPECT_THAT(member(answer, "error"), AllOf(HasSubstr("-32000"), HasSubstr(source.url())));
    EXPECT_LT(waited, milliseconds(4'500));
  }
  source.keep_silent_about("");
  EXPECT_EQ(member(fork->ask(transfer_to(*fork, silent)), "error"), "");
}

TEST(Fork, AnswersBesideManyQuestionsThatTheSourceLeavesOpen) {
  using std::chrono::milliseconds;
  constexpr int kMany = 100;
  Source source;
  const auto fork = fork_of(source);
  const std::string known = fmt::format(R"(["{}"])", fork->account(1));
  fork->result("eth_getBalance", known);
  source.keep_silent_about("0x00000000000000000000000000000000000000");
  std::latch answered(kMany);
  std::atomic<int> crowded = 0;
  for (int i = 0; i < kMany; ++i) {
    fork->dispatcher().handle(
        test::request("eth_getBalance", fmt::format(R"(["0x{:040x}"])", 0x10 + i)), nullptr,
        Reply([&](const std::string& answer) {
          EXPECT_THAT(answer, HasSubstr(source.url()));
          crowded += answer.find("questions wait for it already") != std::string::npos ? 1 : 0;
          answered.count_down();
        }));
  }
  EXPECT_LT(time_of([&] { fork->result("eth_blockNumber"); }), milliseconds(500));
  EXPECT_LT(time_of([&] { fork->result("eth_getBalance", known); }), milliseconds(2'500));
  EXPECT_LT(time_of([&] {
              EXPECT_EQ(member(fork->ask(transfer_to(*fork, fork->account(1))), "error"), "");
            }),
            milliseconds(500));
  answered.wait();
  EXPECT_EQ(crowded, kMany - 24);
}

TEST(Fork, NeverShowsTheSourceThroughWhatIsGone) {
  Source source;
  const std::string reader = source.chain().deploy(kSlotReader);
  source.chain().result("anvil_setStorageAt", fmt::format(R"([{},"0x5","0x{}"])", reader, word(3)));
  source.chain().result("evm_mine");
  const auto fork = fork_of(source);
  EXPECT_EQ(call(*fork, reader, 5), '"' + ("0x" + word(3)) + '"');
  fork->result("anvil_setStorageAt", fmt::format(R"([{},"0x5","0x{}"])", reader, word(0)));
  EXPECT_EQ(call(*fork, reader, 5), '"' + ("0x" + word(0)) + '"');
  const std::string account = '"' + source.chain().account(3) + '"';
  fork->result("anvil_setBalance", fmt::format(R"([{},"0x0"])", account));
  fork->result("evm_mine");
  EXPECT_EQ(fork->result("eth_getBalance", "[" + account + "]"), R"("0x0")");
  EXPECT_EQ(call(*fork, reader, 5), '"' + ("0x" + word(0)) + '"');
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
  EXPECT_THAT(node::continue_fork(store, other).error().message, HasSubstr(source.url()));
  source.chain().result("anvil_rollback", "[1]");
  source.chain().result("evm_increaseTime", "[100]");
  source.chain().result("evm_mine");
  EXPECT_THAT(node::continue_fork(store, request_for(source)).error().message,
              HasSubstr("another block"));
}

TEST(Fork, TakesNothingFromASourceThatReorganised) {
  Source source;
  for (std::uint64_t nonce = 0; nonce < 6; ++nonce) {
    source.chain().send_transfer(0, nonce);
  }
  const auto fork = fork_of(source);
  const std::string account = source.chain().account(1);
  const std::string old = fork->result("eth_getBlockByNumber", R"(["0x4",false])");
  source.chain().result("anvil_rollback", "[3]");
  const auto refused = [&](std::string_view method, const std::string& params) {
    EXPECT_THAT(fork->error(method, params),
                AllOf(HasSubstr(source.url()), HasSubstr("it has reorganised")))
        << method;
  };
  refused("eth_getBlockByNumber", R"(["0x5",false])");  // block 6 is not there
  source.chain().result("evm_increaseTime", "[100]");
  const std::string foreign = source.chain().send_transfer(0, 3);
  const std::string block =
      member(source.chain().result("eth_getBlockByNumber", R"(["latest",false])"), "hash");
  source.chain().result("anvil_mine", R"(["0x4"])");
  refused("eth_getBlockByNumber", R"(["0x5",false])");
  refused("eth_getBalance", fmt::format(R"(["{}","0x5"])", account));
  refused("eth_getStorageAt", fmt::format(R"(["{}","0x0","0x5"])", account));
  refused("eth_getTransactionByHash", "[" + foreign + "]");
  refused("eth_getTransactionReceipt", "[" + foreign + "]");
  refused("eth_getBlockByHash", "[" + block + ",false]");
  refused("eth_getLogs", R"([{"fromBlock":"0x1","toBlock":"0x5"}])");
  refused("debug_traceBlockByNumber", R"(["0x5"])");
  // What was said before is right.
  EXPECT_EQ(fork->result("eth_getBlockByNumber", R"(["0x4",false])"), old);
  EXPECT_EQ(member(fork->result("eth_getBlockByNumber", R"(["0x6",false])"), "number"), R"("0x6")");
  fork->result("evm_mine");
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
