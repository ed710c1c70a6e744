#include "api/http_server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>

namespace cairn::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadSize = 8 * 1024;
constexpr std::uint32_t kHeaderLimit = 16 * 1024;
constexpr std::size_t kJsonPadding = 64;  // simdjson reads past a document's end
constexpr int kLingerSeconds = 2;  // for a peer to read a refusal before the connection is reset

std::int64_t steady_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view reason_of(unsigned status) {
  return http::obsolete_reason(static_cast<http::status>(status));
}

class Session;

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(ServerOptions server_options, Handler server_handler)
      : options(std::move(server_options)),
        handler(std::move(server_handler)),
        io(static_cast<int>(options.threads)),
        acceptor(io),
        pause(io),
        sweep_timer(io) {}

  Result<void> open();
  void run();
  void accept();
  void sweep();
  void close_longest_idle();
  void stop();

  ServerOptions options;
  Handler handler;
  asio::io_context io;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  asio::steady_timer sweep_timer;
  std::vector<std::thread> threads;
  mutable std::mutex mutex;  // guards sessions
  std::unordered_set<std::shared_ptr<Session>> sessions;
  std::atomic<bool> stopped = false;
};

namespace {

// One connection. All its members but the two atomics belong to its strand.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, std::shared_ptr<HttpServer::Impl> server);

