#include "tests/api/websocket_client.hpp"

#include <stdexcept>

namespace cairn::api::test {

std::string frame_text(const Frame& frame, bool masked) {
  constexpr std::string_view kMask = "\x11\x22\x33\x44";
  std::string out;
  out += static_cast<char>((frame.fin ? 0x80 : 0) | (frame.compressed ? 0x40 : 0) |
                           static_cast<int>(frame.opcode));
  const std::size_t size = frame.payload.size();
  const int mask_bit = masked ? 0x80 : 0;
  const auto add_length = [&](int length, unsigned bytes) {
    out += static_cast<char>(length | mask_bit);
    for (unsigned i = bytes; i-- > 0;) {
      out += static_cast<char>(size >> (8 * i) & 0xff);
    }
  };
  if (size < 126) {
    add_length(static_cast<int>(size), 0);
  } else if (size < 65'536) {
    add_length(126, 2);
  } else {
    add_length(127, 8);
  }
  if (!masked) {
    return out + frame.payload;
  }
  out += kMask;
  for (std::size_t i = 0; i < size; ++i) {
    out += static_cast<char>(frame.payload[i] ^ kMask[i % 4]);
  }
  return out;
}

std::string upgrade_text(std::string_view extra_headers) {
  std::string text =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  text += extra_headers;
  return text + "\r\n";
}

WebSocketClient::WebSocketClient(std::uint16_t port, std::string_view extra_headers)
    : socket_(port) {
  socket_.send(upgrade_text(extra_headers));
  const auto answer = socket_.read_answer(false);
  // The key's answer is the example of RFC 6455, section 1.3.
  if (!answer || answer->status != 101 ||
      answer->headers.at("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
    throw std::runtime_error("not upgraded: " + std::to_string(answer ? answer->status : 0));
  }
}

std::optional<Frame> WebSocketClient::read() {
  const auto head = socket_.read_bytes(2);
  if (!head) {
    return std::nullopt;
  }
  Frame frame;
  const auto first = static_cast<unsigned char>((*head)[0]);
  frame.fin = (first & 0x80) != 0;
  frame.compressed = (first & 0x40) != 0;
  frame.opcode = static_cast<Opcode>(first & 0x0f);
  std::uint64_t size = static_cast<unsigned char>((*head)[1]);
  if (size >= 126) {
    const auto length = socket_.read_bytes(size == 126 ? 2 : 8);
    if (!length) {
      return std::nullopt;
    }
    size = 0;
    for (const char c : *length) {
      size = size << 8 | static_cast<unsigned char>(c);
    }
  }
  auto payload = socket_.read_bytes(size);
  if (!payload) {
    return std::nullopt;
  }
  frame.payload = *std::move(payload);
  return frame;
}

std::string WebSocketClient::read_text() {
  auto frame = read();
  return frame ? std::move(frame->payload) : std::string{};
}

std::string WebSocketClient::ask(std::string_view text) {
  send(text);
  return read_text();
}

int WebSocketClient::read_close() {
  const auto frame = read();
  if (!frame || frame->opcode != Opcode::close || frame->payload.size() < 2) {
    return 0;
  }
  return static_cast<unsigned char>(frame->payload[0]) << 8 |
         static_cast<unsigned char>(frame->payload[1]);
}

}  // namespace cairn::api::test
