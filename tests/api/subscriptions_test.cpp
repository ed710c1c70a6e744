#include "api/subscriptions.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>

#include "base/random.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/recording_peer.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using test::RecordingPeer;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class SubscriptionsTest : public testing::Test {
 protected:
  SubscriptionsTest() { chain_.ask_as(peer_); }

  std::string result(std::string_view method, std::string_view params = "[]") {
    return chain_.result(method, params);
  }
  std::string subscribe(std::string_view params) { return result("eth_subscribe", params); }
  std::string head_hash() {
    return member(result("eth_getBlockByNumber", R"(["latest",false])"), "hash");
  }
  std::string hash_at(std::uint64_t number) {
    return member(result("eth_getBlockByNumber", fmt::format(R"(["{:#x}",false])", number)),
                  "hash");
  }
  void mine() { result("evm_mine"); }
  // A contract that logs topic 7 whenever it is called.
  std::string deploy_logger() { return chain_.deploy("0x60075f5fa1"); }
  void call(const std::string& to) {
    result("eth_sendTransaction",
           fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), to));
  }
  // Nothing more is on its way: a later event has arrived at another peer.
  void settle() {
    const auto last = std::make_shared<RecordingPeer>();
    chain_.ask_as(last);
    subscribe(R"(["newHeads",{"fromBlock":"0x0"}])");
    last->wait_for(chain_.node().head()->number() + 1);
    chain_.ask_as(peer_);
  }
  static std::string told(const std::string& message) {
    return member(member(message, "params"), "result");
  }
  static std::string hash_told(const std::string& message) { return member(told(message), "hash"); }

  DevChain chain_;
  std::shared_ptr<RecordingPeer> peer_ = std::make_shared<RecordingPeer>();
};

TEST_F(SubscriptionsTest, TellEachNewHeadUnderTheSubscriptionsId) {
  mine();
  const std::string id = subscribe(R"(["newHeads"])");
  EXPECT_THAT(id, StartsWith("\"0x"));
  mine();
  mine();
  const auto messages = peer_->wait_for(2);
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(member(messages[0], "method"), R"("eth_subscription")");
  EXPECT_EQ(member(messages[0], "jsonrpc"), R"("2.0")");
  EXPECT_EQ(member(member(messages[0], "params"), "subscription"), id);
  EXPECT_EQ(hash_told(messages[0]), hash_at(2));
  EXPECT_EQ(hash_told(messages[1]), hash_at(3));
  EXPECT_EQ(member(told(messages[0]), "transactions"), "");
  EXPECT_EQ(member(told(messages[0]), "parentHash"), hash_at(1));
}

TEST_F(SubscriptionsTest, MakeOneTextForAll) {
  const auto other = std::make_shared<RecordingPeer>();
  subscribe(R"(["newHeads"])");
  chain_.ask_as(other);
  subscribe(R"(["newHeads"])");
  mine();
  peer_->wait_for(1);
  other->wait_for(1);
  ASSERT_THAT(other->tails(), SizeIs(1));
  EXPECT_EQ(other->tails()[0].get(), peer_->tails().at(0).get());
}

// Its first message is one too many.
class FaultyPeer final : public Peer {
 public:
  bool push(std::shared_ptr<const std::string> head,
            std::shared_ptr<const std::string> tail) override {
    if (std::exchange(first_, false)) {
      throw std::runtime_error("a fault of this peer's");
    }
    return rest_.push(std::move(head), std::move(tail));
  }
  std::size_t backlog() const override { return 0; }
  const RecordingPeer& rest() const { return rest_; }

 private:
  RecordingPeer rest_;
  bool first_ = true;
};

