#include "node/dev_node.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

// A store that fails when it has taken so many batches.
class FullStore : public store::Store {
 public:
  std::optional<Bytes> get(store::Column column, BytesView key) const override {
    return below_->get(column, key);
  }
  std::unique_ptr<store::Cursor> cursor(store::Column column) const override {
    return below_->cursor(column);
  }
  std::shared_ptr<const store::Reader> snapshot() const override { return below_->snapshot(); }
  Result<void> commit(store::Batch batch) override {
    if (left_ == 0) {
      return fail(code_, "full");
    }
    --left_;
    return below_->commit(std::move(batch));
  }
  void fail_after(std::uint64_t batches, ErrorCode code) {
    left_ = batches;
    code_ = code;
  }

 private:
  std::unique_ptr<store::Store> below_ = *store::RocksStore::open_in_memory();
  std::uint64_t left_ = ~std::uint64_t{0};
  ErrorCode code_ = ErrorCode::io;
};

class RunningNode {
 public:
  explicit RunningNode(
      const DevOptions& options = {},
      std::shared_ptr<const base::Clock> clock = std::make_shared<base::SystemClock>(),
      std::shared_ptr<store::Store> on = *store::RocksStore::open_in_memory())
      : store(std::move(on)) {
    auto started = DevNode::start(store, chain::dev_genesis(accounts()), options, std::move(clock));
    if (!started) {
      throw std::runtime_error(started.error().message);
    }
    node = *std::move(started);
  }

  SubmitReply submit(std::vector<Request> requests) {
    std::vector<Submission> submissions;
    for (const Request& request : requests) {
      submissions.push_back(submission_of(request));
    }
    return await<SubmitReply>(
        [&](auto reply) { node->submit(std::move(submissions), std::move(reply)); });
  }
  U256 balance(const Address& address) const {
    const auto account = node->head()->state()->account(address);
    return account ? account->balance : U256{};
  }

  std::shared_ptr<store::Store> store;
  std::unique_ptr<DevNode> node;
};

TEST(DevNode, ReplyMeansMinedAndVisible) {
  RunningNode f;
  const SubmitReply reply = f.submit({{.to = kSomebody, .value = 3}});
  ASSERT_EQ(reply.size(), 1u);
  ASSERT_TRUE(reply[0]);
  EXPECT_TRUE(reply[0]->mined);
  EXPECT_TRUE(f.node->head()->place_of(reply[0]->hash));
  EXPECT_EQ(f.balance(kSomebody), U256{3});
}

