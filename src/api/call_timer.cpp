#include "api/call_timer.hpp"

namespace cairn::api {

CallTimer::CallTimer(std::chrono::milliseconds limit) : limit_(limit) {
  if (limit_.count() > 0) {
    thread_ = std::thread([this] { run(); });
  }
}

CallTimer::~CallTimer() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

CallTimer::Running CallTimer::start() {
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.due = std::chrono::steady_clock::now() + limit_;
  entry.stop = stopping_;
  if (sleeping_) {
    changed_.notify_all();
  }
  return {*this, std::prev(entries_.end())};
}

CallTimer::Running::~Running() {
  const std::scoped_lock lock(timer_.mutex_);
  timer_.entries_.erase(entry_);
}

void CallTimer::stop_all() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  for (Entry& entry : entries_) {
    entry.stop = true;
  }
}

void CallTimer::run() {
  std::unique_lock lock(mutex_);
  // Calls that begin while it waits are due after what it waits for: they need not wake it.
  while (!ended_) {
    if (entries_.empty()) {
      sleeping_ = true;
      changed_.wait(lock);
      sleeping_ = false;
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    auto next = entries_.begin();
    while (next != entries_.end() && next->due <= now) {
      next->stop = true;
      ++next;
    }
    if (next == entries_.end()) {
      changed_.wait_for(lock, limit_);
    } else {
      const auto due = next->due;  // the entry may go meanwhile
      changed_.wait_until(lock, due);
    }
  }
}

}  // namespace cairn::api
