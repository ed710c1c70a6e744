#include "node/http_client.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <charconv>
#include <mutex>
#include <utility>

#include "base/printable.hpp"

namespace cairn::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

std::unexpected<Error> wrong_url(std::string_view text, std::string_view why) {
  return fail(ErrorCode::invalid_argument, fmt::format("'{}': {}", text, why));
}

std::string base64(std::string_view text) {
  namespace detail = beast::detail::base64;
  std::string out(detail::encoded_size(text.size()), '\0');
  out.resize(detail::encode(out.data(), text.data(), text.size()));
  return out;
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

Error error_of(const error_code& error) {
  if (error == http::error::body_limit) {
    return {ErrorCode::limit, "the answer is too large"};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return {ErrorCode::io, "the connection ended before the answer did"};
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return {ErrorCode::malformed, fmt::format("the answer is not HTTP ({})", error.message())};
  }
  return {ErrorCode::io, error.message()};
}

std::optional<milliseconds> retry_after(const http::response<http::string_body>& response) {
  const std::string_view text = response[http::field::retry_after];
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc{} && end == text.data() + text.size()
             ? std::optional(milliseconds(std::uint64_t{seconds} * 1000))
             : std::nullopt;
}

// Without what is long in the URL that was asked: a key, most likely, which stays in it.
std::string without_keys(std::string_view location, std::string_view target) {
  constexpr std::size_t kShortestKey = 8;
  constexpr std::string_view kCut = "...";
  std::string out(location);
  const auto scheme = out.find("://");
  const auto path = scheme == std::string::npos ? 0 : out.find_first_of("/?", scheme + 3);
  while (!target.empty()) {
    const std::string_view piece = target.substr(0, target.find_first_of("/?&="));
    target.remove_prefix(std::min(target.size(), piece.size() + 1));
    if (piece.size() < kShortestKey) {
      continue;
    }
    for (auto at = out.find(piece, path); at != std::string::npos;
         at = out.find(piece, at + kCut.size())) {
      out.replace(at, piece.size(), kCut);
    }
  }
  return out;
}

// Where a redirect leads; nothing for any other answer.
std::optional<std::string> moved_to(const http::response<http::string_body>& response,
                                    std::string_view target) {
  constexpr std::size_t kShown = 200;
  const std::string_view location = response[http::field::location];
  const unsigned status = response.result_int();
  return status < 300 || status >= 400 || location.empty()
             ? std::nullopt
             : std::optional(base::printable(without_keys(location, target), kShown));
}

// One connection. Its operations run on the thread that waits for them, each until a deadline.
class Connection {
 public:
  Connection(const HttpUrl& url, asio::ssl::context& tls, const std::atomic<bool>& stopped)
      : url_(url), stopped_(stopped), stream_(io_, tls), resolver_(io_) {}

  bool was_used() const { return used_; }

  Result<void> open(SteadyTime deadline) {
    tcp::resolver::results_type found;
    CAIRN_CHECK(wait(deadline, [&](auto done) {
      resolver_.async_resolve(url_.host, url_.port,
                              [&found, done](const error_code& error, const auto& results) {
                                found = results;
                                done(error);
                              });
    }));
    CAIRN_CHECK(wait(deadline, [&](auto done) {
      asio::async_connect(socket(), found,
                          [done](const error_code& error, const auto&) { done(error); });
    }));
    socket().set_option(tcp::no_delay(true));
    return url_.tls ? shake_hands(deadline) : Result<void>{};
  }

  Result<HttpAnswer> exchange(const http::request<http::string_body>& request, std::size_t max_body,
                              SteadyTime deadline) {
    CAIRN_CHECK(wait(deadline, [&](auto done) {
      with_stream([&](auto& stream) {
        http::async_write(stream, request,
                          [done](const error_code& error, std::size_t) { done(error); });
      });
    }));
    http::response_parser<http::string_body> parser;
    parser.body_limit(max_body);
    CAIRN_CHECK(wait(deadline, [&](auto done) {
      with_stream([&](auto& stream) {
        http::async_read(stream, buffer_, parser,
                         [done](const error_code& error, std::size_t) { done(error); });
      });
    }));
    used_ = true;
    keeps_ = parser.get().keep_alive();
    // Not followed: questions, and the headers with them, go to no one who was not named.
    if (const auto moved = moved_to(parser.get(), url_.target)) {
      return fail(ErrorCode::malformed, fmt::format("HTTP {}: it has moved to {}: name that URL",
                                                    parser.get().result_int(), *moved));
    }
    return HttpAnswer{.status = parser.get().result_int(),
                      .body = std::move(parser.get().body()),
                      .retry_after = retry_after(parser.get())};
  }

  bool keeps() const { return keeps_; }

 private:
  tcp::socket& socket() { return stream_.next_layer().socket(); }

  template <class Use>
  void with_stream(Use&& use) {
    if (url_.tls) {
      use(stream_);
    } else {
      use(stream_.next_layer());
    }
  }

  Result<void> shake_hands(SteadyTime deadline) {
    SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str());
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    const auto done = wait(deadline, [&](auto finish) {
      stream_.async_handshake(asio::ssl::stream_base::client,
                              [finish](const error_code& error) { finish(error); });
    });
    if (!done) {
      return fail(done.error().code, "TLS: " + done.error().message);
    }
    return {};
  }

  template <class Start>
  Result<void> wait(SteadyTime deadline, Start&& start) {
    std::optional<error_code> result;
    start([&result](const error_code& error) { result = error; });
    constexpr milliseconds kSlice{50};
    io_.restart();
    while (!result && std::chrono::steady_clock::now() < deadline && !stopped_) {
      io_.run_until(std::min(deadline, std::chrono::steady_clock::now() + kSlice));
    }
    if (!result) {
      resolver_.cancel();
      error_code ignored;
      socket().close(ignored);
      io_.restart();
      io_.run();
      return fail(ErrorCode::io, "no answer in time");
    }
    return *result ? Result<void>(std::unexpected(error_of(*result))) : Result<void>{};
  }

  const HttpUrl& url_;
  const std::atomic<bool>& stopped_;
  asio::io_context io_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  tcp::resolver resolver_;
  beast::flat_buffer buffer_;
  bool used_ = false;
  bool keeps_ = false;
};

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  HttpUrl out;
  std::string_view rest = text;
  const auto scheme_end = rest.find("://");
  if (scheme_end == std::string_view::npos) {
    return wrong_url(text, "want a URL, http://HOST:PORT or https://HOST");
  }
  const std::string_view scheme = rest.substr(0, scheme_end);
  if (scheme == "ws" || scheme == "wss") {
    return wrong_url(text,
                     "WebSocket is not supported for this: use the http:// or https:// URL "
                     "of that node");
  }
  if (scheme != "http" && scheme != "https") {
    return wrong_url(text, "want http:// or https://");
  }
  out.tls = scheme == "https";
  rest.remove_prefix(scheme_end + 3);
  const auto slash = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) {
    const std::string_view target = rest.substr(slash, rest.find('#') - slash);
    out.target = target.starts_with('/') ? std::string(target) : '/' + std::string(target);
  }
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    out.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  std::string_view port = out.tls ? "443" : "80";
  const auto colon = authority.rfind(':');
  const bool in_brackets = authority.find(']') != std::string_view::npos;
  if (colon != std::string_view::npos && (!in_brackets || colon > authority.rfind(']'))) {
    port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  constexpr std::string_view kForbidden = "\r\n \t";
  if (authority.empty() || !is_port(port) || text.find_first_of(kForbidden) != text.npos) {
    return wrong_url(text, "is not a URL");
  }
  out.host = authority;
  out.port = port;
  out.shown = text;
  if (!out.user_info.empty()) {
    out.shown.erase(scheme_end + 3, out.user_info.size() + 1);
  }
  return out;
}

