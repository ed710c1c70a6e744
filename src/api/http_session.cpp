#include "api/http_session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/gzip.hpp"
#include "api/io_threads.hpp"
#include "api/stream.hpp"
#include "api/websocket_session.hpp"

namespace cairn::api {
namespace {

namespace http = beast::http;

constexpr std::size_t kReadSize = 8 * 1024;
constexpr std::uint32_t kHeaderLimit = 16 * 1024;
constexpr std::size_t kGzipPiece = 256 * 1024;  // of an answer that is sent in chunks
constexpr int kLingerSeconds = 2;  // for a peer to read a refusal before the connection is reset
constexpr unsigned char kTlsHandshake = 0x16;  // a record's first byte

std::string_view reason_of(unsigned status) {
  return http::obsolete_reason(static_cast<http::status>(status));
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// All its members belong to the stream's I/O thread.
class HttpSession final : public Session {
 public:
  HttpSession(std::shared_ptr<SessionOwner> owner, IoThread& home, Stream stream)
      : owner_(std::move(owner)),
        home_(home),
        options_(owner_->options),
        stream_(std::move(stream)),
        executor_(stream_.get_executor()) {
    idle(options_.idle_seconds);
  }

  void start() override {
    asio::post(executor_, [self = me()] {
      self->stream_.encrypted() ? self->wait_for_handshake() : self->next_request();
    });
  }
  void close() override {
    asio::post(executor_, [self = me()] { self->shut(); });
  }
  // A request that came too slowly is told so; one that idles is just closed.
  void expire() override {
    asio::post(executor_, [self = me()] {
      if (self->upgraded_ || !self->expired(steady_milliseconds())) {
        return;
      }
      if (self->reading_ && self->parser_ && self->parser_->got_some()) {
        self->refuse(408);
      } else {
        self->shut();
      }
    });
  }

 private:
  using Parser = http::request_parser<http::string_body>;

  std::shared_ptr<HttpSession> me() {
    return std::static_pointer_cast<HttpSession>(shared_from_this());
  }

  // Plain HTTP on a TLS port is told so in plain HTTP.
  void wait_for_handshake() {
    stream_.socket().async_wait(Stream::Socket::wait_read, [self = me()](error_code error) {
      unsigned char first = 0;
      if (!error) {
        self->stream_.socket().receive(asio::buffer(&first, 1), asio::socket_base::message_peek,
                                       error);
      }
      if (error) {
        return self->shut();
      }
      self->busy(self->options_.request_seconds);
      first == kTlsHandshake ? self->shake_hands() : self->refuse_plain();
    });
  }

  void shake_hands() {
    stream_.async_handshake(
        [self = me()](error_code error) { error ? self->shut() : self->next_request(); });
  }

  void refuse_plain() {
    head_ =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 39\r\n"
        "Connection: close\r\n\r\nthis port speaks TLS: use https or wss\n";
    asio::async_write(
        stream_.socket(), asio::buffer(head_),
        [self = me()](error_code error, std::size_t) { error ? self->shut() : self->linger(); });
  }

  void next_request() {
    parser_.emplace();
    parser_->body_limit(options_.body_limit);
    parser_->header_limit(kHeaderLimit);
    parser_->eager(true);
    continued_ = false;
    idle(options_.idle_seconds);
    if (buffer_.size() > 0) {
      busy(options_.request_seconds);
      parse();
    } else {
      buffer_.shrink_to_fit();
      read();
    }
  }

  void read() {
    reading_ = true;
    if (stream_.encrypted()) {
      return stream_.async_read_some(buffer_.prepare(kReadSize),
                                     [self = me()](error_code error, std::size_t size) {
                                       error ? self->shut() : self->received(size);
                                     });
    }
    // An idle connection waits without a buffer.
    stream_.socket().async_wait(Stream::Socket::wait_read, [self = me()](error_code error) {
      error ? self->shut() : self->receive();
    });
  }

  void receive() {
    if (!reading_) {  // refused meanwhile
      return;
    }
    error_code error;
    const std::size_t size = stream_.socket().read_some(buffer_.prepare(kReadSize), error);
    if (error == asio::error::would_block) {
      return read();
    }
    error ? shut() : received(size);
  }

  void received(std::size_t size) {
    if (!reading_) {
      return;
    }
    reading_ = false;
    buffer_.commit(size);
    if (!parser_->got_some()) {
      busy(options_.request_seconds);
    }
    parse();
  }

  void parse() {
    error_code error;
    while (!parser_->is_done() && buffer_.size() > 0) {
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_more) {
        break;
      }
      if (error) {
        return refuse(error == http::error::body_limit     ? 413
                      : error == http::error::header_limit ? 431
                                                           : 400);
      }
    }
    if (parser_->is_done()) {
      return answer();
    }
    if (parser_->is_header_done() && !continued_) {
      continued_ = true;
      if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
        head_ = "HTTP/1.1 100 Continue\r\n\r\n";
        return asio::async_write(stream_, asio::buffer(head_),
                                 [self = me()](error_code failed, std::size_t) {
                                   failed ? self->shut() : self->read();
                                 });
      }
    }
    read();
  }

