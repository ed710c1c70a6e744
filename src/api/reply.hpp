#pragma once
// The way of an answer to who asked.

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "api/answer_stream.hpp"

namespace cairn::api {

// Used once, on any thread, now or later: called with the whole answer, or opened for one that
// comes piece by piece. A question of unknown length may be worked on right where it was read.
class Reply {
 public:
  using Whole = std::function<void(std::string body)>;
  using Open = std::function<std::shared_ptr<AnswerStream>()>;
  using Work = std::function<bool(const std::function<void()>& task)>;

  Reply() = default;
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Reply>) && std::convertible_to<F, Whole>
  explicit(false) Reply(F whole) : whole_(std::move(whole)) {}
  Reply(Whole whole, Open open, Work work)
      : whole_(std::move(whole)), open_(std::move(open)), work_(std::move(work)) {}

  // Empty: HTTP 204 (a batch of notifications has no answer).
  void operator()(std::string body) const { whole_(std::move(body)); }
  // Never null; one that is closed where the connection is gone. Only where it can.
  std::shared_ptr<AnswerStream> open() const { return open_(); }
  bool can_stream() const { return open_ != nullptr; }
  // Whether `task` was run, as IoThread::work does: by the handler, as the last thing it does.
  bool work(const std::function<void()>& task) const { return work_ && work_(task); }

 private:
  Whole whole_;
  Open open_;
  Work work_;
};

}  // namespace cairn::api
