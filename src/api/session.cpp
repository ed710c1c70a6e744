#include "api/session.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace cairn::api {

std::int64_t steady_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void SessionOwner::add(std::shared_ptr<Session> session) {
  const std::scoped_lock lock(mutex_);
  sessions_.insert(std::move(session));
}

void SessionOwner::remove(const std::shared_ptr<Session>& session) {
  const std::scoped_lock lock(mutex_);
  sessions_.erase(session);
}

std::size_t SessionOwner::count() const {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

std::shared_ptr<Session> SessionOwner::take_longest_idle() {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Session> oldest;
  std::int64_t since = std::numeric_limits<std::int64_t>::max();
  for (const auto& session : sessions_) {
    const auto idle = session->idle_since();
    if (idle && *idle < since) {
      since = *idle;
      oldest = session;
    }
  }
  sessions_.erase(oldest);
  return oldest;
}

void SessionOwner::expire_overdue() {
  const auto now = steady_milliseconds();
  const std::scoped_lock lock(mutex_);
  for (const auto& session : sessions_) {
    if (session->expired(now)) {
      session->expire();
    }
  }
}

std::unordered_set<std::shared_ptr<Session>> SessionOwner::take_all() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(sessions_, {});
}

}  // namespace cairn::api
