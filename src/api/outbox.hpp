#pragma once
// What one connection has yet to be sent, in order: the answers to its requests, and what its
// subscriptions push.
//
// Slow readers: pushes wait for their reader up to 10,000 messages or 16 MiB. One more, and the
// reader has fallen too far behind: all that waits is dropped, it is told so by the last thing that
// it is sent (WebSocket: a close frame, code 1008), and the connection ends. Answers never count:
// who reads no answers is not read from any more (message_session.hpp).

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/answer_stream.hpp"

namespace cairn::api {

struct OutboxLimits {
  std::size_t messages = 10'000;
  std::size_t bytes = 16 * 1024 * 1024;
};

// Any thread may call.
class Outbox {
 public:
  struct Message {
    std::shared_ptr<const std::string> head;
    std::shared_ptr<const std::string> tail;  // null: nothing follows the head
    bool pushed = false;
    std::shared_ptr<AnswerStream> pieces = {};  // in place of head and tail
    std::size_t size() const { return (head ? head->size() : 0) + (tail ? tail->size() : 0); }
  };

  // What became of a message, and what the caller has to do.
  enum class Added {
    queued,   // somebody is writing and will come to it
    begin,    // nobody is writing: begin
    dropped,  // closed before: nothing
    slow,     // closed by this message: tell the reader and end
  };

  explicit Outbox(const OutboxLimits& limits = {}) : limits_(limits) {}

  Added add(Message message);
  // The next message to write, once the last one is written; nothing: writing has ended, the next
  // add() says `begin`.
  std::optional<Message> next();
  // Drops what waits and all that comes.
  void close();

  bool closed() const;
  // Bytes not written yet, those of the message under way included.
  std::size_t backlog() const;

 private:
  const OutboxLimits limits_;
  mutable std::mutex mutex_;
  std::deque<Message> waiting_;
  std::size_t bytes_ = 0;         // of what waits and what is being written
  std::size_t under_way_ = 0;     // of these, being written
  std::size_t pushed_ = 0;        // messages among those waiting
  std::size_t pushed_bytes_ = 0;  // theirs
  bool writing_ = false;
  bool closed_ = false;
};

}  // namespace cairn::api
