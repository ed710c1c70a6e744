#pragma once
// The RPC port: HTTP/1.1 with keep-alive and pipelining over loopback or a given address.
//
// A request's body goes to the handler on the I/O thread that read it, and the answer is written by
// the thread that replies: without a hop between threads where the handler answers at once. A
// session reads its next request only after the reply to the last one is written, so pipelined
// requests are answered in order. What is not HTTP, too large or too slow is answered with its
// status (400, 408, 413, 431) and closed.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/peer.hpp"
#include "base/result.hpp"

namespace cairn::api {

// Which web pages may read answers (fetch standard, "CORS protocol").
struct CorsPolicy {
  bool every_origin = true;
  std::vector<std::string> origins;  // with every_origin off: only these
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8545;  // 0: any free one
  CorsPolicy cors;
  std::size_t body_limit = 5 * 1024 * 1024;  // bytes
  std::size_t connection_limit = 10'000;     // beyond it the longest idle one is closed
  unsigned threads = 4;
  unsigned idle_seconds = 300;     // between requests
  unsigned request_seconds = 30;   // from a request's first byte to its last
  unsigned response_seconds = 60;  // for the peer to take an answer
};

// The body of the answer; empty: HTTP 204 (a batch of notifications has none).
using Reply = std::function<void(std::string body)>;

// Called on an I/O thread; calls `reply` exactly once, on any thread, now or later. `body` has room
// for simdjson's padding behind its end; `peer` is null where nothing can be pushed (plain HTTP).
using Handler = std::function<void(std::string body, std::shared_ptr<Peer> peer, Reply reply)>;

class HttpServer {
 public:
  // Fails with one sentence where the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> listen(ServerOptions options, Handler handler);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // stops

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:8545"
  std::size_t connections() const;

  // Closes the port and every connection and ends the threads. Handlers that run are waited for;
  // replies that come later go nowhere. Not from a handler.
  void stop();

  struct Impl;  // known to http_server.cpp alone

 private:
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace cairn::api
