#include "api/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "tests/api/long_work.hpp"
#include "tests/api/socket_client.hpp"

namespace cairn::api {
namespace {

using test::post_text;
using test::SocketClient;
using testing::HasSubstr;

// Answers every body with itself in brackets.
void echo(const std::string& body, const std::shared_ptr<Peer>& /*peer*/, const Reply& reply) {
  reply("[" + body + "]");
}

ServerOptions any_port() {
  ServerOptions options;
  options.port = 0;
  return options;
}

std::unique_ptr<HttpServer> serve(ServerOptions options = any_port(), Handler handler = echo) {
  auto server = HttpServer::listen(std::move(options), std::move(handler));
  EXPECT_TRUE(server.has_value());
  return *std::move(server);
}

TEST(HttpServer, AnswersAPostedBody) {
  const auto server = serve();
  SocketClient client(server->port());
  ASSERT_TRUE(client.send(post_text("hello")));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "[hello]");
  EXPECT_EQ(answer->headers.at("content-type"), "application/json");
}

TEST(HttpServer, KeepsAConnectionForManyRequests) {
  const auto server = serve();
  SocketClient client(server->port());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client.post(std::to_string(i)), "[" + std::to_string(i) + "]");
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const auto server = serve();
  SocketClient client(server->port());
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += post_text(std::to_string(i));
  }
  ASSERT_TRUE(client.send(text));
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "[" + std::to_string(i) + "]");
  }
}

TEST(HttpServer, AnswersOthersWhileItsOnlyThreadIsAtWork) {
  test::LongWork work;
  const auto server = serve(test::one_thread(), work.handler());
  SocketClient waiting(server->port());
  ASSERT_TRUE(waiting.send(post_text("long") + post_text("next")));
  SocketClient other(server->port());
  EXPECT_EQ(other.post("short"), "[short]");
  EXPECT_EQ(SocketClient(server->port()).post("new"), "[new]");
  work.let_go();
  EXPECT_EQ(waiting.read_answer()->body, "[long]");
  EXPECT_EQ(waiting.read_answer()->body, "[next]");
  EXPECT_EQ(other.post("again"), "[again]");
}

TEST(HttpServer, TakesARequestByteByByte) {
  const auto server = serve();
  SocketClient client(server->port());
  for (const char c : post_text("slow")) {
    ASSERT_TRUE(client.send({&c, 1}));
  }
  EXPECT_EQ(client.read_answer()->body, "[slow]");
}

TEST(HttpServer, TakesAChunkedBody) {
  const auto server = serve();
  SocketClient client(server->port());
  ASSERT_TRUE(
      client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->body, "[abcde]");
}

TEST(HttpServer, TellsAClientThatAsksToGoOn) {
  const auto server = serve();
  SocketClient client(server->port());
  ASSERT_TRUE(
      client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                  "Content-Length: 2\r\n\r\n"));
  EXPECT_EQ(client.read_answer(false)->status, 100);
  ASSERT_TRUE(client.send("ok"));
  EXPECT_EQ(client.read_answer()->body, "[ok]");
}

TEST(HttpServer, AnswersGetAndHeadOnTheRoot) {
  const auto server = serve();
  SocketClient client(server->port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->status, 200);
  ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.read_answer(false)->status, 200);
}