  // Routes by verb and path, once it is known that this peer may ask.
  void answer() {
    const auto& request = parser_->get();
    keep_alive_ = request.keep_alive();
    http_1_0_ = request.version() < 11;
    takes_gzip_ = !http_1_0_ && accepts_gzip(view(request[http::field::accept_encoding]));
    origin_ = std::string(request[http::field::origin]);
    if (!host_allowed(options_.web, view(request[http::field::host]))) {
      return respond(403, "text/plain", "invalid host specified\n");
    }
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    if (path != "/" && !path.empty()) {
      return respond(404, "text/plain", "nothing is served here; JSON-RPC is at /\n");
    }
    if (request.method() == http::verb::options) {  // browsers ask it without a token
      return respond(204, {}, {},
                     preflight_headers(options_.web, origin_,
                                       view(request["Access-Control-Request-Headers"])));
    }
    if (const std::string why = token_refusal(); !why.empty()) {
      return respond(401, "text/plain", why + "\n", "WWW-Authenticate: Bearer\r\n");
    }
    serve();
  }

  std::string token_refusal() const {
    if (!options_.jwt) {
      return {};
    }
    return jwt_refusal(*options_.jwt, view(parser_->get()[http::field::authorization]),
                       static_cast<std::int64_t>(options_.clock->unix_seconds()));
  }

  void serve() {
    switch (parser_->get().method()) {
      case http::verb::post:
        return call();
      case http::verb::get:
        if (asks_for_websocket(UpgradeRequest{parser_->get()})) {
          return upgrade();
        }
        return respond(200, "text/plain", "Cairn: send JSON-RPC by POST, or by WebSocket\n");
      case http::verb::head:
        return respond(200, "text/plain", {});
      default:
        return respond(405, "text/plain", "use POST\n", "Allow: GET, HEAD, OPTIONS, POST\r\n");
    }
  }

  void call() {
    const auto& request = parser_->get();
    // Where not every page may call, only a type that makes browsers ask first is taken.
    const std::string_view type = view(request[http::field::content_type]);
    const std::string_view essence = type.substr(0, type.find_first_of("; "));
    if (!options_.web.every_origin && !beast::iequals(essence, "application/json")) {
      return respond(415, "text/plain", "send content-type: application/json\n");
    }
    const auto coding = request[http::field::content_encoding];
    if (!coding.empty() && !beast::iequals(coding, "identity")) {
      return respond(415, "text/plain", "send the body without a content-encoding\n",
                     "Accept-Encoding: identity\r\n");
    }
    std::string body = std::move(parser_->get().body());
    body.reserve(body.size() + kJsonPadding);
    unlimited();  // the handler bounds its own time
    owner_->handler(std::move(body), nullptr,
                    {[self = me()](std::string text) { self->reply(std::move(text)); },
                     [self = me()] { return self->open(); },
                     [self = me()](const auto& task) { return self->home_.work(task); }});
  }

