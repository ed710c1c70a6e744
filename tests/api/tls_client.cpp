#include "tests/api/tls_client.hpp"

#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace cairn::api::test {

struct TlsClient::Connection {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  BIO* stream = BIO_new_ssl_connect(context);
  std::string buffer;
  ~Connection() {
    BIO_free_all(stream);
    SSL_CTX_free(context);
  }
};

TlsClient::TlsClient(std::uint16_t port) : connection_(std::make_unique<Connection>()) {
  BIO_set_conn_hostname(connection_->stream, ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_connect(connection_->stream) <= 0) {
    throw std::runtime_error("no TLS connection");
  }
}

TlsClient::~TlsClient() = default;

void TlsClient::write(std::string_view bytes) {
  if (BIO_write(connection_->stream, bytes.data(), static_cast<int>(bytes.size())) !=
      static_cast<int>(bytes.size())) {
    throw std::runtime_error("the server closed the connection");
  }
}

std::string TlsClient::read_until(std::string_view end) {
  auto& buffer = connection_->buffer;
  std::size_t at = 0;
  while ((at = buffer.find(end)) == std::string::npos) {
    std::array<char, 16'384> chunk{};
    const int got = BIO_read(connection_->stream, chunk.data(), chunk.size());
    if (got <= 0) {
      throw std::runtime_error("the connection ended before: " + std::string(end));
    }
    buffer.append(chunk.data(), static_cast<std::size_t>(got));
  }
  std::string out = buffer.substr(0, at + end.size());
  buffer.erase(0, at + end.size());
  return out;
}

}  // namespace cairn::api::test
