#include "base/worker_pool.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace cairn::base {
namespace {

using std::chrono::milliseconds;

void wait_until(const std::function<bool()>& is_so) {
  while (!is_so()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

TEST(WorkerPool, RunsAllTasksBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    WorkerPool pool({.workers = 3, .patience = milliseconds(1)});
    for (int i = 0; i < 300; ++i) {
      pool.post([&done, i] {
        if (i % 50 == 0) {
          std::this_thread::sleep_for(milliseconds(5));  // becomes heavy
        }
        ++done;
      });
    }
  }
  EXPECT_EQ(done, 300);
}

TEST(WorkerPool, BeginsTasksInTheirOrder) {
  std::vector<int> order;
  {
    WorkerPool pool({.workers = 1});
    for (int i = 0; i < 100; ++i) {
      pool.post([&order, i] { order.push_back(i); });
    }
  }
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(order.size(), 100);
}

TEST(WorkerPool, ShortTasksRunBesideManyHeavyOnes) {
  WorkerPool pool({.workers = 2, .most_heavy = 8, .patience = milliseconds(2)});
  std::promise<void> release;
  const auto released = release.get_future().share();
  for (int i = 0; i < 8; ++i) {
    pool.post([released] { released.wait(); });
  }
  wait_until([&] { return pool.heavy() == 8; });
  std::promise<void> ran;
  pool.post([&ran] { ran.set_value(); });
  ran.get_future().wait();
  EXPECT_EQ(pool.heavy(), 8);
  release.set_value();
}

TEST(WorkerPool, HeavyTasksAreNicedAndTheirSuccessorsAreNot) {
  WorkerPool pool({.workers = 1, .patience = milliseconds(2), .niceness = 7});
  const int usual = ::getpriority(PRIO_PROCESS, 0);
  std::promise<int> heavy;
  pool.post([&] {
    wait_until([&] { return pool.heavy() == 1; });
    heavy.set_value(::getpriority(PRIO_PROCESS, 0));
  });
  EXPECT_EQ(heavy.get_future().get(), std::max(usual, 7));
  std::promise<int> next;
  pool.post([&] { next.set_value(::getpriority(PRIO_PROCESS, 0)); });
  EXPECT_EQ(next.get_future().get(), usual);
}

TEST(WorkerPool, GoesOnOnceHeavyTasksBeyondTheBoundHaveEnded) {
  WorkerPool pool({.workers = 2, .most_heavy = 1, .patience = milliseconds(2)});
  std::promise<void> release;
  const auto released = release.get_future().share();
  for (int i = 0; i < 3; ++i) {
    pool.post([released] { released.wait(); });
  }
  wait_until([&] { return pool.heavy() == 3; });
  std::promise<void> ran;
  auto future = ran.get_future();
  pool.post([&ran] { ran.set_value(); });
  EXPECT_EQ(future.wait_for(milliseconds(20)), std::future_status::timeout);
  release.set_value();
  future.wait();
}

}  // namespace
}  // namespace cairn::base
