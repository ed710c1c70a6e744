#pragma once
// The bytes of one connection: a TCP or Unix socket, under TLS or not. It is an AsyncStream to Asio
// and Beast, so that one session serves all of them. For sources that serve connections; no header
// but this one includes Asio.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <string>
#include <utility>

#include "api/server_options.hpp"

namespace cairn::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

// What certificate to show; shared by a server's connections.
struct TlsContext {
  asio::ssl::context context{asio::ssl::context::tls_server};
};

Result<std::shared_ptr<TlsContext>> load_tls(const TlsFiles& files);

class Stream {
 public:
  using Socket = asio::generic::stream_protocol::socket;
  using executor_type = Socket::executor_type;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}
  Stream(Socket socket, const std::shared_ptr<TlsContext>& tls)
      : tls_(std::make_unique<Tls>(std::move(socket), tls->context)) {}

  executor_type get_executor() { return socket().get_executor(); }
  bool encrypted() const { return tls_ != nullptr; }
  Socket& socket() { return tls_ ? tls_->next_layer() : *socket_; }

  // Bytes that were read and belong to who reads next.
  void put_back(std::string bytes) { unread_ = std::move(bytes); }

  template <class Handler>
  void async_handshake(Handler&& handler) {
    tls_->async_handshake(asio::ssl::stream_base::server, std::forward<Handler>(handler));
  }
  // Says that nothing more will be sent, under TLS.
  template <class Handler>
  void async_shutdown(Handler&& handler) {
    tls_->async_shutdown(std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto completion, const Buffers& into) {
          if (!unread_.empty()) {
            const std::size_t size = asio::buffer_copy(into, asio::buffer(unread_));
            unread_.erase(0, size);
            asio::post(get_executor(),
                       beast::bind_handler(std::move(completion), error_code{}, size));
          } else if (tls_) {
            tls_->async_read_some(into, std::move(completion));
          } else {
            socket_->async_read_some(into, std::move(completion));
          }
        },
        handler, buffers);
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto completion, const Buffers& from) {
          if (tls_) {
            tls_->async_write_some(from, std::move(completion));
          } else {
            socket_->async_write_some(from, std::move(completion));
          }
        },
        handler, buffers);
  }

  // How Beast ends a WebSocket's connection.
  friend void beast_close_socket(Stream& stream) {
    error_code ignored;
    stream.socket().close(ignored);
  }
  template <class Handler>
  friend void async_teardown(beast::role_type role, Stream& stream, Handler&& handler) {
    using beast::websocket::async_teardown;
    if (stream.tls_) {
      async_teardown(role, *stream.tls_, std::forward<Handler>(handler));
    } else {
      async_teardown(role, *stream.socket_, std::forward<Handler>(handler));
    }
  }

 private:
  using Tls = asio::ssl::stream<Socket>;

  std::optional<Socket> socket_;  // one of these two
  std::unique_ptr<Tls> tls_;
  std::string unread_;
};

// A request that asks for another protocol.
struct UpgradeRequest {
  beast::http::request<beast::http::string_body> message;
};

}  // namespace cairn::api