  // No browser asks before it opens a WebSocket, so its origin is judged here.
  void upgrade() {
    if (!origin_.empty() && !origin_allowed(options_.web, origin_)) {
      return respond(403, "text/plain", "this page's origin is not allowed here\n");
    }
    UpgradeRequest request{parser_->release()};
    if (!has_websocket_key(request)) {
      return respond(400, "text/plain", "Sec-WebSocket-Key is missing or not 16 bytes in base64\n");
    }
    const auto rest = buffer_.cdata();
    stream_.put_back({static_cast<const char*>(rest.data()), rest.size()});
    buffer_ = {};
    unlimited();
    upgraded_ = true;
    const auto session =
        make_websocket_session(owner_, home_, std::move(stream_), std::move(request));
    owner_->add(session);
    owner_->remove(shared_from_this());
    session->start();
  }

  // Any thread; on this session's own already where the handler answers at once.
  void reply(std::string text) {
    if (owner_->stopped) {
      return;
    }
    home_.dispatch([self = me(), text = std::move(text)]() mutable {
      const unsigned status = text.empty() ? 204 : 200;
      if (self->takes_gzip_ && text.size() >= self->options_.gzip_threshold) {
        return self->respond_zipped(std::move(text));
      }
      self->respond(status, "application/json", std::move(text));
    });
  }

  // Any thread.
  std::shared_ptr<AnswerStream> open() {
    auto stream = std::make_shared<AnswerStream>(takes_gzip_, options_.stream);
    {
      const std::scoped_lock lock(pieces_mutex_);
      pieces_ = stream;
      if (shut_) {
        stream->close();
      }
    }
    asio::post(executor_, [self = me()] { self->respond_in_pieces(); });
    return stream;
  }

  void begin_head(unsigned status) {
    head_ = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_of(status));
    head_ += cors_headers(options_.web, origin_);
    if (!keep_alive_) {
      head_ += "Connection: close\r\n";
    } else if (http_1_0_) {
      head_ += "Connection: keep-alive\r\n";
    }
  }

  void respond(unsigned status, std::string_view type, std::string body,
               std::string_view extra = {}) {
    begin_head(status);
    if (status != 204) {
      fmt::format_to(std::back_inserter(head_), "Content-Type: {}\r\nContent-Length: {}\r\n", type,
                     body.size());
    }
    head_ += extra;
    head_ += "\r\n";
    body_ = std::move(body);
    write([](HttpSession& self) { self.written(); });
  }

  static constexpr std::string_view kZippedHeaders =
      "Content-Type: application/json\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n";

  // What is large goes in chunks while the rest is still to be compressed.
  void respond_zipped(std::string text) {
    begin_head(200);
    head_ += kZippedHeaders;
    Gzip gzip;
    if (text.size() <= kGzipPiece) {
      body_ = gzip.add(text, true);
      fmt::format_to(std::back_inserter(head_), "Content-Length: {}\r\n\r\n", body_.size());
      return write([](HttpSession& self) { self.written(); });
    }
    head_ += "Transfer-Encoding: chunked\r\n\r\n";
    zipping_.emplace(std::move(text));
    next_chunk();
  }

  void next_chunk() {
    auto& [text, at, gzip] = *zipping_;
    const std::string_view piece = std::string_view(text).substr(at, kGzipPiece);
    at += piece.size();
    const bool last = at == text.size();
    const std::string zipped = gzip.add(piece, last);
    body_ = zipped.empty() ? "" : fmt::format("{:x}\r\n{}\r\n", zipped.size(), zipped);
    if (last) {
      body_ += "0\r\n\r\n";
      zipping_.reset();
    }
    write([](HttpSession& self) {
      self.head_.clear();
      self.zipping_ ? self.next_chunk() : self.written();
    });
  }

