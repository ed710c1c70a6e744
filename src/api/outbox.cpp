#include "api/outbox.hpp"

#include <utility>

namespace cairn::api {

Outbox::Added Outbox::add(Message message) {
  const std::scoped_lock lock(mutex_);
  if (closed_) {
    return Added::dropped;
  }
  const std::size_t size = message.size();
  if (message.pushed) {
    if (pushed_ >= limits_.messages || pushed_bytes_ + size > limits_.bytes) {
      closed_ = true;
      waiting_.clear();
      bytes_ = under_way_;
      return Added::slow;
    }
    ++pushed_;
    pushed_bytes_ += size;
  }
  bytes_ += size;
  waiting_.push_back(std::move(message));
  return std::exchange(writing_, true) ? Added::queued : Added::begin;
}

std::optional<Outbox::Message> Outbox::next() {
  const std::scoped_lock lock(mutex_);
  bytes_ -= std::exchange(under_way_, 0);
  if (waiting_.empty()) {
    writing_ = false;
    return std::nullopt;
  }
  Message message = std::move(waiting_.front());
  waiting_.pop_front();
  under_way_ = message.size();
  if (message.pushed) {
    --pushed_;
    pushed_bytes_ -= under_way_;
  }
  return message;
}

void Outbox::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  waiting_.clear();
  bytes_ = under_way_;
}

bool Outbox::closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

std::size_t Outbox::backlog() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace cairn::api
