#include "api/push_lane.hpp"

#include <utility>

#include "api/message_session.hpp"

namespace cairn::api {

void PushLane::add(std::shared_ptr<MessageSession> session) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(session));
    if (std::exchange(active_, true)) {
      return;
    }
  }
  post_([this] { take_turn(); });
}

void PushLane::clear() {
  std::deque<std::shared_ptr<MessageSession>> dropped;
  const std::scoped_lock lock(mutex_);
  dropped.swap(waiting_);
}

void PushLane::take_turn() {
  std::shared_ptr<MessageSession> session;
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) {
      active_ = false;
      return;
    }
    session = std::move(waiting_.front());
    waiting_.pop_front();
  }
  session->begin_writing();
  post_([this] { take_turn(); });
}

}  // namespace cairn::api