TEST(DevNode, BatchOfSendsSharesABlockAndEachGetsItsAnswer) {
  RunningNode f;
  const SubmitReply reply = f.submit({{.to = kSomebody, .value = 1},
                                      {.to = kSomebody, .value = 1, .nonce = 7},
                                      {.to = kSomebody, .value = U256{20'000} * kEther},
                                      {.from = 1, .to = kSomebody, .value = 1}});
  ASSERT_EQ(reply.size(), 4u);
  EXPECT_TRUE(reply[0] && reply[0]->mined);
  EXPECT_TRUE(reply[1] && !reply[1]->mined);
  EXPECT_EQ(reply[2].error().rule, execution::Refused::insufficient_funds);
  EXPECT_TRUE(reply[3] && reply[3]->mined);
  EXPECT_EQ(f.node->head()->number(), 1u);
}

TEST(DevNode, FailedWriteSaysWhetherTheTransactionMayComeBack) {
  for (const ErrorCode code : {ErrorCode::io, ErrorCode::in_doubt}) {
    const auto store = std::make_shared<FullStore>();
    RunningNode f({}, std::make_shared<base::SystemClock>(), store);
    store->fail_after(0, code);
    const SubmitReply reply = f.submit({{.to = kSomebody, .value = 1}});
    ASSERT_FALSE(reply.at(0));
    EXPECT_EQ(reply[0].error().message,
              code == ErrorCode::io ? "the transaction was not taken: full"
                                    : "the transaction may be mined after a restart, ask for its "
                                      "receipt before you send it again: full");
    const SubmitReply later = f.submit({{.to = kSomebody, .value = 1}});
    ASSERT_FALSE(later.at(0));
    EXPECT_EQ(later[0].error().message,
              "nothing is done any more, because the disk failed: make room or mend it, then start "
              "the node again");
  }
}

TEST(DevNode, SnapshotOnAFullDiskIsAnErrorThatEndsAllWriting) {
  const auto store = std::make_shared<FullStore>();
  RunningNode f({}, std::make_shared<base::SystemClock>(), store);
  store->fail_after(0, ErrorCode::io);
  const auto id =
      await<Result<std::uint64_t>>([&](auto reply) { f.node->snapshot(std::move(reply)); });
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error(), (Error{ErrorCode::io, "full"}));
  store->fail_after(100, ErrorCode::io);
  EXPECT_FALSE(f.submit({{.to = kSomebody, .value = 1}}).at(0));
}

// The first block's batch holds the journal of those that wait for the second.
TEST(DevNode, FailedWriteIsNoFailureOfWhatIsOnDisk) {
  const auto store = std::make_shared<FullStore>();
  DevOptions options;
  options.max_transactions = 1;
  RunningNode f(options, std::make_shared<base::SystemClock>(), store);
  store->fail_after(1, ErrorCode::io);
  const SubmitReply reply =
      f.submit({{.to = kSomebody, .value = 1}, {.from = 1, .to = kSomebody, .value = 1}});
  ASSERT_TRUE(reply.at(0)) << reply[0].error().message;
  ASSERT_TRUE(reply.at(1)) << reply[1].error().message;
  EXPECT_NE(reply[0]->mined, reply[1]->mined);
  f.node.reset();
  store->fail_after(100, ErrorCode::io);
  const RunningNode again({}, std::make_shared<base::SystemClock>(), store);
  EXPECT_EQ(again.balance(kSomebody), U256{2});
}

TEST(DevNode, CommandsTakeEffectInOrder) {
  RunningNode f;
  std::vector<std::string> order;
  std::promise<void> done;
  f.node->submit({submission_of({.to = kSomebody, .value = 1})}, [&](const SubmitReply&) {
    order.push_back("sent at " + std::to_string(f.node->head()->number()));
  });
  f.node->mine({}, [&](const Result<std::vector<Hash256>>&) {
    order.push_back("mined at " + std::to_string(f.node->head()->number()));
  });
  f.node->submit({submission_of({.to = kSomebody, .value = 1})}, [&](const SubmitReply&) {
    order.push_back("sent at " + std::to_string(f.node->head()->number()));
    done.set_value();
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"sent at 1", "mined at 2", "sent at 3"}));
}