struct HttpClient::Impl {
  HttpUrl url;
  HttpHeaders headers;
  std::size_t max_body = 0;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;

  std::unique_ptr<Connection> take() {
    const std::scoped_lock lock(mutex);
    if (idle.empty()) {
      return nullptr;
    }
    auto out = std::move(idle.back());
    idle.pop_back();
    return out;
  }

  void give_back(std::unique_ptr<Connection> connection) {
    constexpr std::size_t kMostIdle = 16;
    const std::scoped_lock lock(mutex);
    if (connection->keeps() && idle.size() < kMostIdle) {
      idle.push_back(std::move(connection));
    }
  }

  http::request<http::string_body> request_of(std::string body) const {
    http::request<http::string_body> out{http::verb::post, url.target, 11};
    const bool usual_port = url.port == (url.tls ? "443" : "80");
    const std::string host =
        url.host.find(':') != std::string::npos ? '[' + url.host + ']' : url.host;
    out.set(http::field::host, usual_port ? host : fmt::format("{}:{}", host, url.port));
    out.set(http::field::content_type, "application/json");
    out.set(http::field::accept, "application/json");
    out.set(http::field::user_agent, "cairn");
    if (!url.user_info.empty()) {
      out.set(http::field::authorization, "Basic " + base64(url.user_info));
    }
    for (const auto& [name, value] : headers) {
      out.set(name, value);
    }
    out.body() = std::move(body);
    out.prepare_payload();
    return out;
  }

  Result<HttpAnswer> exchange(std::unique_ptr<Connection> connection,
                              const http::request<http::string_body>& request,
                              SteadyTime deadline) {
    CAIRN_TRY(HttpAnswer answer, connection->exchange(request, max_body, deadline));
    give_back(std::move(connection));
    return answer;
  }
};

HttpClient::HttpClient(HttpUrl url, HttpHeaders headers, std::size_t max_body)
    : impl_(std::make_unique<Impl>()) {
  impl_->url = std::move(url);
  impl_->headers = std::move(headers);
  impl_->max_body = max_body;
  error_code ignored;  // without authorities every https server is refused
  impl_->tls.set_default_verify_paths(ignored);
}

HttpClient::~HttpClient() = default;

void HttpClient::stop() { impl_->stopped = true; }

Result<HttpAnswer> HttpClient::post(std::string body, milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const auto request = impl_->request_of(std::move(body));
  // A connection that was idle may have been closed at the other end meanwhile.
  while (auto used = impl_->take()) {
    auto answer = impl_->exchange(std::move(used), request, deadline);
    if (answer || answer.error().code != ErrorCode::io ||
        std::chrono::steady_clock::now() >= deadline) {
      return answer;
    }
  }
  auto fresh = std::make_unique<Connection>(impl_->url, impl_->tls, impl_->stopped);
  CAIRN_CHECK(fresh->open(deadline));
  return impl_->exchange(std::move(fresh), request, deadline);
}

}  // namespace cairn::node
