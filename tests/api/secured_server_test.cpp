// Tokens, TLS, hosts and compressed answers, asked for on the port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "api/http_server.hpp"
#include "tests/api/jwt_token.hpp"
#include "tests/api/tls_client.hpp"
#include "tests/api/websocket_client.hpp"

namespace cairn::api {
namespace {

namespace fs = std::filesystem;
using test::bearer;
using test::post_text;
using test::SocketClient;
using test::TlsClient;
using test::upgrade_text;
using testing::HasSubstr;

constexpr std::uint64_t kNow = 1'700'000'000;  // seconds

void echo(const std::string& body, const std::shared_ptr<Peer>& /*peer*/, const Reply& reply) {
  reply("[" + body + "]");
}

ServerOptions any_port() {
  ServerOptions options;
  options.port = 0;
  return options;
}

std::unique_ptr<HttpServer> serve(ServerOptions options) {
  auto server = HttpServer::listen(std::move(options), echo);
  EXPECT_TRUE(server.has_value());
  return *std::move(server);
}

TEST(HttpHosts, RefusesANameThatSomebodyElseControls) {
  auto options = any_port();
  options.web = {false, {"https://good.example"}, {"localhost"}};
  const auto server = serve(options);
  SocketClient client(server->port());
  EXPECT_EQ(client.post("x"), "[x]");
  std::string text = post_text("x");
  text.replace(text.find("localhost"), 9, "evil.example:8545");
  client.send(text);
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->status, 403);
  EXPECT_EQ(answer->body, "invalid host specified\n");
  client.send("OPTIONS / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 403);
}

TEST(HttpJwt, AsksForATokenInEveryRequest) {
  auto options = any_port();
  options.jwt.emplace();
  options.jwt->bytes.fill(7);
  options.clock = std::make_shared<base::SimulatedClock>(kNow * 1000);
  const auto server = serve(options);
  const auto token = [&](std::string_view claims) {
    return "Authorization: " + bearer(*options.jwt, claims) + "\r\n";
  };
  const std::string good = token(R"({"iat":1700000000})");
  SocketClient client(server->port());
  client.send(post_text("x", good));
  EXPECT_EQ(client.read_answer()->body, "[x]");
  for (const auto& [header, why] :
       {std::pair{std::string(), "missing token\n"},
        std::pair{token(R"({"iat":1699999000})"), "stale token\n"},
        std::pair{token(R"({"iat":1700001000})"), "future token\n"},
        std::pair{"Authorization: " + bearer(JwtSecret{}, R"({"iat":1700000000})") + "\r\n",
                  "signature is invalid\n"}}) {
    client.send(post_text("x", header));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->body, why);
  }
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 401);
  client.send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 204);
  client.send(upgrade_text());
  EXPECT_EQ(client.read_answer()->status, 401);
  test::WebSocketClient socket(server->port(), good);
  EXPECT_EQ(socket.ask("x"), "[x]");
}

