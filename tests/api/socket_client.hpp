#pragma once
// A client of bare sockets: it can send anything, also what no HTTP library would.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::api::test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port);  // connects; throws where it cannot
  explicit SocketClient(const std::string& unix_path);
  ~SocketClient();
  SocketClient(SocketClient&& other) noexcept;
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  // False when the peer has closed.
  bool send(std::string_view bytes) const;
  // The next whole answer; nothing when the connection ends before it is complete.
  std::optional<HttpAnswer> read_answer(bool has_body = true);
  // Exactly so many bytes, or those up to and with a newline; nothing when the connection ends
  // before.
  std::optional<std::string> read_bytes(std::size_t count);
  std::optional<std::string> read_line();
  // All that comes until the connection ends.
  std::string read_rest();
  // True once the peer closes, false where it does not; bytes that come before are dropped.
  bool is_closed();
  // Whether there is nothing to read now, not even an end.
  bool is_quiet() const;
  void shut_down_sending() const;

  // POSTs a body on this connection and reads the answer's body.
  std::string post(std::string_view body);

 private:
  bool fill();
  bool fill_to(std::size_t size);
  std::string take(std::size_t size);
  std::optional<std::string> read_chunks();

  int socket_ = -1;
  std::string buffer_;
};

std::string post_text(std::string_view body, std::string_view extra_headers = {});

}  // namespace cairn::api::test
