#pragma once
// The server of JSON-RPC: one port for HTTP and WebSocket, under TLS if asked, and an IPC socket
// beside it if asked. What is spoken on a connection is in http_session.hpp, websocket_session.hpp
// and ipc_session.hpp.
//
// A request goes to the handler on the I/O thread that read it, and the answer is written by the
// thread that replies: without a hop between threads where the handler answers at once.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/server_options.hpp"
#include "base/result.hpp"

namespace cairn::api {

class HttpServer {
 public:
  // Fails with one sentence where the address or the IPC path cannot be had, or the certificate
  // cannot be read.
  static Result<std::unique_ptr<HttpServer>> listen(ServerOptions options, Handler handler);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // stops

  std::uint16_t port() const;
  std::string url() const;                // "http://127.0.0.1:8545", of the first address
  std::vector<std::string> urls() const;  // one an address
  const std::string& ipc_path() const;    // empty: no IPC socket
  std::size_t connections() const;

  // Closes the port and every connection and ends the threads. Handlers that run are waited for;
  // replies that come later go nowhere. WebSockets are told, and given a tenth of a second to
  // answer. Not from a handler.
  void stop();

  struct Impl;  // known to http_server.cpp alone

 private:
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace cairn::api
