#include "api/call_timer.hpp"

#include <utility>

namespace cairn::api {

CallTimer::CallTimer(std::chrono::milliseconds limit) : limit_(limit), thread_([this] { run(); }) {}

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

void CallTimer::place(std::list<Entry>::iterator entry) {
  auto after = entries_.end();  // mostly it is the last one
  while (after != entries_.begin() &&
         (std::prev(after) == entry || std::prev(after)->due > entry->due)) {
    --after;
  }
  if (after != entry) {
    entries_.splice(after, entries_, entry);
  }
  if (entry->due < wakes_at_) {
    changed_.notify_all();
  }
}

CallTimer::Running CallTimer::start(std::chrono::milliseconds limit) {
  const std::scoped_lock lock(mutex_);
  const auto entry = entries_.emplace(entries_.end());
  entry->due = limit.count() > 0 ? std::chrono::steady_clock::now() + limit : kNever;
  entry->stop = stopping_;
  place(entry);
  return {*this, entry};
}

void CallTimer::Running::pause() {
  const std::scoped_lock lock(timer_.mutex_);
  if (entry_->due != kNever) {
    left_ = entry_->due - std::chrono::steady_clock::now();
    entry_->due = kNever;
    timer_.place(entry_);
  }
}

void CallTimer::Running::resume() {
  const std::scoped_lock lock(timer_.mutex_);
  if (left_ != std::chrono::steady_clock::duration::zero()) {
    entry_->due = std::chrono::steady_clock::now() + std::exchange(left_, {});
    timer_.place(entry_);
  }
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
  // Calls that are due after what it waits for need not wake it.
  while (!ended_) {
    const auto now = std::chrono::steady_clock::now();
    auto next = entries_.begin();
    while (next != entries_.end() && next->due <= now) {
      next->stop = true;
      ++next;
    }
    wakes_at_ = next == entries_.end() ? kNever : next->due;
    if (wakes_at_ == kNever) {
      changed_.wait(lock);
    } else {
      const auto due = wakes_at_;
      changed_.wait_until(lock, due);
    }
  }
}

}  // namespace cairn::api
