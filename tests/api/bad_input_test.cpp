// Any bytes on the port: an error by the contract or a closed connection, and the node lives on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "api/http_server.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/socket_client.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using test::post_text;
using test::request;
using test::SocketClient;
using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  BadInput()
      : server_(HttpServer::listen(options(), [this](std::string body, auto peer, Reply reply) {
                  chain_.dispatcher().handle(std::move(body), std::move(peer), std::move(reply));
                }).value()) {}
  ~BadInput() override { server_->stop(); }

  static ServerOptions options() {
    ServerOptions out;
    out.port = 0;
    out.request_seconds = 2;
    return out;
  }

  std::string post(std::string_view body) { return SocketClient(server_->port()).post(body); }
  void expect_alive() { EXPECT_THAT(post(request("eth_chainId", "[]")), HasSubstr("0x7a69")); }

  DevChain chain_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(BadInput, RandomBytesNeverStopTheNode) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 2'000, '\0');
    std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
    SocketClient client(server_->port());
    client.send(round % 2 == 0 ? bytes : post_text(bytes));
    client.shut_down_sending();
    EXPECT_TRUE(client.is_closed());
  }
  expect_alive();
}

// Valid requests with bytes changed: each gets an answer that is JSON.
TEST_F(BadInput, SpoiledRequestsGetAnErrorByTheContract) {
  const std::vector<std::string> good{
      request("eth_getBalance", fmt::format(R"(["{}","latest"])", chain_.account(0))),
      request("eth_getLogs", R"([{"fromBlock":"0x0","toBlock":"latest","topics":[null,[]]}])"),
      request("eth_call", R"([{"to":"0x00000000000000000000000000000000000000aa"},"latest"])"),
      request("eth_feeHistory", R"(["0x5","latest",[10,50.5]])"),
      "[" + request("eth_blockNumber", "[]") + "," + request("evm_mine", "[]") + "]"};
  std::mt19937_64 random(11);
  SocketClient client(server_->port());
  for (int round = 0; round < 3'000; ++round) {
    std::string text = good[random() % good.size()];
    for (std::uint64_t changes = random() % 4; changes > 0; --changes) {
      text[random() % text.size()] = "{}[],:\"0x9fa\\ \x80"[random() % 15];
    }
    client.send(post_text(text));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << text;
    if (answer->status == 204) {
      continue;  // it became a notification
    }
    EXPECT_EQ(answer->status, 200);
    EXPECT_NO_THROW(member(answer->body, "id")) << answer->body;
  }
  expect_alive();
}

TEST_F(BadInput, HugeBodiesAreRefused) {
  SocketClient client(server_->port());
  client.send(post_text(std::string(6'000'000, ' ')));
  EXPECT_EQ(client.read_answer()->status, 413);
  expect_alive();
}

TEST_F(BadInput, DeepNestingIsRefused) {
  EXPECT_THAT(post(std::string(2'000'000, '[')), HasSubstr("-32700"));
  EXPECT_THAT(post(request("eth_call", std::string(1'000, '[') + std::string(1'000, ']'))),
              HasSubstr("-32700"));
  expect_alive();
}

TEST_F(BadInput, TextThatIsNotUtf8IsRefused) {
  EXPECT_THAT(post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xff\"}"), HasSubstr("-32700"));
  expect_alive();
}

TEST_F(BadInput, LongNamesAreNotRepeatedWhole) {
  const std::string answer = post(request(std::string(1'000'000, 'x'), "[]"));
  EXPECT_THAT(answer, HasSubstr("-32601"));
  EXPECT_LT(answer.size(), 1'000u);
}

TEST_F(BadInput, HalfRequestsDoNotHoldUpOthers) {
  std::vector<SocketClient> half;
  for (int i = 0; i < 500; ++i) {
    half.emplace_back(server_->port());
    half.back().send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{\"json");
  }
  expect_alive();
  EXPECT_TRUE(half.front().is_quiet());  // still waited for
  EXPECT_TRUE(half.front().is_closed());
}

TEST_F(BadInput, ClientsThatLeaveBeforeTheAnswerDoNoHarm) {
  for (int i = 0; i < 200; ++i) {
    SocketClient client(server_->port());
    client.send(post_text(request("eth_getBlockByNumber", R"(["latest",true])")));
  }
  expect_alive();
}

// Calls that use all their gas fill every worker; what is brief is answered meanwhile.
TEST_F(BadInput, LengthyCallsDoNotHoldUpBriefOnes) {
  const std::string to = chain_.deploy("0x5b5f56");  // a loop without end
  std::vector<SocketClient> busy;
  for (int i = 0; i < 8; ++i) {
    busy.emplace_back(server_->port());
    busy.back().send(post_text(request("eth_call", R"([{"to":)" + to + "}]")));
  }
  SocketClient(server_->port()).post(request("eth_blockNumber", "[]"));
  EXPECT_TRUE(std::ranges::any_of(busy, &SocketClient::is_quiet));
  for (auto& one : busy) {
    EXPECT_THAT(one.read_answer()->body, HasSubstr("out of gas"));
  }
}

}  // namespace
}  // namespace cairn::api
