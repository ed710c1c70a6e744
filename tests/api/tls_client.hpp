#pragma once
// A TLS client for tests, which trusts everybody.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cairn::api::test {

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port);  // throws where no connection comes about
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void write(std::string_view bytes);
  // All bytes up to and with `end`; throws where the connection ends before.
  std::string read_until(std::string_view end);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cairn::api::test
