#include "tests/api/socket_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace cairn::api::test {
namespace {

constexpr int kAnswerTimeout = 20'000;  // milliseconds

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

HttpAnswer parse_head(std::string_view head) {
  HttpAnswer answer;
  answer.status = std::stoi(std::string(head.substr(head.find(' ') + 1, 3)));
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t start = at + 2;
    at = head.find("\r\n", start);
    const std::string_view line = head.substr(start, at - start);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) {
      answer.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    }
  }
  return answer;
}

}  // namespace

SocketClient::SocketClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

SocketClient::SocketClient(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(unix_path, address.sun_path);
  if (socket_ < 0 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

SocketClient::~SocketClient() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

SocketClient::SocketClient(SocketClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

bool SocketClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool SocketClient::fill() {
  pollfd waited{socket_, POLLIN, 0};
  if (::poll(&waited, 1, kAnswerTimeout) <= 0) {
    return false;
  }
  std::array<char, 65'536> chunk{};
  const ssize_t got = ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (got <= 0) {
    return false;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<HttpAnswer> SocketClient::read_answer(bool has_body) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  HttpAnswer answer = parse_head(std::string_view(buffer_).substr(0, end));
  if (answer.headers.contains("transfer-encoding")) {
    take(end + 4);
    auto body = read_chunks();
    if (!body) {
      return std::nullopt;
    }
    answer.body = *std::move(body);
    return answer;
  }
  const auto length = answer.headers.find("content-length");
  const std::size_t size =
      has_body && length != answer.headers.end() ? std::stoul(length->second) : 0;
  if (!fill_to(end + 4 + size)) {
    return std::nullopt;
  }
  take(end + 4);
  answer.body = take(size);
  return answer;
}

bool SocketClient::fill_to(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) {
      return false;
    }
  }
  return true;
}

std::string SocketClient::take(std::size_t size) {
  std::string out = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return out;
}

std::optional<std::string> SocketClient::read_chunks() {
  std::string body;
  for (;;) {
    const auto line = read_line();
    if (!line) {
      return std::nullopt;
    }
    const std::size_t size = std::stoul(*line, nullptr, 16);
    const auto chunk = read_bytes(size + 2);
    if (!chunk || size == 0) {
      return chunk ? std::optional(std::move(body)) : std::nullopt;
    }
    body += chunk->substr(0, size);
  }
}

std::optional<std::string> SocketClient::read_bytes(std::size_t count) {
  return fill_to(count) ? std::optional(take(count)) : std::nullopt;
}

std::string SocketClient::read_rest() {
  while (fill()) {
  }
  return take(buffer_.size());
}

std::optional<std::string> SocketClient::read_line() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  return take(end + 1);
}

bool SocketClient::is_closed() {
  constexpr int kPatience = 20'000;  // milliseconds
  for (;;) {
    pollfd waited{socket_, POLLIN, 0};
    if (::poll(&waited, 1, kPatience) <= 0) {
      return false;
    }
    std::array<char, 4096> chunk{};
    if (::recv(socket_, chunk.data(), chunk.size(), 0) <= 0) {
      return true;
    }
  }
}

bool SocketClient::is_quiet() const {
  pollfd waited{socket_, POLLIN, 0};
  return ::poll(&waited, 1, 0) == 0;
}

void SocketClient::shut_down_sending() const { ::shutdown(socket_, SHUT_WR); }

std::string SocketClient::post(std::string_view body) {
  if (!send(post_text(body))) {
    throw std::runtime_error("the server closed the connection");
  }
  auto answer = read_answer();
  if (!answer) {
    throw std::runtime_error("no answer");
  }
  return std::move(answer->body);
}

std::string post_text(std::string_view body, std::string_view extra_headers) {
  std::string text = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  text += extra_headers;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return text;
}

}  // namespace cairn::api::test
