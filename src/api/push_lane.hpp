#pragma once
// One event wakes every subscriber: a thousand writes that are due at once. Those of one I/O thread
// take turns here, so that they wait behind each other and never before the answer to a request.

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace cairn::api {

class MessageSession;

// Any thread may call.
class PushLane {
 public:
  // Runs a task on the I/O thread, soon and never at once.
  using Post = std::function<void(std::function<void()>)>;

  explicit PushLane(Post post) : post_(std::move(post)) {}

  // `session` has something to write; in its turn it is told to begin.
  void add(std::shared_ptr<MessageSession> session);
  // Lets go of those that wait.
  void clear();

 private:
  void take_turn();

  const Post post_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<MessageSession>> waiting_;
  bool active_ = false;  // somebody has the turn
};

}  // namespace cairn::api
