#include "api/json_framer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::api {

void JsonFramer::add(std::string_view bytes) {
  buffer_.erase(0, begin_);
  at_ -= begin_;
  begin_ = 0;
  buffer_ += bytes;
}

Result<std::optional<std::string>> JsonFramer::next() {
  if (depth_ == 0) {
    begin_ = at_ = std::min(buffer_.find_first_not_of(" \t\r\n", at_), buffer_.size());
    if (begin_ == buffer_.size()) {
      return std::nullopt;
    }
    if (buffer_[begin_] != '{' && buffer_[begin_] != '[') {
      return fail(ErrorCode::malformed, "a request begins with { or [");
    }
  }
  for (; at_ < buffer_.size(); ++at_) {
    const char c = buffer_[at_];
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && --depth_ == 0) {
      ++at_;
      break;
    }
  }
  if (at_ - begin_ > limit_) {
    return fail(ErrorCode::limit, fmt::format("request too large: at most {} bytes", limit_));
  }
  if (depth_ > 0) {
    return std::nullopt;
  }
  std::string value = buffer_.substr(begin_, at_ - begin_);
  begin_ = at_;
  return value;
}

}  // namespace cairn::api
