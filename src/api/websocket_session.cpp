#include "api/websocket_session.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <utility>

#include "api/io_threads.hpp"
#include "api/stream.hpp"

namespace cairn::api {
namespace {

namespace websocket = beast::websocket;

constexpr unsigned kFarewellSeconds = 5;  // for a peer to take and answer a close frame

// Compression that keeps nothing between messages, so that a thousand connections stay cheap, and
// only where it is worth its time.
websocket::permessage_deflate deflate_options() {
  websocket::permessage_deflate out;
  out.server_enable = true;
  out.server_no_context_takeover = true;
  out.client_no_context_takeover = true;
  out.compLevel = 1;
  out.memLevel = 4;
  out.server_max_window_bits = 12;
  out.msg_size_threshold = 32 * 1024;
  return out;
}

class WebSocketSession final : public MessageSession {
 public:
  WebSocketSession(std::shared_ptr<SessionOwner> owner, IoThread& home, Stream stream,
                   UpgradeRequest request)
      : MessageSession(std::move(owner), home),
        socket_(std::move(stream)),
        request_(std::move(request.message)) {
    socket_.auto_fragment(false);
    socket_.read_message_max(options().body_limit);
    socket_.set_option(deflate_options());
    socket_.set_option(
        websocket::stream_base::timeout{std::chrono::seconds(options().request_seconds),
                                        std::chrono::seconds(2 * options().ping_seconds), true});
  }

  void start() override {
    asio::dispatch(socket_.get_executor(), [session = me()] {
      session->socket_.async_accept(session->request_,
                                    [session](error_code error) { session->accepted(error); });
    });
  }

  void close() override {
    asio::post(socket_.get_executor(), [session = me()] { session->shut(); });
  }

  // Only a write, or a farewell, has a deadline.
  void expire() override {
    asio::post(socket_.get_executor(), [session = me()] {
      if (session->expired(steady_milliseconds())) {
        session->shut();
      }
    });
  }

  void say_goodbye() override {
    farewell({websocket::close_code::going_away, "the node is stopping"});
  }

  void begin_writing() override {
    home().dispatch([session = me()] { session->write(); });
  }

 private:
  std::shared_ptr<WebSocketSession> me() {
    return std::static_pointer_cast<WebSocketSession>(shared_from_this());
  }

  void accepted(error_code error) {
    request_ = {};
    if (error) {  // answered by its status already: 400, or 426 for another version
      return shut();
    }
    read();
  }

  void read() {
    socket_.async_read(buffer_, [session = me()](error_code error, std::size_t) {
      error ? session->shut() : session->take();
    });
  }

  void take() {
    const auto bytes = buffer_.cdata();
    std::string request;
    request.reserve(bytes.size() + kJsonPadding);
    request.assign(static_cast<const char*>(bytes.data()), bytes.size());
#ifdef CAIRN_PLANTED_BUG  // fuzz/websocket_fuzz.cpp finds that a longer length is not read
    request.resize(std::min<std::size_t>(request.size(), 125));
#endif
    buffer_.clear();
    constexpr std::size_t kKept = 64 * 1024;
    if (buffer_.capacity() > kKept) {
      buffer_.shrink_to_fit();
    }
    // RFC 6455, 8.1. Beast does not see a character that an empty last fragment leaves unfinished.
    if (socket_.got_text() && !simdjson::validate_utf8(request)) {
      return farewell({websocket::close_code::bad_payload, "not UTF-8"});
    }
    receive(std::move(request), [this] {
      if (may_read()) {
        read();
      }
    });
  }

  void resume_reading() override {
    asio::post(socket_.get_executor(), [session = me()] { session->read(); });
  }

  void send(const Outbox::Message& message) override {
    const std::array<asio::const_buffer, 2> parts{
        asio::buffer(*message.head),
        message.tail ? asio::buffer(*message.tail) : asio::const_buffer{}};
    socket_.text(true);
    socket_.async_write(parts,
                        [session = me()](error_code error, std::size_t) { session->sent(!error); });
  }

  // Each piece is a fragment of one message.
  void send_piece(const AnswerStream::Piece& piece) override {
    socket_.text(true);
    socket_.async_write_some(
        piece.last, asio::buffer(piece.bytes),
        [session = me()](error_code error, std::size_t) { session->sent(!error); });
  }

  void drop_slow_reader() override {
    asio::post(socket_.get_executor(), [session = me()] {
      session->farewell(
          {websocket::close_code::policy_error, "slow reader: too many notifications are waiting"});
    });
  }

  // A close frame behind what is being written; the end, whether or not it is answered.
  void farewell(const websocket::close_reason& reason) {
    leave_within(kFarewellSeconds);
    if (!socket_.is_open()) {
      return shut();
    }
    socket_.async_close(reason, [session = me()](error_code) { session->shut(); });
  }

  void shut() override {
    error_code ignored;
    socket_.next_layer().socket().close(ignored);
    ended();
  }

  websocket::stream<Stream> socket_;
  beast::http::request<beast::http::string_body> request_;
  beast::flat_buffer buffer_;
};

}  // namespace

bool asks_for_websocket(const UpgradeRequest& request) {
  return websocket::is_upgrade(request.message);
}

bool has_websocket_key(const UpgradeRequest& request) {
  constexpr std::size_t kDigits = 22;
  const auto key = request.message[beast::http::field::sec_websocket_key];
  return key.size() == kDigits + 2 && key.ends_with("==") &&
         key.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == kDigits;
}

std::shared_ptr<MessageSession> make_websocket_session(std::shared_ptr<SessionOwner> owner,
                                                       IoThread& home, Stream stream,
                                                       UpgradeRequest request) {
  return std::make_shared<WebSocketSession>(std::move(owner), home, std::move(stream),
                                            std::move(request));
}

}  // namespace cairn::api
