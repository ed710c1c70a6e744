// JSON-RPC on a Unix socket, as geth's IPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "api/http_server.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/socket_client.hpp"

namespace cairn::api {
namespace {

namespace fs = std::filesystem;
using test::DevChain;
using test::member;
using test::request;
using test::SocketClient;
using testing::HasSubstr;

class Ipc : public testing::Test {
 protected:
  Ipc() : path_(fs::path(testing::TempDir()) / "cairn-ipc-test.ipc") {
    fs::remove(path_);
    server_ = serve().value();
  }
  ~Ipc() override {
    server_->stop();
    fs::remove(path_);
  }

  Result<std::unique_ptr<HttpServer>> serve() {
    ServerOptions options;
    options.port = 0;
    options.ipc_path = path_;
    return HttpServer::listen(options, [this](std::string body, auto peer, Reply reply) {
      {
        const std::scoped_lock lock(mutex_);
        peer_ = peer;
      }
      chain_.dispatcher().handle(std::move(body), std::move(peer), std::move(reply));
    });
  }
  std::shared_ptr<Peer> last_peer() {
    const std::scoped_lock lock(mutex_);
    return peer_.lock();
  }
  SocketClient connect() const { return SocketClient(path_.string()); }
  void expect_alive() const {
    auto client = connect();
    client.send(request("eth_chainId", "[]"));
    EXPECT_THAT(client.read_line().value(), HasSubstr("0x7a69"));
  }

  fs::path path_;
  DevChain chain_;
  std::mutex mutex_;  // guards the next
  std::weak_ptr<Peer> peer_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Ipc, AnswersEachValueWithALine) {
  auto client = connect();
  client.send(request("eth_chainId", "[]", "1") + "\n" + request("eth_chainId", "[]", "2") +
              request("eth_chainId", "[]", "3"));
  for (int id = 1; id <= 3; ++id) {
    const auto line = client.read_line();
    ASSERT_TRUE(line);
    EXPECT_EQ(*line,
              "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"result\":\"0x7a69\"}\n");
  }
}

TEST_F(Ipc, AnswersBatches) {
  auto client = connect();
  client.send("[" + request("eth_chainId", "[]") + "," + request("net_version", "[]", "2") + "]");
  EXPECT_EQ(client.read_line().value(),
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x7a69\"},"
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"31337\"}]\n");
}

TEST_F(Ipc, TakesARequestByteByByte) {
  auto client = connect();
  for (const char c : request("eth_chainId", "[]")) {
    ASSERT_TRUE(client.send({&c, 1}));
  }
  EXPECT_THAT(client.read_line().value(), HasSubstr("0x7a69"));
}

TEST_F(Ipc, AnswersWhatWasAskedBeforeTheClientStoppedSending) {
  auto client = connect();
  client.send(request("eth_chainId", "[]") + "[" + request("eth_chainId", "[]") + "]");
  client.shut_down_sending();
  EXPECT_THAT(client.read_line().value() + client.read_line().value(), HasSubstr("[{"));
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Ipc, PushesBehindTheReply) {
  auto client = connect();
  client.send(request("eth_chainId", "[]"));
  client.read_line();
  const auto peer = last_peer();
  ASSERT_TRUE(peer);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(peer->push(std::make_shared<const std::string>("{\"n\":"),
                           std::make_shared<const std::string>(std::to_string(i) + "}")));
  }
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(client.read_line().value(), "{\"n\":" + std::to_string(i) + "}\n");
  }
}

TEST_F(Ipc, DropsASlowReader) {
  auto client = connect();
  client.send(request("eth_chainId", "[]"));
  client.read_line();
  const auto peer = last_peer();
  const auto text = std::make_shared<const std::string>(10'000, 'x');
  while (peer->push(text, text)) {
  }
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Ipc, EndsOnWhatIsNoRequest) {
  for (const auto* text : {"GET / HTTP/1.1\r\n\r\n", "1", "}", "\"x\"", "\x16\x03\x01"}) {
    auto client = connect();
    client.send(text);
    EXPECT_THAT(client.read_line().value(), HasSubstr("-32700"));
    EXPECT_TRUE(client.is_closed());
  }
  expect_alive();
}

TEST_F(Ipc, SaysWhatIsWrongInsideAValueAndGoesOn) {
  auto client = connect();
  client.send("{\"jsonrpc\"}{}" + request("eth_chainId", "[]"));
  EXPECT_THAT(client.read_line().value(), HasSubstr("-32700"));
  EXPECT_THAT(client.read_line().value(), HasSubstr("-32600"));
  EXPECT_THAT(client.read_line().value(), HasSubstr("0x7a69"));
}

TEST_F(Ipc, EndsOnARequestAboveTheLimit) {
  auto client = connect();
  client.send("[" + std::string(6'000'000, '0'));
  EXPECT_THAT(client.read_line().value_or(""), HasSubstr("too large"));
  EXPECT_TRUE(client.is_closed());
  expect_alive();
}

TEST_F(Ipc, RandomBytesNeverStopTheNode) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 2'000, '\0');
    std::ranges::generate(bytes, [&] { return "{}[],:\"\\0x1a \n\x80"[random() % 15]; });
    auto client = connect();
    client.send(bytes);
    client.shut_down_sending();
    EXPECT_TRUE(client.is_closed());
  }
  expect_alive();
}

TEST_F(Ipc, LetsOnlyTheOwnerIn) {
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Ipc, RefusesASocketThatIsAlive) {
  const auto second = serve();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another program listens"));
  expect_alive();
}

TEST_F(Ipc, ReplacesASocketThatIsDeadAndCleansUp) {
  server_->stop();
  EXPECT_FALSE(fs::exists(path_));
  {  // As a program that was killed leaves it.
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_.native(), address.sun_path);
    ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(dead);
  }
  EXPECT_TRUE(fs::exists(path_));
  server_ = serve().value();
  expect_alive();
}

TEST_F(Ipc, LeavesAFileAlone) {
  server_->stop();
  std::ofstream(path_) << "precious";
  const auto refused = serve();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is no socket"));
  EXPECT_EQ(fs::file_size(path_), 8u);
}

TEST(IpcPath, SaysThatItIsTooLong) {
  ServerOptions options;
  options.port = 0;
  options.ipc_path = "/tmp/" + std::string(200, 'x');
  const auto refused = HttpServer::listen(options, [](auto, auto, auto) {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("longer than 107 bytes"));
}

}  // namespace
}  // namespace cairn::api
