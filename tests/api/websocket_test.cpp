// WebSocket on the port of HTTP, with a client of bare sockets.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "api/http_server.hpp"
#include "tests/api/long_work.hpp"
#include "tests/api/websocket_client.hpp"

namespace cairn::api {
namespace {

using test::Frame;
using test::frame_text;
using test::Opcode;
using test::SocketClient;
using test::upgrade_text;
using test::WebSocketClient;
using testing::HasSubstr;

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

// A handler that keeps the last peer that asked.
struct PeerKeeper {
  Handler handler() {
    return [this](const std::string& body, const std::shared_ptr<Peer>& asker, const Reply& reply) {
      {
        const std::scoped_lock lock(mutex);
        peer = asker;
      }
      reply("[" + body + "]");
    };
  }
  bool push(const std::string& text) {
    const auto held = last().lock();
    return held && held->push(std::make_shared<const std::string>("push:"),
                              std::make_shared<const std::string>(text));
  }
  std::weak_ptr<Peer> last() {
    const std::scoped_lock lock(mutex);
    return peer;
  }
  std::mutex mutex;
  std::weak_ptr<Peer> peer;
};

int status_of_upgrade(std::uint16_t port, std::string_view extra) {
  SocketClient client(port);
  client.send(upgrade_text(extra));
  return client.read_answer(false)->status;
}

TEST(WebSocket, AnswersLaterMessagesWhileItsOnlyThreadIsAtWork) {
  test::LongWork work;
  const auto server = serve(test::one_thread(), work.handler());
  WebSocketClient client(server->port());
  client.send(Frame{Opcode::text, "long"});
  EXPECT_EQ(client.ask("short"), "[short]");
  EXPECT_EQ(client.ask("another"), "[another]");
  work.let_go();
  EXPECT_EQ(client.read()->payload, "[long]");
  EXPECT_EQ(client.ask("next"), "[next]");
}

TEST(WebSocket, AnswersTextAndBinaryMessagesInText) {
  const auto server = serve();
  WebSocketClient client(server->port());
  EXPECT_EQ(client.ask("hello"), "[hello]");
  client.send(Frame{Opcode::binary, "bytes"});
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->opcode, Opcode::text);
  EXPECT_EQ(answer->payload, "[bytes]");
}

TEST(WebSocket, SharesThePortWithHttp) {
  const auto server = serve();
  WebSocketClient client(server->port());
  SocketClient http(server->port());
  EXPECT_EQ(http.post("http"), "[http]");
  EXPECT_EQ(client.ask("socket"), "[socket]");
  EXPECT_EQ(server->connections(), 2u);
}

TEST(WebSocket, TakesFramesThatCameWithTheUpgrade) {
  const auto server = serve();
  SocketClient client(server->port());
  client.send(upgrade_text() + frame_text({Opcode::text, "early"}));
  EXPECT_EQ(client.read_answer(false)->status, 101);
  EXPECT_EQ(client.read_bytes(9), "\x81\x07[early]");
}

TEST(WebSocket, JoinsFragmentsAlsoAroundAPing) {
  const auto server = serve();
  WebSocketClient client(server->port());
  client.send(Frame{Opcode::text, "one,", false});
  client.send(Frame{Opcode::ping, "still there?"});
  client.send(Frame{Opcode::continuation, "two", true});
  const auto pong = client.read();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, Opcode::pong);
  EXPECT_EQ(pong->payload, "still there?");
  EXPECT_EQ(client.read_text(), "[one,two]");
}

TEST(WebSocket, TakesAMessageByteByByte) {
  const auto server = serve();
  WebSocketClient client(server->port());
  for (const char c : frame_text({Opcode::text, "slow"})) {
    ASSERT_TRUE(client.socket().send({&c, 1}));
  }
  EXPECT_EQ(client.read_text(), "[slow]");
}

TEST(WebSocket, AnswersWhatIsDoneFirst) {
  Reply late;
  const auto server =
      serve(any_port(), [&](const std::string& body, const auto&, const Reply& reply) {
        body == "late" ? void(late = reply) : reply(body);
      });
  WebSocketClient client(server->port());
  client.send("late");
  EXPECT_EQ(client.ask("soon"), "soon");
  late("late");
  EXPECT_EQ(client.read_text(), "late");
}

TEST(WebSocket, SendsNothingForNotifications) {
  const auto server =
      serve(any_port(), [](const std::string& body, const auto&, const Reply& reply) {
        reply(body == "quiet" ? "" : body);
      });
  WebSocketClient client(server->port());
  client.send("quiet");
  EXPECT_EQ(client.ask("loud"), "loud");
}

TEST(WebSocket, PushesInOrderBehindTheReply) {
  PeerKeeper keeper;
  const auto server = serve(any_port(), keeper.handler());
  WebSocketClient client(server->port());
  EXPECT_EQ(client.ask("subscribe"), "[subscribe]");
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(keeper.push(std::to_string(i)));
  }
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_EQ(client.read_text(), "push:" + std::to_string(i));
  }
}

