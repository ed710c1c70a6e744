#include "api/answer_stream.hpp"

#include <utility>

namespace cairn::api {

AnswerStream::AnswerStream(bool zipped, const StreamLimits& limits)
    : limits_(limits), gzip_(zipped ? std::make_unique<Gzip>() : nullptr) {}

void AnswerStream::write(std::string bytes) {
  std::string piece = gzip_ ? gzip_->add(bytes, false) : std::move(bytes);
  if (!piece.empty()) {
    queue({std::move(piece), false});
  }
}

void AnswerStream::end(std::string bytes) {
  queue({gzip_ ? gzip_->add(bytes, true) : std::move(bytes), true});
}

void AnswerStream::queue(Piece piece) {
  std::function<void()> ready;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || bytes_ < limits_.window; });
    if (closed_) {
      throw ReaderGone{};
    }
    bytes_ += piece.bytes.size();
    pieces_.push_back(std::move(piece));
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) {
    ready();
  }
}

std::optional<AnswerStream::Piece> AnswerStream::next(std::function<void()> ready) {
  std::optional<Piece> out;
  {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    if (sending_since_) {
      reading_time_ += now - *std::exchange(sending_since_, std::nullopt);
    }
    if (pieces_.empty()) {
      ready_ = std::move(ready);
      return std::nullopt;
    }
    out = std::move(pieces_.front());
    pieces_.pop_front();
    bytes_ -= out->bytes.size();
    read_bytes_ += out->bytes.size();
    sending_since_ = now;
  }
  changed_.notify_one();
  return out;
}

bool AnswerStream::is_too_slow() {
  const std::scoped_lock lock(mutex_);
  const std::chrono::seconds for_bytes(read_bytes_ / limits_.bytes_a_second);
  return reading_time_ > limits_.patience + for_bytes;
}

void AnswerStream::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    pieces_.clear();
    ready_ = nullptr;
  }
  changed_.notify_one();
}

}  // namespace cairn::api
