#pragma once
// Finds where JSON values end in a stream of bytes: a request on an IPC socket ends with its last
// bracket, whether or not white space or a newline follows. It does not check what is between.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::api {

class JsonFramer {
 public:
  explicit JsonFramer(std::size_t limit) : limit_(limit) {}

  void add(std::string_view bytes);

  // The next whole object or array; nothing: more bytes are needed. An error (a value that begins
  // with something else, or exceeds the limit) is final: where the next value begins is not known.
  Result<std::optional<std::string>> next();

 private:
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the value that is being scanned; before it, bytes already taken
  std::size_t at_ = 0;     // scanned up to here
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace cairn::api
