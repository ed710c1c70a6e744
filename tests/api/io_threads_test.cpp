#include "api/io_threads.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace cairn::api {
namespace {

using Place = std::promise<std::thread::id>;

// One that is looked at only when the test does so.
struct OneThread : IoThread {
  OneThread() { start(); }
  ~OneThread() { stop(); }

  void look_after_patience() {
    std::this_thread::sleep_for(2 * kPatience);
    look();
  }
};

// Says on which thread the context's next handler runs.
std::thread::id thread_of(IoThread& io) {
  const auto place = std::make_shared<Place>();
  asio::post(io.context(), [place] { place->set_value(std::this_thread::get_id()); });
  return place->get_future().get();
}

// Work that has begun and lasts until it is ended.
class LongWork {
 public:
  explicit LongWork(IoThread& io) {
    asio::post(io.context(), [&io, state = state_] {
      EXPECT_TRUE(io.work([&] {
        state->begun.set_value();
        state->end.get_future().wait();
        io.dispatch([state] { state->answered.set_value(std::this_thread::get_id()); });
      }));
    });
    state_->begun.get_future().wait();
  }
  void end() { state_->end.set_value(); }
  // Where its answer was given.
  std::thread::id answered() { return state_->answered.get_future().get(); }

 private:
  struct State {
    std::promise<void> begun;
    std::promise<void> end;
    Place answered;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

bool try_work(IoThread& io) {
  const auto taken = std::make_shared<std::promise<bool>>();
  asio::post(io.context(), [&io, taken] { taken->set_value(io.work([] {})); });
  return taken->get_future().get();
}

TEST(IoThreads, ShortWorkIsDoneAndAnsweredWhereItWasRead) {
  OneThread io;
  const auto home = thread_of(io);
  LongWork work(io);
  work.end();
  EXPECT_EQ(work.answered(), home);
  io.look_after_patience();
  EXPECT_EQ(thread_of(io), home);
}

TEST(IoThreads, WhoLostTheContextAnswersThroughWhoHasIt) {
  OneThread io;
  const auto home = thread_of(io);
  LongWork work(io);
  io.look_after_patience();
  const auto heir = thread_of(io);
  EXPECT_NE(heir, home);
  work.end();
  EXPECT_EQ(work.answered(), heir);
  EXPECT_EQ(thread_of(io), heir);
}

TEST(IoThreads, RefusesWorkWhereTooMuchProvedLongAndTakesItAgainLater) {
  OneThread io;
  std::deque<LongWork> works;
  while (works.size() < 100 && try_work(io)) {
    works.emplace_back(io);
    io.look_after_patience();
  }
  EXPECT_EQ(works.size(), 8U);
  for (LongWork& work : works) {
    work.end();
  }
  while (!try_work(io)) {
    io.look();
  }
}

TEST(IoThreads, WhatIsDispatchedFromElsewhereRunsOnTheContextsThread) {
  OneThread io;
  const auto place = std::make_shared<Place>();
  io.dispatch([place] { place->set_value(std::this_thread::get_id()); });
  EXPECT_EQ(place->get_future().get(), thread_of(io));
}

TEST(IoThreads, ConnectionsGoOnWhileOneIsAtWorkForLong) {
  IoThreads threads(1);
  threads.start();
  const auto home = thread_of(threads.front());
  LongWork work(threads.front());
  EXPECT_NE(thread_of(threads.front()), home);
  work.end();
  EXPECT_NE(work.answered(), home);
}

TEST(IoThreads, StopWaitsForWorkUnderWay) {
  IoThreads threads(2);
  threads.start();
  std::promise<void> begun;
  std::promise<void> end;
  std::atomic<bool> ended = false;
  asio::post(threads.front().context(), [&] {
    threads.front().work([&] {
      begun.set_value();
      end.get_future().wait();
      ended = true;
    });
  });
  begun.get_future().wait();
  thread_of(threads.front());  // it has lost the context
  auto stopping = std::async(std::launch::async, [&] { threads.stop(); });
  end.set_value();
  stopping.get();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace cairn::api