TEST(HttpServer, RefusesOtherPathsAndVerbs) {
  const auto server = serve();
  SocketClient client(server->port());
  ASSERT_TRUE(client.send("GET /secret HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->status, 404);
  ASSERT_TRUE(client.send("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->status, 405);
}

TEST(HttpServer, ClosesAfterAnHttp10RequestUnlessAskedToKeep) {
  const auto server = serve();
  SocketClient once(server->port());
  ASSERT_TRUE(once.send("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(once.read_answer()->status, 200);
  EXPECT_TRUE(once.is_closed());
  SocketClient kept(server->port());
  ASSERT_TRUE(kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(kept.read_answer()->headers.at("connection"), "keep-alive");
  EXPECT_EQ(kept.post("x"), "[x]");
}

TEST(HttpServer, RefusesABodyAboveTheLimit) {
  auto options = any_port();
  options.body_limit = 1'000;
  const auto server = serve(options);
  SocketClient announced(server->port());
  announced.send(post_text(std::string(1'001, 'x')));
  const auto refusal = announced.read_answer();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 413);
  EXPECT_EQ(refusal->body, "the request is larger than 1000 bytes, the limit here\n");
  EXPECT_TRUE(announced.is_closed());
  SocketClient chunked(server->port());
  chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1'001, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read_answer()->status, 413);
  SocketClient fits(server->port());
  EXPECT_EQ(fits.post(std::string(1'000, 'x')).size(), 1'002u);
}

TEST(HttpServer, ReadsOnAfterA413SoThatTheClientSeesIt) {
  const auto server = serve();
  SocketClient client(server->port());
  client.send(post_text(std::string(8'000'000, 'x')));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST(HttpServer, RefusesHeadersAboveTheLimit) {
  const auto server = serve();
  SocketClient client(server->port());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'y') + "\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 431);
}

TEST(HttpServer, ClosesOnWhatIsNotHttp) {
  const auto server = serve();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string(500, '\0'),
        std::string("\r\n\r\nnothing\r\n\r\n"), std::string("POST / HTTP/9.9\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")}) {
    SocketClient client(server->port());
    client.send(bytes);
    const auto answer = client.read_answer();
    EXPECT_TRUE(!answer || answer->status == 400) << bytes;
    EXPECT_TRUE(client.is_closed());
  }
  SocketClient after(server->port());
  EXPECT_EQ(after.post("alive"), "[alive]");
}

TEST(HttpServer, GivesUpOnHalfARequest) {
  auto options = any_port();
  options.request_seconds = 1;
  const auto server = serve(options);
  SocketClient client(server->port());
  client.send("POST / HTTP/1.1\r\nContent-Le");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, ClosesWhatIdlesTooLong) {
  auto options = any_port();
  options.idle_seconds = 1;
  const auto server = serve(options);
  SocketClient client(server->port());
  EXPECT_EQ(client.post("x"), "[x]");
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, KeepsServingBesideThousandsOfIdleConnections) {
  const auto server = serve();
  std::vector<SocketClient> idle;
  for (int i = 0; i < 3'000; ++i) {
    idle.emplace_back(server->port());
  }
  SocketClient client(server->port());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client.post("x"), "[x]");
  }
  EXPECT_EQ(idle.front().post("first"), "[first]");
}

TEST(HttpServer, ClosesTheLongestIdleConnectionWhenThereAreTooMany) {
  auto options = any_port();
  options.connection_limit = 10;
  const auto server = serve(options);
  std::vector<SocketClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(server->port());
    EXPECT_EQ(clients.back().post("x"), "[x]");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  SocketClient newest(server->port());
  EXPECT_EQ(newest.post("new"), "[new]");
  EXPECT_TRUE(clients.front().is_closed());
  EXPECT_EQ(clients.back().post("still"), "[still]");
}

TEST(HttpServer, SendsAnAnswerThatComesFromAnotherThread) {
  std::vector<std::jthread> threads;
  std::mutex mutex;
  const auto server = serve(any_port(), [&](std::string body, auto, Reply reply) {
    const std::scoped_lock lock(mutex);
    threads.emplace_back([body = std::move(body), reply = std::move(reply)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      reply(body);
    });
  });
  SocketClient client(server->port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.post(std::to_string(i)), std::to_string(i));
  }
}

TEST(HttpServer, AnswersNotificationsWithoutABody) {
  const auto server =
      serve(any_port(), [](const std::string&, auto, const Reply& reply) { reply({}); });
  SocketClient client(server->port());
  client.send(post_text("x"));
  EXPECT_EQ(client.read_answer()->status, 204);
}

TEST(HttpServer, LetsEveryPageReadByDefault) {
  const auto server = serve();
  SocketClient client(server->port());
  client.send(post_text("x", "Origin: https://app.example\r\n"));
  EXPECT_EQ(client.read_answer()->headers.at("access-control-allow-origin"), "*");
  client.send(
      "OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
      "Access-Control-Request-Method: POST\r\n"
      "Access-Control-Request-Headers: content-type,x-custom\r\n\r\n");
  const auto preflight = client.read_answer();
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->headers.at("access-control-allow-headers"), "content-type,x-custom");
  EXPECT_THAT(preflight->headers.at("access-control-allow-methods"), HasSubstr("POST"));
}

TEST(HttpServer, LetsOnlyNamedPagesReadWhereTheyAreNamed) {
  auto options = any_port();
  options.web = {false, {"https://good.example"}};
  const auto server = serve(options);
  SocketClient client(server->port());
  client.send(post_text("x", "Origin: https://good.example\r\n"));
  EXPECT_EQ(client.read_answer()->headers.at("access-control-allow-origin"),
            "https://good.example");
  client.send(post_text("x", "Origin: https://bad.example\r\n"));
  EXPECT_FALSE(client.read_answer()->headers.contains("access-control-allow-origin"));
  client.send("OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: https://bad.example\r\n\r\n");
  EXPECT_FALSE(client.read_answer()->headers.contains("access-control-allow-methods"));
  // A page can send text/plain without asking first, so that is not taken.
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(client.read_answer()->status, 415);
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\n"
      "Content-Length: 1\r\n\r\nx");
  EXPECT_EQ(client.read_answer()->status, 200);
}

TEST(HttpServer, SaysWhatToDoWhenThePortIsTaken) {
  const auto server = serve();
  auto options = any_port();
  options.port = server->port();
  const auto second = HttpServer::listen(options, echo);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("--port"));
}

TEST(HttpServer, ListensOnceOnAnAddressThatIsNamedTwice) {
  auto options = any_port();
  options.hosts = {"127.0.0.1", "127.0.0.2", "127.0.0.1", "localhost"};
  const auto server = HttpServer::listen(options, echo);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_THAT((*server)->urls(), testing::ElementsAre(testing::HasSubstr("//127.0.0.1:"),
                                                      testing::HasSubstr("//127.0.0.2:")));
}

TEST(HttpServer, NamesAnAddressThatIsNone) {
  auto options = any_port();
  options.hosts = {"nowhere"};
  const auto server = HttpServer::listen(options, echo);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("nowhere"));
}

TEST(HttpServer, StopsWithOpenConnectionsAndBeforeLateReplies) {
  Reply late;
  std::promise<void> arrived;
  auto server = serve(any_port(), [&](const std::string&, auto, Reply reply) {
    late = std::move(reply);
    arrived.set_value();
  });
  SocketClient waiting(server->port());
  SocketClient idle(server->port());
  waiting.send(post_text("x"));
  arrived.get_future().wait();
  server->stop();
  server.reset();
  late("too late");
  EXPECT_TRUE(idle.is_closed());
}

}  // namespace
}  // namespace cairn::api
