#pragma once
// POST to one HTTP server, over TLS where the URL says https: for a fork's questions to its source.
// Connections are kept open and used again.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace cairn::node {

struct HttpUrl {
  bool tls = false;
  std::string host;
  std::string port;
  std::string target = "/";
  std::string user_info;  // "user:password", as it stands in the URL; empty: none
  std::string shown;      // without it
};

// http://[user:password@]host[:port][/path] or https://...; other schemes are refused by name.
Result<HttpUrl> parse_http_url(std::string_view text);

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
  std::optional<std::chrono::milliseconds> retry_after{};
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Any thread may call; it waits for its own answer alone. No thread is made but the resolver's.
class HttpClient {
 public:
  // A larger answer than `max_body` bytes is an error. Certificates are checked against the
  // system's authorities (SSL_CERT_FILE names others).
  HttpClient(HttpUrl url, HttpHeaders headers, std::size_t max_body);
  ~HttpClient();

  // ErrorCode::io: nobody there, not within `timeout`, cut off; limit: too large; malformed: not
  // HTTP, or it has moved. The sentence says which.
  Result<HttpAnswer> post(std::string body, std::chrono::milliseconds timeout);
  // From now on nobody waits: what is under way ends with an error.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::node
