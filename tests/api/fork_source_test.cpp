// What a forked chain does when its source is gone, silent, or another than it was.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "tests/api/forked_chain.hpp"

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
using testing::HasSubstr;

TEST(ForkSource, KeepsWhatItWasToldWhenTheSourceIsGone) {
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

TEST(ForkSource, HoldsItsOwnBlockWholeWhenTheSourceIsGone) {
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

TEST(ForkSource, TakesItsOwnBlockAfterwardsWhereItDoesNotHoldIt) {
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

TEST(ForkSource, MinesTheOthersWhereOneIsOutOfReach) {
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

std::string transfer_to(DevChain& chain, const std::string& to) {
  return test::request("eth_sendTransaction",
                       fmt::format(R"([{{"from":"{}","to":"{}","value":"0x1","gas":"0x5208"}}])",
                                   chain.account(1), to));
}

TEST(ForkSource, KeepsNobodyWaitingForWhatOneTransactionOrCheatNeeds) {
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
    std::atomic<bool> done = false;
    std::thread asking([&] {
      answer = fork->ask(request);
      done = true;
    });
    while (source.unanswered() == before) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    for (const std::string& other :
         {transfer_to(*fork, fork->account(1)), test::request("evm_mine", "[]"),
          test::request("evm_snapshot", "[]"),
          test::request("anvil_setBalance", fmt::format(R"(["{}","0x77"])", fork->account(2)))}) {
      EXPECT_EQ(member(fork->ask(other), "error"), "") << other;
      EXPECT_FALSE(done) << other << " beside " << request;
    }
    asking.join();
    EXPECT_THAT(member(answer, "error"), AllOf(HasSubstr("-32000"), HasSubstr(source.url())));
  }
  source.keep_silent_about("");
  EXPECT_EQ(member(fork->ask(transfer_to(*fork, silent)), "error"), "");
}

TEST(ForkSource, AnswersBesideManyQuestionsThatTheSourceLeavesOpen) {
  constexpr int kMany = 100;
  constexpr int kMostAsked = 24;  // of the source at once; the others are refused
  Source source;
  const auto fork = fork_of(source);
  const std::string known = fmt::format(R"(["{}"])", fork->account(1));
  fork->result("eth_getBalance", known);
  source.keep_silent_about("0x00000000000000000000000000000000000000");
  std::latch answered(kMany);
  std::atomic<int> crowded = 0;
  std::atomic<int> given_up = 0;
  for (int i = 0; i < kMany; ++i) {
    fork->dispatcher().handle(
        test::request("eth_getBalance", fmt::format(R"(["0x{:040x}"])", 0x10 + i)), nullptr,
        Reply([&](const std::string& answer) {
          EXPECT_THAT(answer, HasSubstr(source.url()));
          ++(answer.find("questions wait for it already") != std::string::npos ? crowded
                                                                               : given_up);
          answered.count_down();
        }));
  }
  fork->result("eth_blockNumber");
  fork->result("eth_getBalance", known);
  EXPECT_EQ(member(fork->ask(transfer_to(*fork, fork->account(1))), "error"), "");
  EXPECT_EQ(given_up, 0);  // all of those still wait
  answered.wait();
  EXPECT_EQ(crowded, kMany - kMostAsked);
  EXPECT_EQ(given_up, kMostAsked);
}

TEST(ForkSource, NeverShowsTheSourceThroughWhatIsGone) {
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

TEST(ForkSource, TakesNothingFromASourceThatReorganised) {
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

}  // namespace
}  // namespace cairn::api
