#include "base/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>

namespace cairn::base {
namespace {

// One for_each_index: helpers that start after its end find no index left, so it is shared.
class Sweep {
 public:
  Sweep(std::size_t count, const std::function<void(std::size_t)>& body)
      : count_(count), body_(&body) {}

  // Takes indices until none is left. `body` is not touched once all have been taken.
  void work() {
    for (std::size_t i = next_++; i < count_; i = next_++) {
      run(i);
      const std::scoped_lock lock(mutex_);
      if (++ended_ == count_) {
        all_ended_.notify_all();
      }
    }
  }

  void wait() {
    std::unique_lock lock(mutex_);
    all_ended_.wait(lock, [&] { return ended_ == count_; });
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  void run(std::size_t i) {
    if (failed_) {
      return;
    }
    try {
      (*body_)(i);
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failed_ = true;
      error_ = error_ ? error_ : std::current_exception();
    }
  }

  const std::size_t count_;
  const std::function<void(std::size_t)>* body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::condition_variable all_ended_;
  std::size_t ended_ = 0;
  std::exception_ptr error_;
};

}  // namespace

ThreadPool::ThreadPool(std::size_t threads) {
  threads_.reserve(std::max<std::size_t>(threads, 1));
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void ThreadPool::post(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  arrived_.notify_one();
}

void ThreadPool::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) {
      return;
    }
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }
}

void ThreadPool::for_each_index(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 0) {
    return;
  }
  const auto sweep = std::make_shared<Sweep>(count, body);
  for (std::size_t helpers = std::min(count - 1, size()); helpers > 0; --helpers) {
    post([sweep] { sweep->work(); });
  }
  sweep->work();
  sweep->wait();
}

}  // namespace cairn::base
