#include "base/worker_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace cairn::base {

WorkerPool::WorkerPool(const WorkerOptions& options) : options_(options) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.workers, 1); ++i) {
    start();
  }
  watcher_ = std::thread([this] { watch(); });
}

WorkerPool::~WorkerPool() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    arrived_.notify_all();
    all_left_.wait(lock, [this] { return light_ + heavy_ == 0; });
    over_ = true;
  }
  watch_.notify_all();
  watcher_.join();
  for (Worker& worker : workers_) {
    worker.thread.join();
  }
}

void WorkerPool::post(std::function<void()> task) {
  bool wakes_watcher = false;
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
    wakes_watcher = !std::exchange(watching_, true);
  }
  arrived_.notify_one();
  if (wakes_watcher) {
    watch_.notify_one();
  }
}

std::size_t WorkerPool::heavy() const {
  const std::scoped_lock lock(mutex_);
  return heavy_;
}

void WorkerPool::start() {
  Worker& worker = workers_.emplace_back();
  ++light_;
  worker.thread = std::thread([this, &worker] { run(worker); });
}

void WorkerPool::run(Worker& self) {
  std::unique_lock lock(mutex_);
  self.id = ::gettid();
  while (!self.heavy) {
    arrived_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) {
      break;
    }
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    self.since = Clock::now();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    self.since.reset();
  }
  leave(self);
}

void WorkerPool::leave(Worker& self) {
  self.ended = true;
  --(self.heavy ? heavy_ : light_);
  if (self.heavy && light_ < options_.workers && (!stopping_ || !tasks_.empty())) {
    start();
  }
  if (light_ + heavy_ == 0) {
    all_left_.notify_all();
  }
}

void WorkerPool::mark_heavy() {
  const auto now = Clock::now();
  for (Worker& worker : workers_) {  // those that are started here stand at the end, without a task
    if (worker.since && !worker.heavy && now - *worker.since > options_.patience) {
      worker.heavy = true;
      const auto thread = static_cast<id_t>(worker.id);
      if (::getpriority(PRIO_PROCESS, thread) < options_.niceness) {
        ::setpriority(PRIO_PROCESS, thread, options_.niceness);
      }
      --light_;
      if (++heavy_ <= options_.most_heavy) {
        start();
      }
    }
  }
}

std::list<WorkerPool::Worker> WorkerPool::take_ended() {
  std::list<Worker> out;
  for (auto it = workers_.begin(); it != workers_.end();) {
    const auto here = it++;
    if (here->ended) {
      out.splice(out.end(), workers_, here);
    }
  }
  return out;
}

void WorkerPool::watch() {
  constexpr int kIdleRounds = 50;  // with nothing to watch, until it sleeps
  const auto round = options_.patience / 2;
  std::unique_lock lock(mutex_);
  for (int idle = 0; !over_;) {
    if (idle >= kIdleRounds) {
      watching_ = false;
      watch_.wait(lock, [this] { return watching_ || over_; });
      idle = 0;
    }
    watch_.wait_for(lock, round);
    const bool busy = std::ranges::any_of(
        workers_, [](const Worker& worker) { return worker.since.has_value(); });
    idle = busy || !tasks_.empty() ? 0 : idle + 1;
    mark_heavy();
    auto ended = take_ended();
    lock.unlock();
    for (Worker& worker : ended) {
      worker.thread.join();
    }
    lock.lock();
  }
}

}  // namespace cairn::base
