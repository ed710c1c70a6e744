#pragma once
// What a method writes its result to where the result may be large. Up to a piece (64 KiB) it is an
// answer like any other. Beyond that it is on its way to the reader while the rest is made, so that
// nobody holds it whole.
//
// An error before the first piece is an ordinary error. One after it: what has been begun is closed
// where it stands, and the member `error` follows the incomplete `result` in the same answer. Who
// reads answers as JSON-RPC demands looks for `error`.

#include <optional>
#include <string>
#include <string_view>

#include "api/call_timer.hpp"
#include "api/errors.hpp"
#include "codec/json_writer.hpp"

namespace cairn::api {

class AnswerWriter final : public codec::JsonWriter {
 public:
  // `sink`: takes pieces and waits while the reader is behind; none: all is kept until the end.
  AnswerWriter(std::string_view id, Sink sink);
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;

  // While this lives, waiting for the reader is not counted as the call's time.
  class Timed {
   public:
    Timed(AnswerWriter& writer, CallTimer::Running& running) : writer_(writer) {
      writer_.running_ = &running;
    }
    ~Timed() { writer_.running_ = nullptr; }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

   private:
    AnswerWriter& writer_;
  };

  // Whether pieces have gone out.
  bool has_begun() const { return begun_; }
  // The answer, or what is left of it where pieces have gone out.
  std::string finish(const RpcResult<void>& result);

 private:
  void pass_on(std::string piece);

  const std::string id_;
  const Sink sink_;
  CallTimer::Running* running_ = nullptr;
  bool begun_ = false;
};

}  // namespace cairn::api
