#include "api/io_threads.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "api/spin_budget.hpp"
#include "base/short_slices.hpp"

namespace cairn::api {
namespace {

constexpr std::size_t kMostLosers = 8;
constexpr std::chrono::milliseconds kHeavy{20};
constexpr int kNiceness = 15;  // of what is heavy; 19 is the most

// Of the calling thread.
std::chrono::nanoseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void IoThread::start() {
  stay_.emplace(context_.get_executor());
  const std::scoped_lock lock(mutex_);
  thread_ = std::thread([this] { serve(); });
}

void IoThread::serve() {
  base::ask_for_short_slices();
  {
    const std::scoped_lock lock(mutex_);
    id_ = ::gettid();
  }
  // With one core the peer could not ask meanwhile.
  const bool may_spin = std::thread::hardware_concurrency() > 1;
  SpinBudget budget;
  while (is_mine()) {
    if (!may_spin || !budget.may_look()) {
      if (context_.run_one() == 0) {
        break;
      }
    } else if (context_.poll_one() == 0) {
      budget.looked(cpu_time());
      continue;
    }
    budget.worked(cpu_time());
  }
  const std::scoped_lock lock(mutex_);
  for (Loser& loser : losers_) {
    loser.ended |= loser.thread.get_id() == std::this_thread::get_id();
  }
}

void IoThread::stop() {
  context_.stop();
  std::list<Loser> losers;
  std::thread last;
  {
    const std::scoped_lock lock(mutex_);
    since_.reset();  // so that nobody takes its place
    last.swap(thread_);
    losers.swap(losers_);
  }
  if (last.joinable()) {
    last.join();
  }
  for (Loser& loser : losers) {
    loser.thread.join();
  }
  stay_.reset();
}

bool IoThread::is_mine() {
  const std::scoped_lock lock(mutex_);
  return thread_.get_id() == std::this_thread::get_id();
}

bool IoThread::end_work() {
  const std::scoped_lock lock(mutex_);
  if (thread_.get_id() != std::this_thread::get_id()) {
    return false;
  }
  since_.reset();
  return true;
}

bool IoThread::work(const std::function<void()>& task) {
  {
    const std::scoped_lock lock(mutex_);
    if (losers_.size() >= kMostLosers) {
      return false;
    }
    since_ = Clock::now();
  }
  on_work_();
  task();
  end_work();
  return true;
}

void IoThread::replace() {
  losers_.push_back({std::move(thread_), id_, *since_});
  since_.reset();
  thread_ = std::thread([this] { serve(); });
}

bool IoThread::look() {
  const auto now = Clock::now();
  std::list<Loser> ended;
  bool again = false;
  {
    const std::scoped_lock lock(mutex_);
    if (since_ && now - *since_ >= kPatience && !context_.stopped()) {
      replace();
    }
    for (auto it = losers_.begin(); it != losers_.end();) {
      const auto here = it++;
      if (here->ended) {
        ended.splice(ended.end(), losers_, here);
      } else if (!here->niced && now - here->since >= kHeavy) {
        here->niced = true;
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(here->id), kNiceness);
      }
    }
    again = since_ || !losers_.empty();
  }
  for (Loser& loser : ended) {
    loser.thread.join();
  }
  return again;
}

IoThreads::IoThreads(std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    threads_.emplace_back([this] { arm(); });
  }
}

void IoThreads::start() {
  watcher_ = std::thread([this] { watch(); });
  for (IoThread& one : threads_) {
    one.start();
  }
}

void IoThreads::stop() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  if (watcher_.joinable()) {
    watcher_.join();
  }
  for (IoThread& one : threads_) {
    one.context().stop();
  }
  for (IoThread& one : threads_) {
    one.stop();
  }
}

void IoThreads::arm() {
  if (!armed_.exchange(true)) {
    {
      const std::scoped_lock lock(mutex_);
    }  // who looks at it is waiting now
    changed_.notify_one();
  }
}

bool IoThreads::look() {
  bool again = false;
  for (IoThread& one : threads_) {
    again |= one.look();
  }
  return again;
}

void IoThreads::watch() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    changed_.wait(lock, [this] { return armed_ || over_; });
    changed_.wait_for(lock, IoThread::kPatience, [this] { return over_; });
    armed_ = false;  // before the look, so that who begins behind it is heard
    lock.unlock();
    if (look()) {
      armed_ = true;
    }
    lock.lock();
  }
}

}  // namespace cairn::api
