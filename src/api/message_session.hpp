#pragma once
// A connection on which messages go both ways: requests in, answers and pushes out, in one queue.
//
// Requests are begun in the order in which they came and answered as they are done, so a later one
// may be answered first, as in geth. Up to 1,000 requests or the size of the largest one may be
// under way, and 1 MiB of answers may wait for the reader; beyond that no more is read until there
// is less. Who does not take a message for `response_seconds` is dropped.
//
// An answer that comes piece by piece (answer_stream.hpp) is one message: what is queued behind it
// waits until it has ended.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/session.hpp"

namespace cairn::api {

class IoThread;  // io_threads.hpp

class MessageSession : public Session, public Peer {
 public:
  // `home`: its I/O thread; lives as long as the owner.
  MessageSession(std::shared_ptr<SessionOwner> owner, IoThread& home);
  ~MessageSession() override;

  bool push(std::shared_ptr<const std::string> head, std::shared_ptr<const std::string> tail) final;
  std::size_t backlog() const final { return outbox_.backlog(); }

  // Goes through the queue. Any thread; what is written is written on the session's own I/O thread.
  virtual void begin_writing() = 0;

 protected:
  // A whole request, on its I/O thread. `go_on` sees to the next one; the request is begun behind
  // it, as the last thing that is done there.
  void receive(std::string request, const std::function<void()>& go_on);
  // Of the connection's own accord, as the last words on something that is no request.
  void answer(std::string text);
  // Whether the next request may be read. Where not, resume_reading() is called once it may.
  bool may_read();
  // Whether every request has been answered.
  bool is_done();
  // Writes what is queued, one message after another. On the I/O thread.
  void write();
  // What send() or send_piece() was given is with the peer; else the connection is shut.
  void sent(bool whole);
  // From now on so many seconds are left, whatever is written.
  void leave_within(unsigned seconds);
  // The connection is over. On the I/O thread.
  void ended();

  // On the I/O thread. What they are given stays until they call sent().
  virtual void send(const Outbox::Message& message) = 0;
  virtual void send_piece(const AnswerStream::Piece& piece) = 0;
  // On the I/O thread: the queue is empty.
  virtual void all_written() {}
  virtual void shut() = 0;

  // On any thread, once.
  virtual void resume_reading() = 0;
  // Called on any thread when the last answer that was owed is in the queue.
  virtual void all_answered() {}
  virtual void drop_slow_reader() = 0;

  std::shared_ptr<SessionOwner> owner() const { return owner_; }
  const ServerOptions& options() const { return owner_->options; }
  IoThread& home() const { return home_; }
  std::shared_ptr<MessageSession> self() {
    return std::static_pointer_cast<MessageSession>(shared_from_this());
  }

 private:
  std::shared_ptr<AnswerStream> open(std::size_t request_bytes);
  void replied(std::size_t request_bytes, std::string text);
  bool has_room() const;  // under the lock
  bool take_resume();     // under no lock
  std::optional<Outbox::Message> next_message();
  void write_piece();
  void streamed(const std::shared_ptr<AnswerStream>& pieces);
  void give_time();
  void rest();

  std::shared_ptr<SessionOwner> owner_;  // first, because it must outlive the socket
  IoThread& home_;
  Outbox outbox_;
  // Of the I/O thread.
  Outbox::Message writing_;
  AnswerStream::Piece piece_;
  bool leaving_ = false;

  std::mutex mutex_;  // guards the rest
  std::size_t requests_ = 0;
  std::size_t request_bytes_ = 0;
  bool paused_ = false;
  bool over_ = false;
  std::map<std::shared_ptr<AnswerStream>, std::size_t> streams_;  // and the sizes of their requests
};

}  // namespace cairn::api
