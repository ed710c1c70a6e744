#pragma once
// Errors a caller can meet are values: Result<T> is T or an Error with a code and a sentence.

#include <expected>
#include <string>
#include <utility>

namespace cairn::base {

enum class ErrorCode {
  invalid_argument,  // the caller's value is wrong; the sentence names it
  malformed,         // bytes or text that do not decode
  not_found,
  unsupported,
  limit,     // a bound was met (size, depth, count)
  conflict,  // already there, in use, or not possible in this state
  io,        // the disk, the network or the operating system failed
  corrupt,   // stored data that cannot be as it is
  in_doubt,  // io, and what was being written may be found there after a restart
};

struct Error {
  ErrorCode code;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <class T = void, class E = Error>
using Result = std::expected<T, E>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace cairn::base

namespace cairn {
using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
}  // namespace cairn

#define CAIRN_TRY_JOIN2(a, b) a##b
#define CAIRN_TRY_JOIN(a, b) CAIRN_TRY_JOIN2(a, b)
#define CAIRN_TRY_AS(result, declaration, expression)  \
  auto result = (expression);                          \
  if (!result) {                                       \
    return std::unexpected(std::move(result).error()); \
  }                                                    \
  declaration = *std::move(result)

// CAIRN_TRY(auto header, decode_header(bytes)); returns the error to the caller if there is one.
#define CAIRN_TRY(declaration, expression) \
  CAIRN_TRY_AS(CAIRN_TRY_JOIN(cairn_try_, __LINE__), declaration, expression)

// The same for Result<void>.
#define CAIRN_CHECK(expression)                                      \
  if (auto cairn_check_result = (expression); !cairn_check_result) { \
    return std::unexpected(std::move(cairn_check_result).error());   \
  }
