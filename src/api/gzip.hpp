#pragma once
// gzip as a content coding (RFC 9110, section 8.4.1.3), piece by piece.

#include <memory>
#include <string>
#include <string_view>

namespace cairn::api {

// Whether the value of an Accept-Encoding header takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

class Gzip {
 public:
  Gzip();  // throws std::bad_alloc
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // What may be sent so far; with `last`, everything.
  std::string add(std::string_view piece, bool last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::api
