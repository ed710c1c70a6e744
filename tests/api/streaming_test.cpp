// Answers that leave while they are made, over each way to a node.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "api/http_server.hpp"
#include "codec/gzip.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/socket_client.hpp"
#include "tests/api/websocket_client.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::post_text;
using test::request;
using test::SocketClient;
using test::WebSocketClient;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Streaming : public testing::Test {
 protected:
  Streaming() : ipc_(std::filesystem::path(testing::TempDir()) / "cairn-streaming-test.ipc") {
    std::filesystem::remove(ipc_);
  }
  ~Streaming() override { std::filesystem::remove(ipc_); }

  HttpServer& serve(const StreamLimits& limits = {}) {
    ServerOptions options;
    options.port = 0;
    options.ipc_path = ipc_;
    options.stream = limits;
    server_ = HttpServer::listen(options, [this](std::string body, auto peer, Reply reply) {
                chain_.dispatcher().handle(std::move(body), std::move(peer), std::move(reply));
              }).value();
    return *server_;
  }
  std::uint16_t port() { return (server_ ? *server_ : serve()).port(); }

  // A loop that logs every step: several MiB for 300,000 gas.
  // The time limit is one that a build with sanitizers keeps to.
  static constexpr std::string_view kPatient = R"({"timeout":"2m"})";
  static std::string trace(std::uint64_t gas, std::string_view options = kPatient,
                           std::string_view id = "1") {
    return request("debug_traceCall",
                   fmt::format(R"([{{"to":"0x000000000000000000000000000000000000aaaa",)"
                               R"("gas":"{:#x}"}},"latest",{}])",
                               gas, options),
                   id);
  }
  static constexpr std::string_view kLoop = "0x5b5f56";  // JUMPDEST PUSH0 JUMP
  void SetUp() override {
    chain_.result("anvil_setCode",
                  fmt::format(R"(["0x000000000000000000000000000000000000aaaa","{}"])", kLoop));
  }

  // What is not sent anywhere is not streamed.
  std::string whole(std::string_view body) { return chain_.ask(body); }

  // Without printing megabytes.
  static void expect_same(std::string_view answer, std::string_view wanted) {
    EXPECT_EQ(answer.size(), wanted.size());
    const auto differ = std::ranges::mismatch(answer, wanted);
    EXPECT_TRUE(answer == wanted) << "from byte " << differ.in1 - answer.begin() << ": "
                                  << std::string(differ.in1, answer.end()).substr(0, 100);
  }
  static std::string ends_of(const std::string& text) {
    return text.substr(0, 100) + text.substr(text.size() - std::min<std::size_t>(text.size(), 100));
  }

  DevChain chain_;
  std::filesystem::path ipc_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Streaming, OverHttpIsTheSameAnswerInChunks) {
  SocketClient client(port());
  client.send(post_text(trace(300'000)));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->headers.at("transfer-encoding"), "chunked");
  EXPECT_GT(answer->body.size(), std::size_t{2} << 20);
  expect_same(answer->body, whole(trace(300'000)));
  EXPECT_THAT(client.post(request("eth_chainId", "[]")), HasSubstr("0x7a69"));
}

TEST_F(Streaming, WhatIsShortHasALength) {
  SocketClient client(port());
  client.send(post_text(trace(22'000)));
  EXPECT_EQ(client.read_answer()->headers.count("content-length"), 1);
}

TEST_F(Streaming, IsCompressedWhenAsked) {
  SocketClient client(port());
  client.send(post_text(trace(300'000), "Accept-Encoding: gzip\r\n"));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->headers.at("content-encoding"), "gzip");
  const Bytes zipped(answer->body.begin(), answer->body.end());
  expect_same(codec::gunzip(zipped, 1 << 26).value(), whole(trace(300'000)));
}

TEST_F(Streaming, EndsWithTheConnectionInHttp10) {
  SocketClient client(port());
  const std::string body = trace(300'000);
  client.send(
      fmt::format("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Connection: keep-alive\r\nContent-Length: {}\r\n\r\n{}",
                  body.size(), body));
  const std::string text = client.read_rest();
  EXPECT_THAT(text.substr(0, 500), HasSubstr("Connection: close\r\n"));
  expect_same(text.substr(text.find("\r\n\r\n") + 4), whole(body));
}

TEST_F(Streaming, IsOneMessageOfAWebSocket) {
  WebSocketClient client(port());
  client.send(trace(300'000));
  client.send(request("eth_chainId", "[]", "2"));
  std::string text;
  std::string other;
  for (bool whole_message = false; !whole_message;) {
    const auto frame = client.read();
    ASSERT_TRUE(frame);
    if (frame->fin && frame->opcode == test::Opcode::text) {
      other = frame->payload;  // it was quicker
      continue;
    }
    text += frame->payload;
    whole_message = frame->fin;
  }
  expect_same(text, whole(trace(300'000)));
  EXPECT_THAT(other.empty() ? client.read_text() : other, HasSubstr("0x7a69"));
}

TEST_F(Streaming, IsALineOnIpc) {
  serve();
  SocketClient client(ipc_.string());
  client.send(trace(300'000));
  client.shut_down_sending();
  expect_same(client.read_line().value(), whole(trace(300'000)) + "\n");
}

TEST_F(Streaming, KeepsTheOrderOfABatch) {
  const std::string batch = "[" + request("eth_chainId", "[]", "1") + "," +
                            trace(300'000, kPatient, "2") + "," + request("nothing", "[]", "3") +
                            "," + trace(200'000, kPatient, "4") + "," +
                            trace(22'000, kPatient, "5") + "]";
  const std::string answer = SocketClient(port()).post(batch);
  EXPECT_THAT(ends_of(answer),
              StartsWith(R"([{"jsonrpc":"2.0","id":1,"result":"0x7a69"},{"jsonrpc")"));
  expect_same(answer, whole(batch));
}

TEST_F(Streaming, EndsAnAnswerThatFailsOnItsWayWithTheError) {
  const std::string answer = SocketClient(port()).post(trace(40'000'000, R"({"timeout":"30ms"})"));
  EXPECT_THAT(ends_of(answer),
              StartsWith(R"({"jsonrpc":"2.0","id":1,"result":{"structLogs":[{"pc":0,)"));
  EXPECT_THAT(ends_of(answer),
              EndsWith(R"(]},"error":{"code":-32000,"message":"execution timeout"}})"));
}

// Calls another account until its gas is gone: about a kilobyte of a trace for 300 gas.
class ParityStreaming : public Streaming {
 protected:
  static constexpr std::string_view kCalls = "0x5b5f5f5f5f5f60aa5af1505f56";

  void SetUp() override {
    chain_.result("anvil_setCode", fmt::format(R"(["{}","{}"])", kTarget, kCalls));
    hash_ = chain_.result(
        "eth_sendTransaction",
        fmt::format(R"([{{"from":"{}","to":"{}","gas":"0x493e0"}}])", chain_.account(0), kTarget));
  }
  std::string call(std::string_view kinds) const {
    return fmt::format(R"({{"to":"{}","gas":"0x493e0"}},[{}],"latest")", kTarget, kinds);
  }

  static constexpr std::string_view kTarget = "0x000000000000000000000000000000000000bbbb";
  std::string hash_;
};

TEST_F(ParityStreaming, AnswersAreTheSameInChunks) {
  const std::vector<std::pair<std::string_view, std::string>> questions{
      {"trace_block", R"("latest")"},
      {"trace_transaction", hash_},
      {"trace_filter", R"({"fromBlock":"0x0"})"},
      {"trace_replayTransaction", hash_ + R"(,["trace","vmTrace"])"},
      {"trace_replayBlockTransactions", R"("latest",["trace","stateDiff"])"},
      {"trace_call", call(R"("trace")")},
      {"trace_callMany", fmt::format(R"([[{{"to":"{0}","gas":"0x493e0"}},["trace"]],)"
                                     R"([{{"to":"{0}","gas":"0x186a0"}},["vmTrace"]]])",
                                     kTarget)}};
  SocketClient client(port());
  for (const auto& [method, params] : questions) {
    const std::string body = request(method, "[" + params + "]");
    client.send(post_text(body));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer->headers.contains("transfer-encoding")) << method << ends_of(answer->body);
    EXPECT_GT(answer->body.size(), std::size_t{1} << 18) << method;
    EXPECT_THAT(ends_of(answer->body), Not(HasSubstr("error\":{\"code"))) << method;
    expect_same(answer->body, whole(body));
  }
}

TEST_F(ParityStreaming, ACallThatIsRefusedComesAfterWhatWasSent) {
  const std::string refused = R"({"from":"0x00000000000000000000000000000000000000cc",)"
                              R"("to":"0x00000000000000000000000000000000000000cc","value":"0x1"})";
  const std::string answer = SocketClient(port()).post(
      request("trace_callMany", fmt::format(R"([[[{{"to":"{}","gas":"0x493e0"}},["trace"]],)"
                                            R"([{},["trace"]]]])",
                                            kTarget, refused)));
  EXPECT_THAT(ends_of(answer),
              StartsWith(R"({"jsonrpc":"2.0","id":1,"result":[{"output":"0x","stateDiff":null,)"));
  EXPECT_THAT(ends_of(answer), EndsWith(R"(have 0 want 1"}})"));
  EXPECT_TRUE(answer.contains(R"(],"error":{"code":)"));
}

TEST_F(Streaming, ASlowReaderLosesNoTimeOfItsTrace) {
  SocketClient client(port());
  client.send(post_text(trace(2'000'000, R"({"timeout":"2s"})")));
  std::this_thread::sleep_for(std::chrono::milliseconds(2'500));
  EXPECT_THAT(ends_of(client.read_answer()->body), EndsWith("\"}}"));
}

TEST_F(Streaming, AReaderThatIsTooSlowLosesItsConnectionAndNobodyElseDoes) {
  serve({.patience = std::chrono::seconds(0), .bytes_a_second = std::size_t{1} << 40});
  SocketClient slow(port());
  slow.send(post_text(trace(30'000'000)));
  EXPECT_TRUE(slow.is_closed());
  EXPECT_THAT(SocketClient(port()).post(request("eth_chainId", "[]")), HasSubstr("0x7a69"));
}

TEST_F(Streaming, AReaderThatLeavesEndsTheTrace) {
  for (int i = 0; i < 20; ++i) {  // more than there are workers
    SocketClient client(port());
    client.send(post_text(trace(40'000'000, R"({"timeout":"1h"})")));
    client.read_bytes(1'000);
  }
  EXPECT_THAT(SocketClient(port()).post(trace(22'000)), HasSubstr("structLogs"));
}

TEST_F(Streaming, TheServerStopsWhileReadersStall) {
  WebSocketClient web(port());
  web.send(trace(40'000'000));
  SocketClient http(port());
  http.send(post_text(trace(40'000'000)));
  SocketClient ipc(ipc_.string());
  ipc.send(trace(40'000'000));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server_->stop();
  EXPECT_THAT(whole(trace(22'000)), HasSubstr("structLogs"));
}

}  // namespace
}  // namespace cairn::api