TEST_F(SubscriptionsTest, EndAloneWhereOneFails) {
  for (const char* kind : {R"(["newHeads"])", R"(["newPendingTransactions"])"}) {
    const auto faulty = std::make_shared<FaultyPeer>();
    const auto well = std::make_shared<RecordingPeer>();
    chain_.ask_as(faulty);
    const std::string id = subscribe(kind);
    chain_.ask_as(well);
    subscribe(kind);
    call('"' + chain_.account(1) + '"');
    call('"' + chain_.account(1) + '"');
    EXPECT_THAT(well->wait_for(2), SizeIs(2));
    const std::string params = member(faulty->rest().wait_for(1).at(0), "params");
    EXPECT_EQ(member(params, "subscription"), id);
    EXPECT_EQ(member(params, "error"), R"({"code":-32603,"message":"a fault of this peer's"})");
    settle();
    EXPECT_THAT(faulty->rest().wait_for(1), SizeIs(1));
  }
}

TEST_F(SubscriptionsTest, ReplayHeadsFromABlockAndGoOn) {
  for (int i = 0; i < 5; ++i) {
    mine();
  }
  subscribe(R"(["newHeads",{"fromBlock":"0x3"}])");
  mine();
  const auto messages = peer_->wait_for(4);
  ASSERT_THAT(messages, SizeIs(4));
  for (std::uint64_t n = 3; n <= 6; ++n) {
    EXPECT_EQ(hash_told(messages[n - 3]), hash_at(n));
  }
}

TEST_F(SubscriptionsTest, ResumeAtTheNextBlockWithoutADouble) {
  mine();
  subscribe(R"(["newHeads",{"fromBlock":"0x2"}])");
  mine();
  settle();
  ASSERT_THAT(peer_->wait_for(1), SizeIs(1));
  EXPECT_EQ(hash_told(peer_->wait_for(1)[0]), hash_at(2));
}

TEST_F(SubscriptionsTest, TellTheHeadThatARevertLeaves) {
  mine();
  const std::string mark = result("evm_snapshot");
  mine();
  subscribe(R"(["newHeads"])");
  result("evm_revert", "[" + mark + "]");
  ASSERT_EQ(hash_told(peer_->wait_for(1).at(0)), hash_at(1));
  chain_.send_transfer(0, 0);
  ASSERT_THAT(peer_->wait_for(2), SizeIs(2));
  EXPECT_EQ(hash_told(peer_->wait_for(2)[1]), hash_at(2));
}

TEST_F(SubscriptionsTest, TellMatchingLogsAndThatTheyAreTakenBack) {
  const std::string to = deploy_logger();
  subscribe(fmt::format(R"(["logs",{{"address":{}}}])", to));
  subscribe(fmt::format(R"(["logs",{{"address":"{}"}}])", chain_.account(1)));
  const std::string mark = result("evm_snapshot");
  call(to);
  const std::string log = told(peer_->wait_for(1).at(0));
  EXPECT_EQ("[" + log + "]", result("eth_getLogs", R"([{"fromBlock":"0x2"}])"));
  result("evm_revert", "[" + mark + "]");
  std::string removed = log;
  removed.replace(removed.find(R"("removed":false)") + 10, 5, "true");
  EXPECT_EQ(told(peer_->wait_for(2).at(1)), removed);
  settle();
  EXPECT_THAT(peer_->wait_for(2), SizeIs(2));
}

TEST_F(SubscriptionsTest, ReplayLogsThroughTheIndex) {
  const std::string to = deploy_logger();
  call(to);
  result("hardhat_mine", R"(["0x40"])");
  call(to);
  subscribe(fmt::format(R"(["logs",{{"address":{},"fromBlock":"earliest"}}])", to));
  call(to);
  const auto messages = peer_->wait_for(3);
  ASSERT_THAT(messages, SizeIs(3));
  std::string all;
  for (const auto& message : messages) {
    all += (all.empty() ? "[" : ",") + told(message);
  }
  EXPECT_EQ(all + "]", result("eth_getLogs", R"([{"fromBlock":"earliest"}])"));
}

// What go-ethereum's ethclient sends for a query without FromBlock, and cast.
TEST_F(SubscriptionsTest, OfLogsFromBlockZeroReplayNothing) {
  const std::string to = deploy_logger();
  call(to);
  subscribe(R"(["logs",{"fromBlock":"0x0"}])");
  subscribe(R"(["logs",{"fromBlock":"earliest","toBlock":"latest"}])");
  call(to);
  peer_->wait_for(2);
  settle();
  const auto messages = peer_->wait_for(2);
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ("[" + told(messages[0]) + "]", result("eth_getLogs", R"([{"fromBlock":"latest"}])"));
  EXPECT_EQ(told(messages[1]), told(messages[0]));
}

TEST_F(SubscriptionsTest, TellPooledTransactionsBeforeTheirBlock) {
  subscribe(R"(["newPendingTransactions"])");
  subscribe(R"(["newHeads"])");
  subscribe(R"(["newPendingTransactions",true])");
  const std::string hash = chain_.send_transfer(0, 0);
  auto messages = peer_->wait_for(3);
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(hash_told(messages[2]), head_hash());
  std::ranges::sort(messages.begin(), messages.begin() + 2, {}, &std::string::size);
  EXPECT_EQ(told(messages[0]), hash);
  EXPECT_EQ(hash_told(messages[1]), hash);
  EXPECT_EQ(member(told(messages[1]), "blockHash"), "null");
}

TEST_F(SubscriptionsTest, TellReceiptsOfABlock) {
  subscribe(R"(["transactionReceipts"])");
  mine();  // without transactions: nothing to tell
  const std::string first = chain_.send_transfer(0, 0);
  EXPECT_EQ(told(peer_->wait_for(1).at(0)),
            "[" + result("eth_getTransactionReceipt", "[" + first + "]") + "]");
  const auto other = std::make_shared<RecordingPeer>();
  chain_.ask_as(other);
  subscribe(fmt::format(R"(["transactionReceipts",{{"transactionHashes":[{}],"fromBlock":"0x0"}}])",
                        first));
  chain_.send_transfer(0, 1);
  EXPECT_EQ(told(other->wait_for(1).at(0)), told(peer_->wait_for(1)[0]));
  settle();
  EXPECT_THAT(other->wait_for(1), SizeIs(1));
  EXPECT_THAT(peer_->wait_for(2), SizeIs(2));
}

TEST_F(SubscriptionsTest, TellNothingBeforeTheReplyToTheBatch) {
  std::promise<std::size_t> before;
  chain_.dispatcher().handle(
      "[" + test::request("eth_subscribe", R"(["newHeads"])") + "," +
          test::request("eth_subscribe", R"(["newPendingTransactions"])") + "," +
          test::request("eth_sendRawTransaction", "[\"" + chain_.transfer(0, 0) + "\"]") + "]",
      peer_, [&](const std::string&) {
        settle();
        before.set_value(peer_->wait_for(0).size());
      });
  EXPECT_EQ(before.get_future().get(), 0u);
  EXPECT_THAT(peer_->wait_for(2), SizeIs(2));
}

// The second block comes while the thread is at the first, or after it, or before.
TEST_F(SubscriptionsTest, TellOfBlocksWhileMoreOfThemAreMade) {
  subscribe(R"(["newHeads"])");
  std::promise<std::size_t> told_meanwhile;
  chain_.node().perform(
      [&](node::DevWriter& writer) -> Result<void> {
        CAIRN_CHECK(writer.mine({}));
        CAIRN_CHECK(writer.mine({}));
        peer_->wait_for(2);
        CAIRN_CHECK(writer.mine({}));
        told_meanwhile.set_value(peer_->wait_for(3).size());
        return {};
      },
      [](const Result<void>&) {});
  EXPECT_EQ(told_meanwhile.get_future().get(), 3u);
}

TEST_F(SubscriptionsTest, EndWhenAskedAndWhenThePeerCloses) {
  const std::string id = subscribe(R"(["newHeads"])");
  EXPECT_EQ(result("eth_unsubscribe", "[" + id + "]"), "true");
  EXPECT_EQ(result("eth_unsubscribe", "[" + id + "]"), "false");
  mine();
  settle();
  EXPECT_THAT(peer_->wait_for(0), SizeIs(0));
  subscribe(R"(["newHeads"])");
  peer_->close();
  mine();
  settle();
  mine();
  EXPECT_EQ(result("eth_unsubscribe", "[" + id + "]"), "false");
}

TEST_F(SubscriptionsTest, BelongToTheirConnection) {
  const std::string id = subscribe(R"(["newHeads"])");
  chain_.ask_as(std::make_shared<RecordingPeer>());
  subscribe(R"(["newHeads"])");
  EXPECT_EQ(result("eth_unsubscribe", "[" + id + "]"), "false");
  mine();
  EXPECT_THAT(peer_->wait_for(1), SizeIs(1));
}

TEST_F(SubscriptionsTest, WaitForASlowReaderAndLeaveNothingOut) {
  peer_->set_backlog(std::size_t{2} << 20);
  subscribe(R"(["newHeads"])");
  for (int i = 0; i < 20; ++i) {
    mine();
  }
  settle();
  EXPECT_THAT(peer_->wait_for(0), SizeIs(0));
  peer_->set_backlog(0);
  const auto messages = peer_->wait_for(20);
  ASSERT_THAT(messages, SizeIs(20));
  for (std::uint64_t n = 1; n <= 20; ++n) {
    EXPECT_EQ(hash_told(messages[n - 1]), hash_at(n));
  }
}

TEST_F(SubscriptionsTest, AreBounded) {
  chain_.context().subscriptions = std::make_shared<Subscriptions>(
      chain_.node(), chain_.context().logger, SubscriptionLimits{.of_a_peer = 2, .of_all = 3});
  subscribe(R"(["newHeads"])");
  subscribe(R"(["logs"])");
  EXPECT_EQ(chain_.error("eth_subscribe", R"(["newHeads"])"),
            "-32602: too many subscriptions: at most 2 on one connection");
  chain_.ask_as(std::make_shared<RecordingPeer>());
  subscribe(R"(["newHeads"])");
  EXPECT_EQ(chain_.error("eth_subscribe", R"(["newHeads"])"),
            "-32602: too many subscriptions: at most 3 in all");
  chain_.ask_as(std::make_shared<RecordingPeer>());  // the one before it is gone with its place
  subscribe(R"(["newHeads"])");
}

TEST_F(SubscriptionsTest, SayWhatIsWrong) {
  const auto error = [this](std::string_view params) {
    return chain_.error("eth_subscribe", params);
  };
  EXPECT_EQ(error(R"(["newBlocks"])"),
            "-32601: no \\\"newBlocks\\\" subscription in eth namespace");
  EXPECT_THAT(error("[]"), StartsWith("-32602: missing value for required argument 0"));
  EXPECT_THAT(error("[7]"), StartsWith("-32602: invalid argument 0"));
  EXPECT_THAT(error(R"(["newHeads",true])"),
              StartsWith("-32602: invalid argument 1 (terms): want"));
  EXPECT_THAT(error(R"(["newHeads",{"fromBlock":"0x2"}])"),
              HasSubstr("beyond the next block, 0x1"));
  EXPECT_THAT(error(R"(["newHeads",{"fromBlock":7}])"), HasSubstr("fromBlock: "));
  EXPECT_THAT(error(R"(["newHeads",{},{}])"), StartsWith("-32602: too many arguments"));
  EXPECT_THAT(error(R"(["logs",{"address":"0x12"}])"), HasSubstr("address: "));
  EXPECT_THAT(error(R"(["logs",{"fromBlock":"0x1","toBlock":"0x0"}])"),
              HasSubstr("invalid block range params"));
  EXPECT_THAT(error(fmt::format(R"(["logs",{{"blockHash":{}}}])", hash_at(0))),
              HasSubstr("a block's logs do not change"));
  EXPECT_THAT(error(R"(["newPendingTransactions","all"])"), StartsWith("-32602: "));
  EXPECT_THAT(error(R"(["transactionReceipts",{"transactionHashes":"all"}])"),
              HasSubstr("transactionHashes: want an array"));
  std::string hashes = hash_at(0);
  for (int i = 0; i < 200; ++i) {
    hashes += "," + hash_at(0);
  }
  EXPECT_THAT(error(R"(["transactionReceipts",{"transactionHashes":[)" + hashes + "]}]"),
              HasSubstr("exceed max number of transaction hashes"));
  EXPECT_THAT(error(R"(["syncing",{}])"), HasSubstr("syncing takes none"));
  EXPECT_THAT(subscribe(R"(["syncing"])"), StartsWith("\"0x"));
  EXPECT_THAT(chain_.error("eth_unsubscribe", "[1]"), StartsWith("-32602: "));
  chain_.ask_as(nullptr);
  EXPECT_THAT(error(R"(["newHeads"])"), HasSubstr("notifications not supported"));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) {
    out += part;
  }
  return out;
}

