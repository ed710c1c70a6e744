#pragma once
// An answer that is sent while it is still being made: a bounded queue between the thread that
// makes it and the connection that sends it.
//
// Who makes it waits while 1 MiB waits for the reader, so a slow reader stalls its own answer
// alone. A reader may take its time for a minute in all and a second for each MiB; one that takes
// more is left: the connection ends. What has been sent cannot be taken back, so that an answer
// which fails on the way is ended as answer_writer.hpp says.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/gzip.hpp"

namespace cairn::api {

// Thrown to who makes an answer that nobody reads any more.
struct ReaderGone {};

struct StreamLimits {
  std::size_t window = std::size_t{1} << 20;          // bytes that wait for the reader
  std::chrono::seconds patience{60};                  // of all the reader's time ...
  std::size_t bytes_a_second = std::size_t{1} << 20;  // ... beside what these take
};

class AnswerStream {
 public:
  using Clock = std::chrono::steady_clock;

  struct Piece {
    std::string bytes;
    bool last = false;
  };

  explicit AnswerStream(bool zipped, const StreamLimits& limits = {});

  // Of the thread that makes the answer. Both wait for room; throw ReaderGone. What is compressed
  // is compressed here.
  void write(std::string bytes);
  void end(std::string bytes);

  // Of the connection, once the piece before has been sent. Nothing: `ready` is called once from
  // the other thread when there is something.
  std::optional<Piece> next(std::function<void()> ready);
  // Whether the pieces so far took the reader too long.
  bool is_too_slow();
  // Any thread: the connection is gone.
  void close();

 private:
  void queue(Piece piece);

  const StreamLimits limits_;
  std::unique_ptr<Gzip> gzip_;  // null: as it comes
  std::mutex mutex_;            // guards the rest
  std::condition_variable changed_;
  std::deque<Piece> pieces_;
  std::size_t bytes_ = 0;  // that wait
  bool closed_ = false;
  std::function<void()> ready_;
  std::optional<Clock::time_point> sending_since_;
  Clock::duration reading_time_{};
  std::size_t read_bytes_ = 0;
};

}  // namespace cairn::api