  void respond_in_pieces() {
    keep_alive_ = keep_alive_ && !http_1_0_;  // it knows no chunks: the end of the answer is the
    begin_head(200);                          // end of the connection
    head_ += takes_gzip_ ? kZippedHeaders : "Content-Type: application/json\r\n";
    head_ += http_1_0_ ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n";
    next_piece();
  }

  void next_piece() {
    auto piece = pieces_->next(
        [self = me()] { asio::post(self->executor_, [self] { self->next_piece(); }); });
    if (pieces_->is_too_slow()) {
      return shut();
    }
    if (!piece) {
      return unlimited();
    }
    body_ = http_1_0_ || piece->bytes.empty()
                ? std::move(piece->bytes)
                : fmt::format("{:x}\r\n{}\r\n", piece->bytes.size(), piece->bytes);
    if (piece->last && !http_1_0_) {
      body_ += "0\r\n\r\n";
    }
    write([last = piece->last](HttpSession& self) {
      self.head_.clear();
      last ? self.written() : self.next_piece();
    });
  }

  // The head and the body, then what follows.
  template <class Then>
  void write(Then then) {
    busy(options_.response_seconds);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(stream_, parts, [self = me(), then](error_code error, std::size_t) {
      self->body_ = {};
      error ? self->shut() : then(*self);
    });
  }

  void written() { keep_alive_ ? next_request() : linger(); }

  // Answers what cannot be read further and closes once the peer had time to read it.
  void refuse(unsigned status) {
    reading_ = false;
    keep_alive_ = false;
    respond(status, "text/plain",
            status == 413 ? fmt::format("the request is larger than {} bytes, the limit here\n",
                                        options_.body_limit)
                          : fmt::format("{}\n", reason_of(status)));
  }

  // Closing with unread bytes would reset the connection and take the answer away from the peer.
  void linger() {
    busy(kLingerSeconds);
    if (!stream_.encrypted()) {
      return drain();
    }
    stream_.async_shutdown([self = me()](error_code) { self->drain(); });
  }
  void drain() {
    error_code ignored;
    stream_.socket().shutdown(Stream::Socket::shutdown_send, ignored);
    discard();
  }
  void discard() {
    buffer_.clear();
    stream_.socket().async_read_some(
        buffer_.prepare(kReadSize),
        [self = me()](error_code error, std::size_t) { error ? self->shut() : self->discard(); });
  }

  void shut() {
    if (upgraded_) {
      return;
    }
    error_code ignored;
    stream_.socket().close(ignored);
    {
      const std::scoped_lock lock(pieces_mutex_);
      shut_ = true;
      if (pieces_) {
        pieces_->close();
      }
    }
    owner_->remove(shared_from_this());
  }

  struct Zipping {
    explicit Zipping(std::string answer) : text(std::move(answer)) {}
    std::string text;
    std::size_t at = 0;
    Gzip gzip;
  };

  std::shared_ptr<SessionOwner> owner_;  // first, because it must outlive the socket
  IoThread& home_;
  const ServerOptions& options_;
  Stream stream_;  // moved from once upgraded_
  const Stream::executor_type executor_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Zipping> zipping_;
  std::mutex pieces_mutex_;  // guards the next two where another thread opens a stream
  std::shared_ptr<AnswerStream> pieces_;
  bool shut_ = false;
  std::string origin_;
  std::string head_;
  std::string body_;
  bool reading_ = false;
  bool continued_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool takes_gzip_ = false;
  bool upgraded_ = false;
};

}  // namespace

std::shared_ptr<Session> make_http_session(std::shared_ptr<SessionOwner> owner, IoThread& home,
                                           Stream stream) {
  return std::make_shared<HttpSession>(std::move(owner), home, std::move(stream));
}

}  // namespace cairn::api
