#pragma once
// One connection, whatever it speaks, as its server sees it: something to start, to end, and to
// look after.
//
//   http_session        HTTP/1.1, and the way into
//   websocket_session   RFC 6455 over the same stream
//   ipc_session         JSON values on a Unix socket
//
// The last two stay open for pushing and share message_session. Streams (TCP, Unix, with or without
// TLS) are in stream.hpp.

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "api/server_options.hpp"

namespace cairn::api {

inline constexpr std::size_t kJsonPadding = 64;  // simdjson reads past a document's end

std::int64_t steady_milliseconds();

// Any thread may call what is public.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  virtual void start() = 0;
  // At once.
  virtual void close() = 0;
  // The deadline has passed: ends what is still past it.
  virtual void expire() = 0;
  // The server ends, and no thread runs any more: tells the peer where there is a way to.
  virtual void say_goodbye() { close(); }

  bool expired(std::int64_t now) const { return now >= deadline_.load(std::memory_order_relaxed); }
  // When it fell idle, in steady milliseconds; none while a request is under way.
  std::optional<std::int64_t> idle_since() const {
    const auto since = idle_since_.load(std::memory_order_relaxed);
    return since == 0 ? std::nullopt : std::optional(since);
  }

 protected:
  void idle(unsigned seconds) {
    const auto now = steady_milliseconds();
    deadline_ = now + std::int64_t{1000} * seconds;
    idle_since_ = now;
  }
  void busy(unsigned seconds) {
    deadline_ = steady_milliseconds() + std::int64_t{1000} * seconds;
    idle_since_ = 0;
  }
  void unlimited() {
    deadline_ = std::numeric_limits<std::int64_t>::max();
    idle_since_ = 0;
  }

 private:
  std::atomic<std::int64_t> deadline_{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::int64_t> idle_since_{0};
};

// What sessions know of their server. They keep it alive, and with it the I/O context of their
// sockets.
class SessionOwner : public std::enable_shared_from_this<SessionOwner> {
 public:
  SessionOwner(ServerOptions server_options, Handler server_handler)
      : options(std::move(server_options)), handler(std::move(server_handler)) {}
  virtual ~SessionOwner() = default;
  SessionOwner(const SessionOwner&) = delete;
  SessionOwner& operator=(const SessionOwner&) = delete;

  // Any thread. Sessions that have not been added yet are not looked after.
  void add(std::shared_ptr<Session> session);
  void remove(const std::shared_ptr<Session>& session);
  std::size_t count() const;
  // Nothing where none is idle.
  std::shared_ptr<Session> take_longest_idle();
  void expire_overdue();
  std::unordered_set<std::shared_ptr<Session>> take_all();

  ServerOptions options;
  const Handler handler;
  std::atomic<bool> stopped = false;

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
};

}  // namespace cairn::api
