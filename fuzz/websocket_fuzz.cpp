// Any bytes behind a WebSocket's upgrade, through a socket pair. A plain reader of RFC 6455 says
// which messages they hold up to the first fault. These are answered in order, all of them where no
// fault follows; no other is; and whatever comes back must be frames that a server may send.
#include <simdjson.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_session.hpp"
#include "api/io_threads.hpp"
#include "api/stream.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace cairn::api;
using Local = asio::local::stream_protocol;

constexpr std::size_t kMessageLimit = 4'096;
constexpr std::string_view kUpgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

using cairn::fuzz::require;

struct Frame {
  unsigned opcode = 0;
  bool fin = false;
  bool masked = false;
  std::string payload;
};

// Takes the next frame off; nothing where it is cut, or breaks a rule of its header.
std::optional<Frame> take_frame(std::string_view& bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 2 || (at(0) & 0x70) != 0) {
    return std::nullopt;
  }
  Frame frame{at(0) & 0x0fu, (at(0) & 0x80) != 0, (at(1) & 0x80) != 0, {}};
  std::uint64_t size = at(1) & 0x7f;
  const std::size_t length_bytes = size < 126 ? 0 : size == 126 ? 2 : 8;
  const std::size_t head = 2 + length_bytes + (frame.masked ? 4 : 0);
  if (bytes.size() < head) {
    return std::nullopt;
  }
  if (length_bytes > 0) {
    size = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
      size = size << 8 | at(2 + i);
    }
    if (size < (length_bytes == 2 ? 126u : 65'536u)) {
      return std::nullopt;
    }
  }
  const bool control = frame.opcode >= 8;
  if ((frame.opcode > 2 && !control) || frame.opcode > 10 ||
      (control && (!frame.fin || size > 125)) || size > bytes.size() - head) {
    return std::nullopt;
  }
  frame.payload = bytes.substr(head, size);
  if (frame.masked) {
    for (std::size_t i = 0; i < size; ++i) {
      frame.payload[i] = static_cast<char>(frame.payload[i] ^ bytes[head - 4 + i % 4]);
    }
  }
  bytes.remove_prefix(head + size);
  return frame;
}

struct Messages {
  std::vector<std::string> texts;
  // Nothing is behind them that may end the connection before they are answered: no fault, close
  // frame or half a frame, nor half a message that is no text so far.
  bool all = false;
};

// Of a client's bytes.
Messages messages_of(std::string_view bytes) {
  Messages out;
  std::string message;
  bool open = false;
  bool text = false;
  while (const auto frame = take_frame(bytes)) {
    if (!frame->masked || frame->opcode == 8) {
      return out;
    }
    if (frame->opcode > 8) {
      continue;
    }
    if ((frame->opcode == 0) != open) {
      return out;
    }
    if (!open) {
      text = frame->opcode == 1;
      message.clear();
    }
    message += frame->payload;
    open = !frame->fin;
    if (message.size() > kMessageLimit) {
      return out;
    }
    if (!open) {
      if (text && !simdjson::validate_utf8(message)) {
        return out;
      }
      out.texts.push_back(message);
    }
  }
  out.all = bytes.empty() && (!open || !text || simdjson::validate_utf8(message));
  return out;
}

struct Owner final : SessionOwner {
  explicit Owner(ServerOptions server_options)
      : SessionOwner(std::move(server_options),
                     [](const std::string& body, const auto&, const Reply& reply) {
                       reply("[" + body + "]");
                     }) {}
  IoThread home;
};

// All that comes back for these bytes.
std::string exchange(std::string_view bytes) {
  ServerOptions options;
  options.body_limit = kMessageLimit;
  const auto owner = std::make_shared<Owner>(std::move(options));
  Local::socket client(owner->home.context());
  Local::socket served(asio::make_strand(owner->home.context()));
  asio::local::connect_pair(client, served);
  client.non_blocking(true);
  served.non_blocking(true);
  const auto session = make_http_session(owner, owner->home, Stream(std::move(served)));
  owner->add(session);
  session->start();
  std::string sending(kUpgrade);
  sending += bytes;
  std::string received;
  bool moved = true;
  bool shut = false;
  while (moved || !shut) {
    error_code error;
    if (!moved) {  // all is answered
      shut = true;
      client.shutdown(Local::socket::shutdown_send, error);
    }
    const std::size_t sent = client.write_some(asio::buffer(sending), error);
    sending.erase(0, sent);
    moved = owner->home.context().poll() > 0 || sent > 0;
    std::string chunk(65'536, '\0');
    const std::size_t got = client.read_some(asio::buffer(chunk), error);
    received.append(chunk, 0, got);
    moved = moved || got > 0;
  }
  require(owner->count() == 0);  // the end of the input has ended the session
  return received;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data),
                               std::min<std::size_t>(size, 65'536));
  const std::string received = exchange(bytes);
  const auto head = received.find("\r\n\r\n");
  require(received.starts_with("HTTP/1.1 101 ") && head != std::string::npos);
  std::string_view frames = std::string_view(received).substr(head + 4);
  std::vector<std::string> answers;
  bool closed = false;
  while (!frames.empty()) {
    const auto frame = take_frame(frames);
    require(frame && !frame->masked && frame->fin && !closed);
    require(frame->opcode == 1 || frame->opcode >= 8);
    closed = frame->opcode == 8;
    if (frame->opcode == 1) {
      answers.push_back(frame->payload);
    }
  }
  const Messages asked = messages_of(bytes);
  require(answers.size() <= asked.texts.size() &&
          (!asked.all || answers.size() == asked.texts.size()));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    require(answers[i] == "[" + asked.texts[i] + "]");
  }
  return 0;
}
