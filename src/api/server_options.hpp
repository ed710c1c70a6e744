#pragma once
// What a server of JSON-RPC is told by who starts it, and what it calls for each request.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/jwt.hpp"
#include "api/outbox.hpp"
#include "api/peer.hpp"
#include "api/reply.hpp"
#include "api/web_policy.hpp"
#include "base/clock.hpp"

namespace cairn::api {

struct TlsFiles {           // PEM
  std::string certificate;  // with the chain up to its issuer
  std::string key;
};

struct ServerOptions {
  std::vector<std::string> hosts{"127.0.0.1"};  // addresses, one or more
  std::uint16_t port = 8545;                    // of each of them; 0: any free one
  std::string ipc_path;                         // empty: no IPC socket
  WebPolicy web;
  std::optional<JwtSecret> jwt;  // asked for in every request over HTTP and before WebSocket
  std::optional<TlsFiles> tls;   // https and wss instead of http and ws
  std::shared_ptr<const base::Clock> clock = std::make_shared<base::SystemClock>();  // for tokens
  std::size_t body_limit = 5 * 1024 * 1024;  // bytes of a request or message
  std::size_t connection_limit = 10'000;     // beyond it the longest idle one is closed
  std::size_t gzip_threshold = 4 * 1024;     // bytes of an answer; what is smaller goes as it is
  OutboxLimits outbox;
  StreamLimits stream;
  unsigned threads = 4;
  unsigned idle_seconds = 300;     // between requests
  unsigned request_seconds = 30;   // from a request's first byte to its last
  unsigned response_seconds = 60;  // for the peer to take an answer
  unsigned ping_seconds = 30;      // of silence on a WebSocket; twice as long ends it
};

// Called on an I/O thread; uses `reply` exactly once, on any thread, now or later. `body` has room
// for simdjson's padding behind its end; `peer` is null where nothing can be pushed (plain HTTP).
using Handler = std::function<void(std::string body, std::shared_ptr<Peer> peer, Reply reply)>;

}  // namespace cairn::api