std::string unzip(const std::string& text) {
  std::string out(20'000'000, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(HttpGzip, CompressesLargeAnswersForThoseWhoAsk) {
  const auto server = serve(any_port());
  SocketClient client(server->port());
  for (const std::size_t size : {5'000u, 200'000u, 1'000'000u, 5'000'000u}) {
    std::string text;
    while (text.size() < size) {
      text += std::to_string(text.size() * 7919);
    }
    text.resize(size);
    client.send(post_text(text, "Accept-Encoding: gzip, deflate\r\n"));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("content-encoding"), "gzip");
    EXPECT_LT(answer->body.size(), size);
    EXPECT_EQ(unzip(answer->body), "[" + text + "]");
  }
  const std::string large(10'000, 'x');
  EXPECT_EQ(client.post(large), "[" + large + "]");
  client.send(post_text("small", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(client.read_answer()->body, "[small]");
  client.send(post_text(large, "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_FALSE(client.read_answer()->headers.contains("content-encoding"));
}

TEST(HttpGzip, TakesNoCompressedRequests) {
  const auto server = serve(any_port());
  SocketClient client(server->port());
  client.send(post_text("x", "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(client.read_answer()->status, 415);
}

// A key and a certificate that it signed itself, in files.
class Tls : public testing::Test {
 protected:
  Tls() {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    write(files_.certificate, [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
    write_key(key.get(), {});
  }
  ~Tls() override {
    fs::remove(files_.certificate);
    fs::remove(files_.key);
  }

  ServerOptions options() const {
    auto out = any_port();
    out.tls = files_;
    out.request_seconds = 2;
    return out;
  }

  // Encrypted where there is a password.
  void write_key(EVP_PKEY* key, std::string password) const {
    write(files_.key, [&](FILE* file) {
      PEM_write_PKCS8PrivateKey(file, key, password.empty() ? nullptr : EVP_aes_256_cbc(),
                                password.data(), static_cast<int>(password.size()), nullptr,
                                nullptr);
    });
  }

  TlsFiles files_{testing::TempDir() + "cairn-tls-test.crt",
                  testing::TempDir() + "cairn-tls-test.key"};

 private:
  template <class Write>
  static void write(const std::string& path, Write write_pem) {
    FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    write_pem(file);
    std::fclose(file);
  }
};

TEST_F(Tls, AnswersHttpsWithKeepAlive) {
  const auto server = serve(options());
  EXPECT_THAT(server->url(), HasSubstr("https://"));
  TlsClient client(server->port());
  for (const auto* text : {"one", "two", "three"}) {
    client.write(post_text(text));
    EXPECT_THAT(client.read_until(std::string("[") + text + "]"), HasSubstr("HTTP/1.1 200"));
  }
  const std::string large(1'000'000, 'x');
  client.write(post_text(large));
  EXPECT_THAT(client.read_until("x]"), HasSubstr("Content-Length: 1000002"));
}

TEST_F(Tls, AnswersPipelinedRequestsOfOneRecord) {
  const auto server = serve(options());
  TlsClient client(server->port());
  client.write(post_text("one") + post_text("two"));
  EXPECT_THAT(client.read_until("[two]"), HasSubstr("[one]"));
}

TEST_F(Tls, SpeaksWebSocket) {
  const auto server = serve(options());
  TlsClient client(server->port());
  client.write(upgrade_text() + test::frame_text({test::Opcode::text, "early"}));
  EXPECT_THAT(client.read_until("[early]"), HasSubstr("101 Switching Protocols"));
  client.write(test::frame_text({test::Opcode::text, "later"}));
  client.read_until("[later]");
  client.write(test::frame_text({test::Opcode::close, std::string("\x03\xe8", 2)}));
  client.read_until("\x03\xe8");
}

TEST_F(Tls, TellsPlainHttpWhatThePortSpeaks) {
  const auto server = serve(options());
  SocketClient client(server->port());
  client.send(post_text("x"));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("use https or wss"));
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Tls, EndsHandshakesThatAreNoneOrDoNotGoOn) {
  const auto server = serve(options());
  SocketClient broken(server->port());
  broken.send(std::string("\x16\x03\x01\x00\x05hello", 10));
  EXPECT_TRUE(broken.is_closed());
  SocketClient slow(server->port());
  slow.send("\x16");
  EXPECT_TRUE(slow.is_closed());
  TlsClient after(server->port());
  after.write(post_text("alive"));
  after.read_until("[alive]");
}

TEST_F(Tls, SaysWhichFileItCannotRead) {
  auto wrong = options();
  wrong.tls->key = "nowhere.key";
  const auto server = HttpServer::listen(wrong, echo);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("nowhere.key"));
}

// A test that waits here is one that asks for the password at the terminal.
TEST_F(Tls, RefusesAnEncryptedKeyWithoutAsking) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  write_key(key.get(), "a password");
  const auto server = HttpServer::listen(options(), echo);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr(files_.key + "': this key is encrypted: "));
}

}  // namespace
}  // namespace cairn::api
