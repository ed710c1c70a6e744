#pragma once
// How long a question may execute: each call gets a flag that a thread of the timer sets when its
// time is over, or when the program stops. Any thread may call.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace cairn::api {

class CallTimer {
 public:
  explicit CallTimer(std::chrono::milliseconds limit);  // zero: none
  ~CallTimer();
  CallTimer(const CallTimer&) = delete;
  CallTimer& operator=(const CallTimer&) = delete;

 private:
  static constexpr auto kNever = std::chrono::steady_clock::time_point::max();

  struct Entry {
    std::chrono::steady_clock::time_point due;
    std::atomic<bool> stop = false;
  };

 public:
  // One call under way; over when this dies.
  class Running {
   public:
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    const std::atomic<bool>* stop() const { return &entry_->stop; }
    // Between the two its time stands still. On the thread of the call.
    void pause();
    void resume();

   private:
    friend class CallTimer;
    Running(CallTimer& timer, std::list<Entry>::iterator entry) : timer_(timer), entry_(entry) {}

    CallTimer& timer_;
    std::list<Entry>::iterator entry_;
    std::chrono::steady_clock::duration left_{};  // while it is paused
  };

  Running start() { return start(limit_); }
  Running start(std::chrono::milliseconds limit);  // zero: none
  // Every call under way, and those to come, stop at once.
  void stop_all();
  std::chrono::milliseconds limit() const { return limit_; }

 private:
  void run();
  // Puts the entry where its time belongs. Under the lock.
  void place(std::list<Entry>::iterator entry);

  const std::chrono::milliseconds limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> entries_;                                 // in the order of their times
  std::chrono::steady_clock::time_point wakes_at_ = kNever;  // the thread
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cairn::api
