#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace cairn::base {
namespace {

TEST(ThreadPool, AFutureHoldsTheResultOrTheException) {
  ThreadPool pool(2);
  auto answer = pool.submit([] { return 42; });
  auto failure = pool.submit([]() -> int { throw std::runtime_error("no"); });
  EXPECT_EQ(answer.get(), 42);
  EXPECT_THROW(failure.get(), std::runtime_error);
}

TEST(ThreadPool, RunsWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(1);
    for (int i = 0; i < 100; ++i) {
      pool.submit([&] { ++ran; });
    }
  }
  EXPECT_EQ(ran, 100);
}

TEST(ThreadPool, EachIndexIsCalledOnce) {
  ThreadPool pool(3);
  for (const std::size_t count : {0u, 1u, 2u, 1'000u}) {
    std::vector<std::atomic<int>> calls(count);
    pool.for_each_index(count, [&](std::size_t i) { ++calls[i]; });
    for (const auto& n : calls) {
      EXPECT_EQ(n, 1);
    }
  }
}

TEST(ThreadPool, TasksMaySweepOverIndicesThemselves) {
  ThreadPool pool(2);
  std::atomic<int> sum = 0;
  pool.for_each_index(8, [&](std::size_t) { pool.for_each_index(8, [&](std::size_t) { ++sum; }); });
  EXPECT_EQ(sum, 64);
}

TEST(ThreadPool, AnExceptionOfTheBodyReachesTheCallerAndThePoolGoesOn) {
  ThreadPool pool(2);
  EXPECT_THROW(pool.for_each_index(100,
                                   [](std::size_t i) {
                                     if (i == 5) {
                                       throw std::runtime_error("five");
                                     }
                                   }),
               std::runtime_error);
  EXPECT_EQ(pool.submit([] { return 1; }).get(), 1);
}

TEST(ThreadPool, HasAtLeastOneThread) { EXPECT_EQ(ThreadPool(0).size(), 1u); }

}  // namespace
}  // namespace cairn::base
