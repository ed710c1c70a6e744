#pragma once
// A fixed number of threads that run tasks in the order of their arrival.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace cairn::base {

// Any thread may call, tasks too; but a task that waits for another task of the same pool may wait
// for ever, unless it does so through for_each_index.
class ThreadPool {
 public:
  // At least one thread.
  explicit ThreadPool(std::size_t threads);
  // Runs what has been submitted, then ends.
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const { return threads_.size(); }

  // The future holds the result, or the exception that the task threw.
  template <class Task>
  std::future<std::invoke_result_t<Task>> submit(Task task) {
    auto packaged =
        std::make_shared<std::packaged_task<std::invoke_result_t<Task>()>>(std::move(task));
    auto result = packaged->get_future();
    post([packaged] { (*packaged)(); });
    return result;
  }

  // Calls body(0) ... body(count - 1), each once, on the pool's threads and the caller's, and
  // returns when all have ended. The first exception is thrown on; the indices after it may be left
  // out then.
  void for_each_index(std::size_t count, const std::function<void(std::size_t)>& body);

 private:
  void post(std::function<void()> task);
  void run();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cairn::base
