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
// comes piece by piece.
class Reply {
 public:
  using Whole = std::function<void(std::string body)>;
  using Open = std::function<std::shared_ptr<AnswerStream>()>;

  Reply() = default;
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Reply>) && std::convertible_to<F, Whole>
  explicit(false) Reply(F whole) : whole_(std::move(whole)) {}
  Reply(Whole whole, Open open) : whole_(std::move(whole)), open_(std::move(open)) {}

  // Empty: HTTP 204 (a batch of notifications has no answer).
  void operator()(std::string body) const { whole_(std::move(body)); }
  // Never null; one that is closed where the connection is gone. Only where it can.
  std::shared_ptr<AnswerStream> open() const { return open_(); }
  bool can_stream() const { return open_ != nullptr; }

 private:
  Whole whole_;
  Open open_;
};

}  // namespace cairn::api