  void start() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->next_request(); });
  }

  // Any thread.
  bool expired(std::int64_t now) const { return now >= deadline_.load(std::memory_order_relaxed); }
  // When it fell idle, in steady milliseconds; none while a request is under way.
  std::optional<std::int64_t> idle_since() const {
    const auto since = idle_since_.load(std::memory_order_relaxed);
    return since == 0 ? std::nullopt : std::optional(since);
  }
  void close() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->shut(); });
  }
  // A request that came too slowly is told so; one that idles is just closed.
  void expire() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->expired(steady_milliseconds())) {
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

  void idle() {
    const auto now = steady_milliseconds();
    deadline_ = now + std::int64_t{1000} * options_.idle_seconds;
    idle_since_ = now;
  }
  void busy(unsigned seconds) {
    deadline_ = steady_milliseconds() + std::int64_t{1000} * seconds;
    idle_since_ = 0;
  }
  void unlimited() { deadline_ = std::numeric_limits<std::int64_t>::max(); }

  void next_request() {
    parser_.emplace();
    parser_->body_limit(options_.body_limit);
    parser_->header_limit(kHeaderLimit);
    parser_->eager(true);
    continued_ = false;
    idle();
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
    // An idle connection waits without a buffer.
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      error ? self->shut() : self->receive();
    });
  }

  void receive() {
    if (!reading_) {  // refused meanwhile
      return;
    }
    error_code error;
    const std::size_t size = socket_.read_some(buffer_.prepare(kReadSize), error);
    if (error == asio::error::would_block) {
      return read();
    }
    if (error) {
      return shut();
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
        return asio::async_write(socket_, asio::buffer(head_),
                                 [self = shared_from_this()](error_code failed, std::size_t) {
                                   failed ? self->shut() : self->read();
                                 });
      }
    }
    read();
  }

  // Routes by verb and path. A WebSocket upgrade and further paths find their place here.
  void answer() {
    const auto& request = parser_->get();
    keep_alive_ = request.keep_alive();
    http_1_0_ = request.version() < 11;
    origin_ = std::string(request[http::field::origin]);
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    if (path != "/" && !path.empty()) {
      return respond(404, "text/plain", "nothing is served here; JSON-RPC is at /\n");
    }
    switch (request.method()) {
      case http::verb::post:
        return call();
      case http::verb::options:
        return respond(204, {}, {}, preflight_headers());
      case http::verb::get:
        return respond(200, "text/plain", "Cairn: send JSON-RPC by POST\n");
      case http::verb::head:
        return respond(200, "text/plain", {});
      default:
        return respond(405, "text/plain", "use POST\n", "Allow: GET, HEAD, OPTIONS, POST\r\n");
    }
  }

  void call() {
    // Where not every page may call, only a type that makes browsers ask first is taken.
    const std::string_view type(parser_->get()[http::field::content_type].data(),
                                parser_->get()[http::field::content_type].size());
    const std::string_view essence = type.substr(0, type.find_first_of("; "));
    if (!options_.cors.every_origin && !beast::iequals(essence, "application/json")) {
      return respond(415, "text/plain", "send content-type: application/json\n");
    }
    std::string body = std::move(parser_->get().body());
    body.reserve(body.size() + kJsonPadding);
    unlimited();  // the handler bounds its own time
    server_->handler(std::move(body), nullptr, [self = shared_from_this()](std::string text) {
      self->reply(std::move(text));
    });
  }

  // Any thread; on this session's strand already where the handler answers at once.
  void reply(std::string text);

  bool origin_allowed() const {
    const auto& cors = options_.cors;
    return cors.every_origin || std::ranges::find(cors.origins, origin_) != cors.origins.end();
  }

  std::string cors_headers() const {
    if (options_.cors.every_origin) {
      return "Access-Control-Allow-Origin: *\r\n";
    }
    if (origin_.empty() || !origin_allowed()) {
      return "Vary: Origin\r\n";
    }
    return fmt::format("Access-Control-Allow-Origin: {}\r\nVary: Origin\r\n", origin_);
  }

  std::string preflight_headers() const {
    if (!origin_allowed()) {
      return {};
    }
    const auto asked = parser_->get()["Access-Control-Request-Headers"];
    const std::string headers = asked.empty() ? "content-type" : std::string(asked);
    return fmt::format(
        "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
        "Access-Control-Allow-Headers: {}\r\n"
        "Access-Control-Allow-Private-Network: true\r\n"
        "Access-Control-Max-Age: 600\r\n",
        headers);
  }

  void respond(unsigned status, std::string_view type, std::string body,
               std::string_view extra = {}) {
    head_ = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_of(status));
    if (status != 204) {
      fmt::format_to(std::back_inserter(head_), "Content-Type: {}\r\nContent-Length: {}\r\n", type,
                     body.size());
    }
    head_ += cors_headers();
    head_ += extra;
    if (!keep_alive_) {
      head_ += "Connection: close\r\n";
    } else if (http_1_0_) {
      head_ += "Connection: keep-alive\r\n";
    }
    head_ += "\r\n";
    body_ = std::move(body);
    busy(options_.response_seconds);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(socket_, parts, [self = shared_from_this()](error_code error, std::size_t) {
      self->written(error);
    });
  }

  void written(error_code error) {
    body_ = {};
    if (error) {
      return shut();
    }
    keep_alive_ ? next_request() : linger();
  }

  // Answers what cannot be read further and closes once the peer had time to read it.
  void refuse(unsigned status) {
    reading_ = false;
    keep_alive_ = false;
    respond(status, "text/plain", fmt::format("{}\n", reason_of(status)));
  }

  // Closing with unread bytes would reset the connection and take the answer away from the peer.
  void linger() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    busy(kLingerSeconds);
    drain();
  }
  void drain() {
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(kReadSize),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              error ? self->shut() : self->drain();
                            });
  }

  void shut();

  std::shared_ptr<HttpServer::Impl> server_;  // first, because it must outlive the socket
  const ServerOptions& options_;
  tcp::socket socket_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string origin_;
  std::string head_;
  std::string body_;
  bool reading_ = false;
  bool continued_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  std::atomic<std::int64_t> deadline_{0};
  std::atomic<std::int64_t> idle_since_{0};
};

Session::Session(tcp::socket socket, std::shared_ptr<HttpServer::Impl> server)
    : server_(std::move(server)), options_(server_->options), socket_(std::move(socket)) {
  idle();
}

void Session::reply(std::string text) {
  if (server_->stopped) {
    return;
  }
  asio::dispatch(socket_.get_executor(),
                 [self = shared_from_this(), text = std::move(text)]() mutable {
                   const unsigned status = text.empty() ? 204 : 200;
                   self->respond(status, "application/json", std::move(text));
                 });
}

void Session::shut() {
  error_code ignored;
  socket_.close(ignored);
  const std::scoped_lock lock(server_->mutex);
  server_->sessions.erase(shared_from_this());
}

tcp::endpoint endpoint_of(const ServerOptions& options, error_code& error) {
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  return {asio::ip::make_address(host, error), options.port};
}

