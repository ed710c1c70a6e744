#pragma once
// The threads that read requests and write answers.
//
// Each serves a context of its own, with which a connection stays from its beginning to its end, so
// that what belongs to a connection needs no locks. Threads that share a context wake each other
// for every request, which costs more than most answers.
//
// A question that is mostly short is worked on right where it was read, which wakes no thread at
// all. Where it takes longer than a millisecond, another thread takes over the context with all its
// connections; the one at work is niced once it proves heavy, has no part in the context any more,
// and ends with its work.

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "api/push_lane.hpp"

namespace cairn::api {

namespace asio = boost::asio;

class IoThread {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPatience{1};  // of the connections with one at work

  // `on_work` is told that somebody is at work, so that look() is called before long.
  explicit IoThread(std::function<void()> on_work = [] {}) : on_work_(std::move(on_work)) {}
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  asio::io_context& context() { return context_; }
  PushLane& lane() { return lane_; }

  void start();
  // Ends what runs in the context and waits for every thread, those at work too.
  void stop();

  // Runs a task of unknown length, or not where too many are under way that proved long. Only on
  // the context's own thread, as the last thing that a handler does: the context may be another
  // thread's when it returns.
  bool work(const std::function<void()>& task);
  // Runs `task` on the context's thread: at once where the caller is that, else soon. Any thread.
  template <class Task>
  void dispatch(Task task) {
    if (end_work()) {
      task();
    } else {
      asio::post(context_, std::move(task));
    }
  }

  // Gives the context to another thread where one has been at work for too long. Answers whether it
  // is to be called again.
  bool look();

 private:
  // A thread that has lost the context.
  struct Loser {
    std::thread thread;
    int id;  // as the system calls it
    Clock::time_point since;
    bool niced = false;
    bool ended = false;
  };

  void serve();
  bool is_mine();   // whether the context is the calling thread's
  bool end_work();  // the same, and it is not at work from now on
  void replace();   // under the lock

  const std::function<void()> on_work_;
  asio::io_context context_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> stay_;
  PushLane lane_{[this](std::function<void()> task) { asio::post(context_, std::move(task)); }};
  std::mutex mutex_;  // guards the rest
  std::thread thread_;
  int id_ = 0;                              // the thread's, as the system calls it
  std::optional<Clock::time_point> since_;  // it is at work
  std::list<Loser> losers_;
};

class IoThreads {
 public:
  explicit IoThreads(std::size_t count);
  ~IoThreads() { stop(); }
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  void start();
  // Contexts can be run by the caller from then on.
  void stop();

  IoThread& front() { return threads_.front(); }
  // In turns.
  IoThread& next() { return threads_[next_++ % threads_.size()]; }
  auto begin() { return threads_.begin(); }
  auto end() { return threads_.end(); }

 private:
  void arm();
  void watch();
  bool look();

  std::deque<IoThread> threads_;
  std::size_t next_ = 0;  // the first one's
  std::atomic<bool> armed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;  // guarded
  std::thread watcher_;
};

}  // namespace cairn::api
