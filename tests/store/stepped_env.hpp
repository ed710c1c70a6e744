#pragma once
// RocksDB's background work, one job after another and only when the test says so: a run over a
// CrashFileSystem makes the same calls in the same order every time.
//
// Logs are padded, as those of a store on the machine's own files are.
//
//   env->settle()  // lets what is scheduled, and what that schedules, run to its end
//   env->release() // from now on jobs run as they come; closing a store needs it

#include <rocksdb/env.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "store/padded_log.hpp"
#include "store/rocks_store.hpp"
#include "tests/store/crash_file_system.hpp"

namespace cairn::testing {

class SteppedEnv : public rocksdb::EnvWrapper {
 public:
  explicit SteppedEnv(const std::shared_ptr<CrashFileSystem>& disk)
      : SteppedEnv(std::make_shared<store::PaddedLogs>(disk)) {}
  ~SteppedEnv() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

  const std::shared_ptr<store::PaddedLogs>& logs() const { return logs_; }

  void settle() {
    std::unique_lock lock(mutex_);
    const bool held = std::exchange(held_, false);
    changed_.notify_all();
    changed_.wait(lock, [this] { return jobs_.empty() && !busy_; });
    held_ = held;
  }
  void hold() { set_held(true); }
  void release() { set_held(false); }

  void Schedule(void (*work)(void*), void* argument, Priority, void* tag,
                void (*cancelled)(void*)) override {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back({work, cancelled, argument, tag});
    }
    changed_.notify_all();
  }

  int UnSchedule(void* tag, Priority) override {
    std::deque<Job> taken;
    {
      const std::lock_guard lock(mutex_);
      const auto is_tagged = [tag](const Job& job) { return job.tag == tag; };
      std::copy_if(jobs_.begin(), jobs_.end(), std::back_inserter(taken), is_tagged);
      std::erase_if(jobs_, is_tagged);
    }
    for (const Job& job : taken) {
      if (job.cancelled != nullptr) {
        job.cancelled(job.argument);
      }
    }
    return static_cast<int>(taken.size());
  }

  // RocksDB sleeps for a second after every failed compaction.
  void SleepForMicroseconds(int microseconds) override {
    EnvWrapper::SleepForMicroseconds(std::min(microseconds, 1'000));
  }

 private:
  struct Job {
    void (*work)(void*);
    void (*cancelled)(void*);
    void* argument;
    void* tag;
  };

  explicit SteppedEnv(std::shared_ptr<store::PaddedLogs> logs)
      : SteppedEnv(logs, rocksdb::NewCompositeEnv(logs)) {}
  SteppedEnv(std::shared_ptr<store::PaddedLogs> logs, std::unique_ptr<rocksdb::Env> base)
      : EnvWrapper(base.get()),
        logs_(std::move(logs)),
        base_(std::move(base)),
        worker_([this] { run(); }) {}

  void set_held(bool held) {
    {
      const std::lock_guard lock(mutex_);
      held_ = held;
    }
    changed_.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || (!held_ && !jobs_.empty()); });
      if (ended_) {
        return;
      }
      const Job job = jobs_.front();
      jobs_.pop_front();
      busy_ = true;
      lock.unlock();
      job.work(job.argument);
      lock.lock();
      busy_ = false;
      changed_.notify_all();
    }
  }

  std::shared_ptr<store::PaddedLogs> logs_;
  std::unique_ptr<rocksdb::Env> base_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool held_ = false;
  bool busy_ = false;
  bool ended_ = false;
  std::thread worker_;  // last: it uses all of the above
};

// Buffers so small that a short run flushes and compacts.
inline store::RocksOptions options_on(const std::shared_ptr<SteppedEnv>& env, bool sync) {
  store::RocksOptions out;
  out.env = env;
  out.logs = env->logs();
  out.write_buffer_size = std::size_t{64} << 10;
  out.max_manifest_size = std::size_t{2} << 10;
  out.sync = sync;
  return out;
}

}  // namespace cairn::testing
