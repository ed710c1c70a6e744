#include "api/http_server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "api/http_session.hpp"
#include "api/io_threads.hpp"
#include "api/ipc_path.hpp"
#include "api/ipc_session.hpp"
#include "api/stream.hpp"

namespace cairn::api {
namespace {

using asio::ip::tcp;
using Local = asio::local::stream_protocol;

constexpr std::chrono::milliseconds kFarewell{100};

}  // namespace

struct HttpServer::Impl final : SessionOwner {
  Impl(ServerOptions server_options, Handler server_handler)
      : SessionOwner(std::move(server_options), std::move(server_handler)),
        threads(options.threads),
        ipc_acceptor(threads.front().context()),
        ipc_pause(threads.front().context()),
        sweep_timer(threads.front().context()) {}

  Result<void> open();
  Result<void> open_port(const std::string& host);
  Result<void> open_ipc();
  void run();
  void sweep();
  void stop();

  struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io), pause(io) {}
    tcp::acceptor acceptor;
    asio::steady_timer pause;
  };

  IoThreads threads;
  std::shared_ptr<TlsContext> tls;                   // null: plain
  std::vector<std::unique_ptr<Listener>> listeners;  // one an address
  Local::acceptor ipc_acceptor;
  std::optional<IpcPath> ipc_path;
  asio::steady_timer ipc_pause;
  asio::steady_timer sweep_timer;
};

namespace {

tcp::endpoint endpoint_of(const std::string& host, std::uint16_t port, error_code& error) {
  return {asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error), port};
}

// Each address once, under its first name: localhost is 127.0.0.1. What is no address stays.
std::vector<std::string> without_doubles(std::vector<std::string> hosts) {
  std::set<tcp::endpoint> seen;
  std::erase_if(hosts, [&seen](const std::string& host) {
    error_code error;
    const auto endpoint = endpoint_of(host, 0, error);
    return !error && !seen.insert(endpoint).second;
  });
  return hosts;
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

// The first address takes the port that is free; the others take the same one.
Result<void> HttpServer::Impl::open() {
  options.hosts = without_doubles(std::move(options.hosts));
  for (const std::string& host : options.hosts) {
    CAIRN_CHECK(open_port(host));
  }
  options.connection_limit = connections_possible(options.connection_limit);
  if (options.tls) {
    CAIRN_TRY(tls, load_tls(*options.tls));
  }
  return options.ipc_path.empty() ? Result<void>{} : open_ipc();
}

Result<void> HttpServer::Impl::open_port(const std::string& host) {
  error_code error;
  const auto endpoint = endpoint_of(host, options.port, error);
  if (error) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is not an IP address to listen on", host));
  }
  tcp::acceptor& acceptor =
      listeners.emplace_back(std::make_unique<Listener>(threads.front().context()))->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.address().is_v6()) {  // so that 0.0.0.0 may be listened on beside ::
      acceptor.set_option(asio::ip::v6_only(options.hosts.size() > 1));
    }
    acceptor.bind(endpoint, error);
  }
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
    return fail(ErrorCode::io,
                fmt::format("cannot listen on {}:{}: {}", host, options.port, error.message()));
  }
  options.port = acceptor.local_endpoint().port();
  return {};
}

Result<void> HttpServer::Impl::open_ipc() {
  CAIRN_TRY(ipc_path, IpcPath::listen(options.ipc_path));
  ipc_acceptor.assign(Local(), ipc_path->release());
  return {};
}

namespace {

std::shared_ptr<Session> session_of(const std::shared_ptr<HttpServer::Impl>& server, IoThread& home,
                                    tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  return make_http_session(
      server, home,
      server->tls ? Stream(std::move(socket), server->tls) : Stream(std::move(socket)));
}

std::shared_ptr<Session> session_of(const std::shared_ptr<HttpServer::Impl>& server, IoThread& home,
                                    Local::socket socket) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  return make_ipc_session(server, home, Stream(std::move(socket)));
}

void make_room(HttpServer::Impl& server) {
  if (const auto oldest = server.take_longest_idle()) {
    oldest->close();
  }
}

template <class Acceptor>
void accept(const std::shared_ptr<HttpServer::Impl>& server, Acceptor& acceptor,
            asio::steady_timer& pause) {
  IoThread& home = server->threads.next();
  acceptor.async_accept(home.context().get_executor(), [server, &home, &acceptor, &pause](
                                                           error_code error, auto socket) {
    if (error == asio::error::operation_aborted) {
      return;
    }
    if (error) {  // out of descriptors: make room, then go on
      make_room(*server);
      pause.expires_after(std::chrono::milliseconds(20));
      return pause.async_wait([server, &acceptor, &pause](error_code stopped_now) {
        if (!stopped_now) {
          accept(server, acceptor, pause);
        }
      });
    }
    if (server->count() >= server->options.connection_limit) {
      make_room(*server);
    }
    // Where all are at work, the one that comes too many is closed at once.
    if (server->count() < server->options.connection_limit) {
      typename Acceptor::protocol_type::socket plain(std::move(socket));
      const auto session = session_of(server, home, std::move(plain));
      server->add(session);
      session->start();
    }
    accept(server, acceptor, pause);
  });
}

}  // namespace

void HttpServer::Impl::run() {
  const auto self = std::static_pointer_cast<Impl>(shared_from_this());
  for (const auto& listener : listeners) {
    accept(self, listener->acceptor, listener->pause);
  }
  if (ipc_path) {
    accept(self, ipc_acceptor, ipc_pause);
  }
  sweep();
  threads.start();
}

void HttpServer::Impl::sweep() {
  sweep_timer.expires_after(std::chrono::seconds(1));
  sweep_timer.async_wait(
      [self = std::static_pointer_cast<Impl>(shared_from_this())](error_code error) {
        if (!error) {
          self->expire_overdue();
          self->sweep();
        }
      });
}

void HttpServer::Impl::stop() {
  if (stopped.exchange(true)) {
    return;
  }
  threads.stop();
  // Alone now: close everything and let the operations under way end, which releases the sessions.
  error_code ignored;
  for (const auto& listener : listeners) {
    listener->acceptor.close(ignored);
    listener->pause.cancel();
  }
  ipc_acceptor.close(ignored);
  ipc_path.reset();
  ipc_pause.cancel();
  sweep_timer.cancel();
  for (IoThread& one : threads) {
    one.lane().clear();
    one.context().restart();
  }
  auto open_sessions = take_all();
  for (const auto& session : open_sessions) {
    session->say_goodbye();
  }
  const auto until = std::chrono::steady_clock::now() + kFarewell;
  for (IoThread& one : threads) {
    one.context().run_until(until);
    one.context().poll();
  }
  for (const auto& session : open_sessions) {
    session->close();
  }
  for (IoThread& one : threads) {
    one.context().restart();
    one.context().poll();
  }
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

std::string HttpServer::url() const { return urls().front(); }

std::vector<std::string> HttpServer::urls() const {
  std::vector<std::string> out;
  for (const std::string& host : impl_->options.hosts) {
    const bool v6 = host.find(':') != std::string::npos;
    out.push_back(fmt::format("{}://{}{}{}:{}", impl_->tls ? "https" : "http", v6 ? "[" : "", host,
                              v6 ? "]" : "", port()));
  }
  return out;
}

const std::string& HttpServer::ipc_path() const { return impl_->options.ipc_path; }

std::size_t HttpServer::connections() const { return impl_->count(); }

void HttpServer::stop() { impl_->stop(); }

}  // namespace cairn::api
