#pragma once
// A WebSocket client of bare sockets: it can send any frame, also such as break RFC 6455.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/api/socket_client.hpp"

namespace cairn::api::test {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

struct Frame {
  Opcode opcode = Opcode::text;
  std::string payload;
  bool fin = true;
  bool compressed = false;  // RSV1
};

// The bytes of a frame as a client sends it.
std::string frame_text(const Frame& frame, bool masked = true);

// The request that asks for the upgrade.
std::string upgrade_text(std::string_view extra_headers = {});

class WebSocketClient {
 public:
  // Connects and upgrades; throws where that is refused.
  explicit WebSocketClient(std::uint16_t port, std::string_view extra_headers = {});

  bool send(std::string_view text) {
    return socket_.send(frame_text({Opcode::text, std::string(text)}));
  }
  bool send(const Frame& frame) { return socket_.send(frame_text(frame)); }
  // The next frame; nothing when the connection ends or nothing comes.
  std::optional<Frame> read();
  // The payload of the next frame; "" where there is none.
  std::string read_text();
  // Sends a text message and reads the next one.
  std::string ask(std::string_view text);
  // The code of the next frame, which must be a close frame; 0 where it is none.
  int read_close();

  SocketClient& socket() { return socket_; }

 private:
  SocketClient socket_;
};

}  // namespace cairn::api::test