TEST(WebSocket, LetsGoOfAPeerThatIsGone) {
  PeerKeeper keeper;
  const auto server = serve(any_port(), keeper.handler());
  {
    WebSocketClient client(server->port());
    client.ask("subscribe");
  }
  for (int i = 0; i < 2'000 && !keeper.last().expired(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(keeper.last().expired());
  EXPECT_EQ(server->connections(), 0u);
}

TEST(WebSocket, TellsASlowReaderAndDropsIt) {
  PeerKeeper keeper;
  const auto server = serve(any_port(), keeper.handler());
  WebSocketClient client(server->port());
  client.ask("subscribe");
  const std::string text(10'000, 'x');
  int taken = 0;
  while (keeper.push(text)) {
    ++taken;
  }
  EXPECT_GT(taken, 1'000);
  EXPECT_FALSE(keeper.push(text));
  std::optional<Frame> frame = client.read();
  while (frame && frame->opcode == Opcode::text) {
    EXPECT_EQ(frame->payload.size(), 10'005u);
    frame = client.read();
  }
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, Opcode::close);
  EXPECT_EQ(frame->payload.substr(0, 2), "\x03\xf0");  // 1008
  EXPECT_THAT(frame->payload, HasSubstr("slow reader"));
}

TEST(WebSocket, StopsReadingWhoReadsNoAnswers) {
  std::atomic<int> asked = 0;
  const auto server = serve(any_port(), [&](const auto&, const auto&, const Reply& reply) {
    ++asked;
    reply(std::string(100'000, 'x'));
  });
  WebSocketClient client(server->port());
  std::jthread sender([&] {
    for (int i = 0; i < 1'000; ++i) {
      client.send("x");
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(asked, 500);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(client.read_text().size(), 100'000u);
  }
  EXPECT_EQ(asked, 1'000);
}

TEST(WebSocket, BoundsTheRequestsUnderWay) {
  std::mutex mutex;
  std::vector<Reply> waiting;
  const auto server = serve(any_port(), [&](const auto&, const auto&, const Reply& reply) {
    const std::scoped_lock lock(mutex);
    waiting.push_back(reply);
  });
  WebSocketClient client(server->port());
  for (int i = 0; i < 1'500; ++i) {
    client.send("x");
  }
  const auto take = [&] {
    const std::scoped_lock lock(mutex);
    return std::exchange(waiting, {});
  };
  int answered = 0;
  std::size_t most = 0;
  while (answered < 1'500) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    auto replies = take();
    ASSERT_FALSE(replies.empty());
    most = std::max(most, replies.size());
    for (const auto& reply : replies) {
      reply("y");
      EXPECT_EQ(client.read_text(), "y");
      ++answered;
    }
  }
  EXPECT_LE(most, 1'000u);
}

TEST(WebSocket, PingsAPeerThatIsSilentAndClosesOneThatIsDead) {
  auto options = any_port();
  options.ping_seconds = 1;
  const auto server = serve(options);
  WebSocketClient client(server->port());
  const auto ping = client.read();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, Opcode::ping);
  EXPECT_FALSE(client.read());  // without a pong the connection ends
}

TEST(WebSocket, AnswersACloseFrame) {
  const auto server = serve();
  WebSocketClient client(server->port());
  client.send(Frame{Opcode::close, std::string("\x03\xe8", 2)});
  EXPECT_EQ(client.read_close(), 1000);
  EXPECT_TRUE(client.socket().is_closed());
}

TEST(WebSocket, RefusesUpgradesThatAreNone) {
  const auto server = serve();
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n";
  for (const auto& [lines, status] :
       {std::pair{"Upgrade: websocket\r\nSec-WebSocket-Version: 12\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                  426},
        std::pair{"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 400},
        std::pair{"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: short\r\n\r\n",
                  400},
        std::pair{"Upgrade: h2c\r\n\r\n", 200}}) {
    SocketClient client(server->port());
    client.send(head + lines);
    EXPECT_EQ(client.read_answer(false)->status, status) << lines;
  }
}

TEST(WebSocket, ClosesOnFramesThatBreakTheProtocol) {
  const auto server = serve();
  const std::string masked_ping(126, 'x');
  for (const std::string& bytes :
       {frame_text({Opcode::text, "unmasked"}, false), frame_text({Opcode::continuation, "first"}),
        frame_text({static_cast<Opcode>(3), "reserved"}), frame_text({Opcode::ping, masked_ping}),
        frame_text({Opcode::ping, "", false}), frame_text({Opcode::text, "rsv1", true, true}),
        std::string("\xb1\x80\x01\x02\x03\x04", 6), frame_text({Opcode::close, "x"}),
        frame_text({Opcode::text, "one", false}) + frame_text({Opcode::text, "two"})}) {
    WebSocketClient client(server->port());
    client.socket().send(bytes);
    EXPECT_EQ(client.read_close(), 1002) << testing::PrintToString(bytes);
    EXPECT_TRUE(client.socket().is_closed());
  }
}

TEST(WebSocket, ClosesOnTextThatIsNotUtf8) {
  const auto server = serve();
  WebSocketClient client(server->port());
  client.send("\xff\xfe");
  EXPECT_EQ(client.read_close(), 1007);
  WebSocketClient unfinished(server->port());
  unfinished.send(Frame{Opcode::text, "m\xe7", false});
  unfinished.send(Frame{Opcode::continuation, "", true});
  EXPECT_EQ(unfinished.read_close(), 1007);
  WebSocketClient binary(server->port());
  binary.send(Frame{Opcode::binary, "\xff"});
  EXPECT_EQ(binary.read_text(), "[\xff]");
}

TEST(WebSocket, RefusesAMessageAboveTheLimit) {
  auto options = any_port();
  options.body_limit = 1'000;
  const auto server = serve(options);
  WebSocketClient fits(server->port());
  EXPECT_EQ(fits.ask(std::string(1'000, 'x')).size(), 1'002u);
  WebSocketClient whole(server->port());
  whole.send(std::string(1'001, 'x'));
  EXPECT_EQ(whole.read_close(), 1009);
  WebSocketClient pieces(server->port());
  for (int i = 0; i < 11; ++i) {
    pieces.send(Frame{i == 0 ? Opcode::text : Opcode::continuation, std::string(100, 'x'), false});
  }
  EXPECT_EQ(pieces.read_close(), 1009);
  // What a length only announces is refused before it comes.
  WebSocketClient announced(server->port());
  announced.socket().send(
      std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", 14));
  EXPECT_EQ(announced.read_close(), 1009);
}

TEST(WebSocket, OutlivesAFloodOfEmptyFragments) {
  const auto server = serve();
  WebSocketClient client(server->port());
  client.send(Frame{Opcode::text, "a", false});
  std::string flood;
  for (int i = 0; i < 50'000; ++i) {
    flood += frame_text({Opcode::continuation, "", false});
  }
  client.socket().send(flood);
  client.send(Frame{Opcode::continuation, "b", true});
  EXPECT_EQ(client.read_text(), "[ab]");
}

TEST(WebSocket, OutlivesClientsThatLeaveInTheMiddle) {
  PeerKeeper keeper;
  const auto server = serve(any_port(), keeper.handler());
  for (int i = 0; i < 100; ++i) {
    WebSocketClient client(server->port());
    client.send(std::string(10'000, 'x'));
    client.socket().send(frame_text({Opcode::text, "half of this"}).substr(0, 9));
    if (i % 2 == 0) {
      client.socket().shut_down_sending();
      EXPECT_TRUE(client.socket().is_closed());
    }
    keeper.push("x");
  }
  WebSocketClient after(server->port());
  EXPECT_EQ(after.ask("alive"), "[alive]");
}

TEST(WebSocket, JudgesThePageBeforeItOpens) {
  auto options = any_port();
  options.web = {false, {"https://good.example"}, {"localhost"}};
  const auto server = serve(options);
  EXPECT_EQ(status_of_upgrade(server->port(), "Origin: https://good.example\r\n"), 101);
  EXPECT_EQ(status_of_upgrade(server->port(), ""), 101);  // no browser
  EXPECT_EQ(status_of_upgrade(server->port(), "Origin: https://bad.example\r\n"), 403);
  EXPECT_EQ(status_of_upgrade(server->port(), "Origin: null\r\n"), 403);
  SocketClient rebound(server->port());
  std::string text = upgrade_text();
  text.replace(text.find("localhost"), 9, "evil.example");
  rebound.send(text);
  EXPECT_EQ(rebound.read_answer(false)->status, 403);
}

TEST(WebSocket, CompressesLargeMessagesWhereTheClientCanReadThem) {
  const auto server =
      serve(any_port(), [](const std::string& body, const auto&, const Reply& reply) {
        reply(std::string(std::stoul(body), 'x'));
      });
  WebSocketClient client(server->port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  client.send("100");
  EXPECT_FALSE(client.read()->compressed);
  client.send("1000000");
  const auto large = client.read();
  ASSERT_TRUE(large);
  EXPECT_TRUE(large->compressed);
  EXPECT_LT(large->payload.size(), 100'000u);
  WebSocketClient plain(server->port());
  plain.send("1000000");
  EXPECT_EQ(plain.read_text().size(), 1'000'000u);
}

TEST(WebSocket, IsNotClosedForAConnectionThatComesTooMany) {
  auto options = any_port();
  options.connection_limit = 2;
  const auto server = serve(options);
  WebSocketClient first(server->port());
  WebSocketClient second(server->port());
  SocketClient third(server->port());
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(first.ask("x"), "[x]");
  EXPECT_EQ(second.ask("x"), "[x]");
}

TEST(WebSocket, TellsItsClientsWhenTheServerStops) {
  auto server = serve();
  WebSocketClient polite(server->port());
  WebSocketClient deaf(server->port());
  polite.ask("x");
  deaf.ask("x");
  std::jthread stopping([&] { server->stop(); });
  EXPECT_EQ(polite.read_close(), 1001);
  stopping.join();
  EXPECT_TRUE(deaf.socket().is_closed());
}

}  // namespace
}  // namespace cairn::api