// What a client makes of newHeads: the chain from the first block that it was told of.
std::vector<std::string> heads_after(const std::vector<std::string>& messages) {
  std::vector<std::string> numbers;
  std::vector<std::string> out;
  for (const auto& message : messages) {
    const std::string result = member(member(message, "params"), "result");
    const auto at = std::ranges::find(numbers, member(result, "number")) - numbers.begin();
    numbers.resize(static_cast<std::size_t>(at));
    out.resize(static_cast<std::size_t>(at));
    numbers.push_back(member(result, "number"));
    out.push_back(member(result, "hash"));
  }
  return out;
}

// And of logs: those that have not been taken back.
std::string logs_after(const std::vector<std::string>& messages) {
  std::vector<std::string> out;
  for (const auto& message : messages) {
    std::string log = member(member(message, "params"), "result");
    const auto removed = log.find(R"("removed":true)");
    if (removed == std::string::npos) {
      EXPECT_EQ(std::ranges::count(out, log), 0) << "told twice: " << log;
      out.push_back(log);
      continue;
    }
    log.replace(removed + 10, 4, "false");
    EXPECT_EQ(std::erase(out, log), 1u) << "taken back without having been told: " << log;
  }
  return joined(out);
}

class RandomHistory : public SubscriptionsTest,
                      public testing::WithParamInterface<std::uint64_t> {};

