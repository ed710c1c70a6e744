#include "cli/rpc_client.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

#include "api/jwt.hpp"
#include "cli/serving.hpp"

namespace cairn::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::uint64_t kMaxAnswer = std::uint64_t{64} << 20;  // bytes

struct Place {
  std::string host;
  std::string port;
  std::string target;
};

std::string_view trimmed(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

Result<Place> parse_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} is asked over TLS, which this command does not speak: ask it with "
                            "cast rpc cairn_explainTransaction HASH",
                            url));
  }
  if (!rest.starts_with(kScheme)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is no address of a node like http://127.0.0.1:8545", url));
  }
  rest.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  Place out{.host = {}, .port = "8545", .target = std::string(rest.substr(slash))};
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    out.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  out.host = authority;
  if (out.host.empty() || out.port.empty()) {
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' names no host or no port", url));
  }
  if (out.target.empty()) {
    out.target = "/";
  }
  return out;
}

// One exchange; every step is bounded by the stream's timer.
class Exchange {
 public:
  explicit Exchange(const Place& place) : place_(place) {}

  Result<std::string> post(std::string body, std::string_view authorization) {
    beast::error_code error;
    asio::ip::tcp::resolver resolver(context_);
    const auto endpoints = resolver.resolve(place_.host, place_.port, error);
    if (error) {
      return unreachable(error);
    }
    stream_.expires_after(kPatience);
    stream_.async_connect(endpoints, [&](beast::error_code e, const auto&) { error = e; });
    run();
    if (error) {
      return unreachable(error);
    }
    http::request<http::string_body> request(http::verb::post, place_.target, 11);
    request.set(http::field::host, place_.host);
    request.set(http::field::content_type, "application/json");
    if (!authorization.empty()) {
      request.set(http::field::authorization, {authorization.data(), authorization.size()});
    }
    request.body() = std::move(body);
    request.prepare_payload();
    http::async_write(stream_, request, [&](beast::error_code e, std::size_t) { error = e; });
    run();
    if (!error) {
      parser_.body_limit(kMaxAnswer);
      http::async_read(stream_, buffer_, parser_,
                       [&](beast::error_code e, std::size_t) { error = e; });
      run();
    }
    if (error) {
      return unreachable(error);
    }
    if (parser_.get().result() == http::status::unauthorized) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("the node at http://{}:{} asks for a token: {}; name its secret with "
                              "--authrpc.jwtsecret",
                              place_.host, place_.port, trimmed(parser_.get().body())));
    }
    return std::move(parser_.get().body());
  }

 private:
  void run() {
    context_.restart();
    context_.run();
  }
  std::unexpected<Error> unreachable(const beast::error_code& error) const {
    return fail(ErrorCode::io, fmt::format("no node answers at http://{}:{}: {}", place_.host,
                                           place_.port, error.message()));
  }

  const Place& place_;
  asio::io_context context_;
  beast::tcp_stream stream_{context_};
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

}  // namespace

Result<std::string> ask_node(const std::string& url, std::string_view method,
                             std::string_view params, std::string_view authorization) {
  CAIRN_TRY(const Place place, parse_url(url));
  Exchange exchange(place);
  CAIRN_TRY(const std::string reply,
            exchange.post(fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})",
                                      method, params),
                          authorization));
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(reply).get(document) != simdjson::SUCCESS || !document.is_object()) {
    return fail(ErrorCode::malformed, fmt::format("{} does not answer in JSON-RPC", url));
  }
  std::string_view message;
  if (document["error"]["message"].get(message) == simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, fmt::format("the node at {}: {}", url, message));
  }
  simdjson::dom::element result;
  if (document["result"].get(result) != simdjson::SUCCESS) {
    return fail(ErrorCode::malformed, fmt::format("{} does not answer in JSON-RPC", url));
  }
  return simdjson::minify(result);
}

Result<std::string> url_of_node(const std::string& url, const std::string& datadir) {
  if (!url.empty()) {
    return url;
  }
  const std::filesystem::path path = std::filesystem::path(datadir) / "rpc.url";
  std::ifstream file(path);
  std::string found;
  if (!std::getline(file, found) || found.empty()) {
    return fail(ErrorCode::not_found,
                fmt::format("no node runs in {} ({} is not there): name one with --rpc, or its "
                            "folder with --datadir",
                            datadir, path.string()));
  }
  return found;
}

Result<std::string> authorization_for(const std::string& file, const std::string& datadir,
                                      std::int64_t now) {
  std::string path = file;
  if (path.empty()) {
    std::ifstream named(std::filesystem::path(datadir) / kSecretNameFile);
    std::getline(named, path);
  }
  if (path.empty()) {
    return std::string{};
  }
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return fail(ErrorCode::not_found, fmt::format("no secret is in {}", path));
  }
  CAIRN_TRY(const api::JwtSecret secret, api::load_jwt_secret(path));
  return api::jwt_authorization(secret, now);
}

}  // namespace cairn::cli
