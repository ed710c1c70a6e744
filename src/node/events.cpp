#include "node/events.hpp"

#include <utility>

namespace cairn::node {

EventStream::Subscription EventStream::subscribe(Listener listener) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t id = ++next_id_;
  listeners_.emplace(id, std::move(listener));
  return {this, id};
}

void EventStream::publish(const Event& event) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, listener] : listeners_) {
    listener(event);
  }
}

EventStream::Subscription::~Subscription() {
  if (stream_ != nullptr) {
    const std::scoped_lock lock(stream_->mutex_);
    stream_->listeners_.erase(id_);
  }
}

EventStream::Subscription::Subscription(Subscription&& other) noexcept
    : stream_(std::exchange(other.stream_, nullptr)), id_(other.id_) {}

EventStream::Subscription& EventStream::Subscription::operator=(Subscription&& other) noexcept {
  std::swap(stream_, other.stream_);
  std::swap(id_, other.id_);
  return *this;
}

}  // namespace cairn::node