TEST_P(RandomHistory, LeavesEverySubscriberWithTheChainAsItIs) {
  base::SeededRandom random(GetParam());
  simdjson::dom::parser parser;
  struct Subscriber {
    std::shared_ptr<RecordingPeer> heads = std::make_shared<RecordingPeer>();
    std::shared_ptr<RecordingPeer> logs = std::make_shared<RecordingPeer>();
  };
  const std::string to = deploy_logger();
  std::vector<std::string> marks{result("evm_snapshot")};
  std::vector<Subscriber> subscribers;
  for (int step = 0; step < 120; ++step) {
    switch (random.below(8)) {
      case 0:
        marks.push_back(result("evm_snapshot"));
        break;
      case 1:
        if (random.below(3) == 0) {
          result("evm_revert", "[" + marks.back() + "]");
          marks.pop_back();
          marks.push_back(result("evm_snapshot"));
        }
        break;
      case 2: {
        auto& one = subscribers.emplace_back();
        chain_.ask_as(one.heads);
        subscribe(R"(["newHeads",{"fromBlock":"0x1"}])");
        chain_.ask_as(one.logs);
        subscribe(R"(["logs",{"fromBlock":"earliest"}])");
        chain_.ask_as(peer_);
        break;
      }
      case 3:
        for (auto& one : subscribers) {
          const std::size_t backlog = random.below(2) == 0 ? 0 : std::size_t{2} << 20;
          one.heads->set_backlog(backlog);
          one.logs->set_backlog(backlog);
        }
        break;
      case 4:
        mine();
        break;
      default:
        call(to);
    }
  }
  mine();
  std::vector<std::string> blocks;
  for (std::uint64_t n = 1; n <= chain_.node().head()->number(); ++n) {
    blocks.push_back(hash_at(n));
  }
  std::string logs;
  for (const auto log : parser.parse(result("eth_getLogs", R"([{"fromBlock":"0x0"}])"))) {
    logs += simdjson::minify(log);
  }
  for (auto& one : subscribers) {
    one.heads->set_backlog(0);
    one.logs->set_backlog(0);
    EXPECT_EQ(heads_after(one.heads->wait_until(
                  [&](const auto& messages) { return heads_after(messages) == blocks; })),
              blocks);
    EXPECT_EQ(logs_after(one.logs->wait_until(
                  [&](const auto& messages) { return logs_after(messages) == logs; })),
              logs);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistory, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace cairn::api