TEST(DevNode, SendsOfManyConnectionsShareBlocks) {
  RunningNode f;
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 100;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&f, i] {
      for (std::size_t n = 0; n < kEach; ++n) {
        const SubmitReply reply = f.submit({{.from = i, .to = kSomebody, .value = 1}});
        EXPECT_TRUE(reply[0] && reply[0]->mined);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(f.balance(kSomebody), U256{kThreads * kEach});
  EXPECT_LE(f.node->head()->number(), kThreads * kEach);
}

// 10,000 times: send, then another thread, told by the reply alone, asks what was sent.
TEST(DevNode, ReadsItsWritesFromAnyThread) {
  RunningNode f;
  constexpr std::uint64_t kRounds = 10'000;
  std::atomic<std::uint64_t> told{0};
  std::atomic<std::uint64_t> stale{0};
  std::thread reader([&] {
    for (std::uint64_t seen = 0; seen < kRounds;) {
      const std::uint64_t now = told.load(std::memory_order_acquire);
      if (now > seen) {
        seen = now;
        const auto head = f.node->head();
        const bool fresh = f.balance(kSomebody) >= U256{now} && head->number() >= now &&
                           f.node->pending_nonce(accounts()[0].address) >= now;
        stale += fresh ? 0 : 1;
      }
    }
  });
  for (std::uint64_t i = 1; i <= kRounds; ++i) {
    const SubmitReply reply = f.submit({{.to = kSomebody, .value = 1}});
    ASSERT_TRUE(reply[0]) << reply[0].error().message;
    told.store(i, std::memory_order_release);
    stale += f.node->head()->place_of(reply[0]->hash) ? 0 : 1;
  }
  reader.join();
  EXPECT_EQ(stale, 0u);
}

TEST(DevNode, MinesByTheClockWithABlockTime) {
  const auto clock = std::make_shared<base::SimulatedClock>(1'700'000'000'000);
  RunningNode f(DevOptions{.automine = false, .mining_interval = 2'000}, clock);
  const SubmitReply reply = f.submit({{.to = kSomebody, .value = 1}});
  ASSERT_TRUE(reply[0]);
  EXPECT_FALSE(reply[0]->mined);
  EXPECT_EQ(f.node->head()->number(), 0u);
  clock->advance(2'000);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (f.node->head()->number() == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  EXPECT_EQ(f.node->head()->number(), 1u);
  EXPECT_TRUE(f.node->head()->place_of(reply[0]->hash));
}

TEST(DevNode, DrawsEachIntervalFromItsRange) {
  const auto clock = std::make_shared<base::SimulatedClock>(1'700'000'000'000);
  RunningNode f(DevOptions{.automine = false}, clock);
  const auto turn = [](chain::Settings& settings) -> Result<void> {
    settings.set_mining({.automine = false, .interval = 1'000, .spread = 1'000});
    return {};
  };
  ASSERT_TRUE(
      await<Result<void>>([&](auto reply) { f.node->change_settings(turn, std::move(reply)); }));
  const auto comes = [&](std::uint64_t number, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (f.node->head()->number() < number && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return f.node->head()->number() == number;
  };
  constexpr std::chrono::milliseconds kLook{200};  // the clock is looked at every 50
  constexpr std::uint64_t kBlocks = 8;
  std::uint64_t early = 0;
  for (std::uint64_t number = 1; number <= kBlocks; ++number) {
    clock->advance(900);
    EXPECT_FALSE(comes(number, kLook));
    clock->advance(600);
    if (comes(number, kLook)) {
      ++early;
      continue;
    }
    clock->advance(500);
    EXPECT_TRUE(comes(number, std::chrono::seconds{10}));
  }
  EXPECT_GT(early, 0u);
  EXPECT_LT(early, kBlocks);
}

TEST(DevNode, TurningInstantMiningOnMinesWhatWaits) {
  RunningNode f(DevOptions{.automine = false});
  ASSERT_TRUE(f.submit({{.to = kSomebody, .value = 1}})[0]);
  const auto done = await<Result<void>>([&](auto reply) {
    f.node->change_settings(
        [](chain::Settings& settings) -> Result<void> {
          settings.automine = true;
          return {};
        },
        std::move(reply));
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(f.node->head()->number(), 1u);
}

TEST(DevNode, SnapshotAndRevertGoThroughTheQueue) {
  RunningNode f;
  const auto id =
      await<Result<std::uint64_t>>([&](auto reply) { f.node->snapshot(std::move(reply)); });
  f.submit({{.to = kSomebody, .value = 1}});
  const auto reverted =
      await<Result<bool>>([&](auto reply) { f.node->revert(*id, std::move(reply)); });
  EXPECT_EQ(reverted, true);
  EXPECT_EQ(f.node->head()->number(), 0u);
  EXPECT_EQ(f.balance(kSomebody), U256{});
}

TEST(DevNode, StopsWithoutFinishingItsQueueAndAnswersEverybody) {
  RunningNode f;
  std::atomic<std::size_t> answers{0};
  constexpr std::size_t kCommands = 2'000;
  for (std::size_t i = 0; i < kCommands; ++i) {
    f.node->mine({}, [&](const Result<std::vector<Hash256>>&) { ++answers; });
  }
  f.node->stop();
  EXPECT_LT(f.node->head()->number(), kCommands);
  EXPECT_EQ(answers, kCommands);
  const SubmitReply late = f.submit({{.to = kSomebody, .value = 1}});
  EXPECT_EQ(late[0].error().code, txpool::PoolRefused::unavailable);
}

TEST(DevNode, KeepsItsSendersThreadFromLongWork) {
  RunningNode f;
  const auto worker_of = [&](std::uint64_t gas) {
    std::promise<std::thread::id> worker;
    f.node->submit({submission_of({.to = kSomebody, .value = 1, .gas = gas})},
                   [&](const SubmitReply&) { worker.set_value(std::this_thread::get_id()); });
    return worker.get_future().get();
  };
  EXPECT_EQ(worker_of(1'000'000), std::this_thread::get_id());
  EXPECT_NE(worker_of(1'000'001), std::this_thread::get_id());
}

TEST(DevNode, StopsInTheMidstOfManyBlocks) {
  RunningNode f;
  std::promise<Result<std::vector<Hash256>>> mined;
  f.node->mine({.count = 1'000'000},
               [&](Result<std::vector<Hash256>> result) { mined.set_value(std::move(result)); });
  while (f.node->head()->number() < 3) {
    std::this_thread::yield();
  }
  f.node->stop();
  const auto result = mined.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::conflict);
  EXPECT_LT(f.node->head()->number(), 1'000'000u);
}

}  // namespace
}  // namespace cairn::node
