#include "api/message_session.hpp"

#include <utility>

#include "api/io_threads.hpp"

namespace cairn::api {
namespace {

constexpr std::size_t kRequestsUnderWay = 1'000;
constexpr std::size_t kAnswersWaiting = 1024 * 1024;  // bytes

}  // namespace

MessageSession::MessageSession(std::shared_ptr<SessionOwner> owner, IoThread& home)
    : owner_(std::move(owner)), home_(home), outbox_(owner_->options.outbox) {}

MessageSession::~MessageSession() = default;

bool MessageSession::push(std::shared_ptr<const std::string> head,
                          std::shared_ptr<const std::string> tail) {
  switch (outbox_.add({std::move(head), std::move(tail), true})) {
    case Outbox::Added::queued:
      return true;
    case Outbox::Added::begin:
      home_.lane().add(self());
      return true;
    case Outbox::Added::slow:
      drop_slow_reader();
      return false;
    case Outbox::Added::dropped:
      break;
  }
  return false;
}

void MessageSession::receive(std::string request, const std::function<void()>& go_on) {
  const std::size_t size = request.size();
  {
    const std::scoped_lock lock(mutex_);
    ++requests_;
    request_bytes_ += size;
  }
  go_on();
  request.reserve(size + kJsonPadding);
  owner_->handler(
      std::move(request), self(),
      {[session = self(), size](std::string text) { session->replied(size, std::move(text)); },
       [session = self(), size] { return session->open(size); },
       [session = self()](const auto& task) { return session->home_.work(task); }});
}

std::shared_ptr<AnswerStream> MessageSession::open(std::size_t request_bytes) {
  auto pieces = std::make_shared<AnswerStream>(false, options().stream);
  {
    const std::scoped_lock lock(mutex_);
    if (over_) {
      pieces->close();
      return pieces;
    }
    streams_.emplace(pieces, request_bytes);
  }
  if (outbox_.add({nullptr, nullptr, false, pieces}) == Outbox::Added::begin) {
    begin_writing();
  }
  return pieces;
}

void MessageSession::streamed(const std::shared_ptr<AnswerStream>& pieces) {
  std::size_t request_bytes = 0;
  {
    const std::scoped_lock lock(mutex_);
    request_bytes = streams_.extract(pieces).mapped();
  }
  replied(request_bytes, {});
}

void MessageSession::answer(std::string text) {
  auto shared = std::make_shared<const std::string>(std::move(text));
  if (outbox_.add({std::move(shared), nullptr, false}) == Outbox::Added::begin) {
    begin_writing();
  }
}

void MessageSession::replied(std::size_t request_bytes, std::string text) {
  if (owner_->stopped) {
    return;
  }
  if (!text.empty()) {
    answer(std::move(text));
  }
  bool done = false;
  {
    const std::scoped_lock lock(mutex_);
    done = --requests_ == 0;
    request_bytes_ -= request_bytes;
  }
  if (done) {
    all_answered();
  }
  if (take_resume()) {
    resume_reading();
  }
}

bool MessageSession::has_room() const {
  return requests_ < kRequestsUnderWay && request_bytes_ <= owner_->options.body_limit &&
         outbox_.backlog() <= kAnswersWaiting;
}

bool MessageSession::may_read() {
  const std::scoped_lock lock(mutex_);
  paused_ = !has_room();
  return !paused_;
}

bool MessageSession::is_done() {
  const std::scoped_lock lock(mutex_);
  return requests_ == 0;
}

bool MessageSession::take_resume() {
  const std::scoped_lock lock(mutex_);
  return paused_ && has_room() && std::exchange(paused_, false);
}

std::optional<Outbox::Message> MessageSession::next_message() {
  auto message = outbox_.next();
  if (take_resume()) {
    resume_reading();
  }
  return message;
}

void MessageSession::write() {
  auto message = next_message();
  if (!message) {
    rest();
    return all_written();
  }
  give_time();
  writing_ = *std::move(message);
  writing_.pieces ? write_piece() : send(writing_);
}

void MessageSession::write_piece() {
  auto piece = writing_.pieces->next([session = self()] {
    asio::post(session->home_.context(), [session] { session->write_piece(); });
  });
  if (writing_.pieces->is_too_slow()) {
    return shut();
  }
  if (!piece) {
    return rest();
  }
  give_time();
  piece_ = *std::move(piece);
  send_piece(piece_);
}

void MessageSession::sent(bool whole) {
  if (!whole) {
    return shut();
  }
  if (writing_.pieces && !piece_.last) {
    return write_piece();
  }
  if (const auto message = std::exchange(writing_, {}); message.pieces) {
    streamed(message.pieces);
  }
  write();
}

void MessageSession::leave_within(unsigned seconds) {
  leaving_ = true;
  busy(seconds);
}

void MessageSession::give_time() {
  if (!leaving_) {
    busy(options().response_seconds);
  }
}

void MessageSession::rest() {
  if (!leaving_) {
    unlimited();
  }
}

void MessageSession::ended() {
  outbox_.close();
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    for (const auto& [pieces, size] : streams_) {
      pieces->close();
    }
  }
  owner_->remove(shared_from_this());
}

}  // namespace cairn::api
