#pragma once
// A connection that keeps what is pushed to it.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "api/peer.hpp"

namespace cairn::api::test {

class RecordingPeer final : public Peer {
 public:
  bool push(std::shared_ptr<const std::string> head,
            std::shared_ptr<const std::string> tail) override {
    const std::scoped_lock lock(mutex_);
    if (closed_) {
      return false;
    }
    messages_.push_back(*head + *tail);
    tails_.push_back(std::move(tail));
    arrived_.notify_all();
    return true;
  }
  std::size_t backlog() const override {
    const std::scoped_lock lock(mutex_);
    return backlog_;
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  void set_backlog(std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    backlog_ = bytes;
  }

  // The first `count` messages, as soon as they are there; fewer after ten seconds.
  std::vector<std::string> wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return messages_.size() >= count; });
    return messages_;
  }
  // All messages, once `enough` says so of them; after ten seconds whatever there is.
  template <class Enough>
  std::vector<std::string> wait_until(Enough enough) const {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return enough(messages_); });
    return messages_;
  }
  // Where the texts of the messages' ends are kept.
  std::vector<std::shared_ptr<const std::string>> tails() const {
    const std::scoped_lock lock(mutex_);
    return tails_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<std::string> messages_;
  std::vector<std::shared_ptr<const std::string>> tails_;
  std::size_t backlog_ = 0;
  bool closed_ = false;
};

}  // namespace cairn::api::test