// As many descriptors as the system grants, and room for the store's files.
std::size_t connections_possible(std::size_t wanted) {
  constexpr rlim_t kForOthers = 512;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return wanted;
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t possible =
      limit.rlim_cur > 2 * kForOthers ? limit.rlim_cur - kForOthers : limit.rlim_cur / 2;
  return std::min<std::size_t>(wanted, possible);
}

}  // namespace

Result<void> HttpServer::Impl::open() {
  error_code error;
  const auto endpoint = endpoint_of(options, error);
  if (error) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is not an IP address to listen on", options.host));
  }
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint, error);
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::conflict,
                fmt::format("port {} is in use by another program: stop it, or choose another with "
                            "--port (0 takes any free one)",
                            options.port));
  }
  if (error) {
    return fail(ErrorCode::io, fmt::format("cannot listen on {}:{}: {}", options.host, options.port,
                                           error.message()));
  }
  options.port = acceptor.local_endpoint().port();
  options.connection_limit = connections_possible(options.connection_limit);
  return {};
}

void HttpServer::Impl::run() {
  accept();
  sweep();
  for (unsigned i = 0; i < options.threads; ++i) {
    threads.emplace_back([this] { io.run(); });
  }
}

void HttpServer::Impl::accept() {
  acceptor.async_accept(asio::make_strand(io),
                        [self = shared_from_this()](error_code error, tcp::socket socket) {
                          if (error == asio::error::operation_aborted) {
                            return;
                          }
                          if (error) {  // out of descriptors: make room, then go on
                            self->close_longest_idle();
                            self->pause.expires_after(std::chrono::milliseconds(20));
                            return self->pause.async_wait([self](error_code stopped_now) {
                              if (!stopped_now) {
                                self->accept();
                              }
                            });
                          }
                          error_code ignored;
                          socket.set_option(tcp::no_delay(true), ignored);
                          socket.non_blocking(true, ignored);
                          const auto session = std::make_shared<Session>(std::move(socket), self);
                          bool full = false;
                          {
                            const std::scoped_lock lock(self->mutex);
                            self->sessions.insert(session);
                            full = self->sessions.size() > self->options.connection_limit;
                          }
                          if (full) {
                            self->close_longest_idle();
                          }
                          session->start();
                          self->accept();
                        });
}

void HttpServer::Impl::close_longest_idle() {
  std::shared_ptr<Session> oldest;
  std::int64_t since = std::numeric_limits<std::int64_t>::max();
  const std::scoped_lock lock(mutex);
  for (const auto& session : sessions) {
    const auto idle = session->idle_since();
    if (idle && *idle < since) {
      since = *idle;
      oldest = session;
    }
  }
  if (oldest) {
    sessions.erase(oldest);
    oldest->close();
  }
}

void HttpServer::Impl::sweep() {
  sweep_timer.expires_after(std::chrono::seconds(1));
  sweep_timer.async_wait([self = shared_from_this()](error_code error) {
    if (error) {
      return;
    }
    const auto now = steady_milliseconds();
    {
      const std::scoped_lock lock(self->mutex);
      for (const auto& session : self->sessions) {
        if (session->expired(now)) {
          session->expire();
        }
      }
    }
    self->sweep();
  });
}

void HttpServer::Impl::stop() {
  if (stopped.exchange(true)) {
    return;
  }
  io.stop();
  for (auto& thread : threads) {
    thread.join();
  }
  // Alone now: close everything and let the operations under way end, which releases the sessions.
  error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  sweep_timer.cancel();
  const auto open_sessions = std::exchange(sessions, {});
  for (const auto& session : open_sessions) {
    session->close();
  }
  io.restart();
  io.poll();
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::listen(ServerOptions options, Handler handler) {
  auto impl = std::make_shared<Impl>(std::move(options), std::move(handler));
  CAIRN_CHECK(impl->open());
  impl->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->options.port; }

std::string HttpServer::url() const {
  const auto& host = impl_->options.host;
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port());
}

std::size_t HttpServer::connections() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->sessions.size();
}

void HttpServer::stop() { impl_->stop(); }

}  // namespace cairn::api
