#pragma once
// Threads for questions of unknown length, so that long ones never keep short ones waiting, nor
// those who make blocks.
//
// A task that runs for longer than `patience` is heavy: its thread is niced and another one takes
// its place, so that as many short tasks run at once as ever. A thread that became heavy ends with
// its task: nobody may raise a priority again. While more than `most_heavy` run, nobody takes the
// place of further ones, and what comes waits once all are heavy.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace cairn::base {

struct WorkerOptions {
  std::size_t workers = 4;  // at least one
  std::size_t most_heavy = 32;
  std::chrono::milliseconds patience{20};
  int niceness = 15;  // of heavy tasks; 19 is the most
};

// Any thread may call, tasks too.
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerOptions& options);
  // Runs what has been posted, then ends.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Tasks begin in their order. They do not throw.
  void post(std::function<void()> task);
  std::size_t heavy() const;  // tasks that run now

 private:
  using Clock = std::chrono::steady_clock;

  struct Worker {
    std::thread thread;
    int id = 0;                              // of the thread, as the system calls it
    std::optional<Clock::time_point> since;  // its task runs
    bool heavy = false;
    bool ended = false;
  };

  void run(Worker& self);
  void watch();
  // Under the lock:
  void start();
  void mark_heavy();
  void leave(Worker& self);
  std::list<Worker> take_ended();

  const WorkerOptions options_;
  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable arrived_;
  std::condition_variable watch_;
  std::condition_variable all_left_;
  std::deque<std::function<void()>> tasks_;
  std::list<Worker> workers_;
  std::size_t light_ = 0;
  std::size_t heavy_ = 0;
  bool stopping_ = false;
  bool watching_ = false;
  bool over_ = false;
  std::thread watcher_;
};

}  // namespace cairn::base
