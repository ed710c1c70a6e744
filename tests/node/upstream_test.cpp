#include "node/upstream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/upstream_source.hpp"
#include "store/rocks_store.hpp"
#include "tests/node/scripted_server.hpp"

namespace cairn::node {
namespace {

using std::chrono::milliseconds;
using test::ScriptedServer;
using testing::AllOf;
using testing::HasSubstr;

UpstreamOptions options_for(const std::string& url) {
  return {.url = url, .timeout = milliseconds(600), .retries = 3, .retry_backoff = milliseconds(5)};
}

// The one answer to eth_blockNumber from a server with this script.
UpstreamAnswer ask(const ScriptedServer::Script& script) {
  const ScriptedServer server(script);
  return Upstream::make(options_for(server.url())).value()->ask("eth_blockNumber", "[]");
}

std::string complaint(const ScriptedServer::Script& script) {
  const auto answer = ask(script);
  return answer ? "answered " + *answer : answer.error().message;
}

ScriptedServer::Script always(const std::string& bytes) {
  return [bytes](const std::string&) { return bytes; };
}

TEST(Upstream, HandsOnAResult) {
  const auto answer = ask(always(ScriptedServer::result(R"("0x10")")));
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, R"("0x10")");
}

TEST(Upstream, HandsOnARefusalWithItsCodeAndData) {
  const auto answer = ask(always(ScriptedServer::http(
      R"({"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"no","data":"0x08"}})")));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().refused);
  EXPECT_EQ(answer.error().code, 3);
  EXPECT_EQ(answer.error().message, "no");
  EXPECT_EQ(answer.error().data, R"("0x08")");
}

TEST(Upstream, NamesUrlAndQuestionOfWhatIsNoAnswer) {
  EXPECT_THAT(complaint(always(ScriptedServer::http("<html>"))),
              AllOf(HasSubstr("upstream http://127.0.0.1:"), HasSubstr("eth_blockNumber[]"),
                    HasSubstr("not JSON")));
  EXPECT_THAT(complaint(always(ScriptedServer::result("1", "7"))), HasSubstr("an id"));
  EXPECT_THAT(complaint(always(ScriptedServer::http("{\"id\":1}"))),
              HasSubstr("neither a result nor an error"));
  EXPECT_THAT(complaint(always(ScriptedServer::http("[1,2]"))), HasSubstr("not an object"));
  EXPECT_THAT(complaint(always(ScriptedServer::http("[]"))), HasSubstr("leaves questions"));
  EXPECT_THAT(complaint(always("SMTP ready\r\n\r\n")), HasSubstr("not HTTP"));
  EXPECT_THAT(complaint(always("HTTP/1.1 200 OK\r\ncontent-length: 900\r\nconnection: close\r\n"
                               "\r\n{\"jsonrpc\"")),
              HasSubstr("ended before"));
  EXPECT_THAT(complaint(always("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{")),
              HasSubstr("too large"));
  EXPECT_THAT(complaint(always(ScriptedServer::http("secret wanted", "401 Unauthorized"))),
              HasSubstr("HTTP 401: secret wanted"));
}

TEST(Upstream, KeepsPathAndQueryOutOfErrors) {
  const ScriptedServer server(always(ScriptedServer::http("no", "401 Unauthorized")));
  for (const char* path : {"/v2/secret", "?key=secret", "#secret"}) {
    const auto answer =
        Upstream::make(options_for(server.url() + path)).value()->ask("eth_chainId", "[]");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message, "upstream " + server.url() + ": eth_chainId[]: HTTP 401: no");
  }
}

TEST(Upstream, SaysWhereItHasMovedTo) {
  const auto moved_to = [](const std::string& where) {
    const ScriptedServer server(always(ScriptedServer::http(
        "", "301 Moved Permanently", where.empty() ? "" : "location: " + where + "\r\n")));
    const auto answer = Upstream::make(options_for(server.url() + "/v2/0123secret?key=456secret"))
                            .value()
                            ->ask("eth_chainId", "[]");
    return answer ? "answered" : answer.error().message;
  };
  EXPECT_THAT(moved_to("https://b.example/v3/"),
              HasSubstr(": HTTP 301: it has moved to https://b.example/v3/: name that URL"));
  EXPECT_THAT(moved_to("https://0123secret.example/v3/0123secret?key=456secret"),
              HasSubstr("moved to https://0123secret.example/v3/...?key=...: name"));
  EXPECT_THAT(moved_to("https://b.example?key=456secret"),
              HasSubstr("to https://b.example?key=...:"));
  EXPECT_THAT(moved_to("/\xe2\x80\xae"), HasSubstr(R"(moved to /\u202e: name)"));
  EXPECT_THAT(moved_to("/" + std::string(5'000, 'a')), HasSubstr("more bytes): name that URL"));
  EXPECT_TRUE(moved_to("").ends_with(": HTTP 301"));
}

TEST(Upstream, GivesUpOnSilenceInTime) {
  const ScriptedServer server(always(""));
  const auto upstream = Upstream::make(options_for(server.url())).value();
  const auto answer = upstream->ask("eth_blockNumber", "[]");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("no answer in time"));
}

TEST(Upstream, StopsWaitingWhenItIsStopped) {
  const ScriptedServer server(always(""));
  auto options = options_for(server.url());
  options.timeout = milliseconds(60'000);
  const auto upstream = Upstream::make(options).value();
  std::thread stopper([&] {
    while (server.requests() == 0) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    upstream->stop();
  });
  EXPECT_FALSE(upstream->ask("eth_blockNumber", "[]"));
  stopper.join();
}

TEST(Upstream, SaysThatNobodyIsThere) {
  std::string url;
  {
    const ScriptedServer server(always(""));
    url = server.url();
  }
  const auto answer = Upstream::make(options_for(url)).value()->ask("eth_blockNumber", "[]");
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().refused);
  EXPECT_THAT(answer.error().message, AllOf(HasSubstr(url), HasSubstr("refused")));
}

TEST(Upstream, AsksAgainWhenItIsToldThatItIsTooMuch) {
  int asked = 0;
  const auto answer = ask([&](const std::string&) {
    return ++asked < 3
               ? ScriptedServer::http("slow down", "429 Too Many Requests", "retry-after: 0\r\n")
               : ScriptedServer::result(R"("0x1")");
  });
  EXPECT_TRUE(answer);
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(
      complaint(always(ScriptedServer::http("", "429 Too Many Requests", "retry-after: 3600\r\n"))),
      HasSubstr("HTTP 429"));
}

TEST(Upstream, AsksOneByOneWhereBatchesAreRefused) {
  const std::string error =
      R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batch"}})";
  for (const std::string& refusal :
       {ScriptedServer::http(error), ScriptedServer::http(error, "400 Bad Request"),
        ScriptedServer::http("batch not supported", "400 Bad Request"),
        ScriptedServer::http("", "413 Payload Too Large"), ScriptedServer::http("[" + error + "]"),
        ScriptedServer::http("[]"), ScriptedServer::http(R"("no")"),
        ScriptedServer::result(R"("0x5")")}) {
    std::atomic<int> batches = 0;
    const ScriptedServer server([&](const std::string& body) {
      if (body.starts_with('[')) {
        ++batches;
        return refusal;
      }
      return ScriptedServer::result(R"("0x5")");
    });
    const auto upstream = Upstream::make(options_for(server.url())).value();
    const std::vector<UpstreamQuestion> questions(3, {"eth_blockNumber", "[]"});
    for (int round = 0; round < 2; ++round) {
      for (const auto& answer : upstream->ask_all(questions)) {
        EXPECT_TRUE(answer) << refusal;
      }
    }
    EXPECT_EQ(batches, 1) << refusal;
  }
}

TEST(Upstream, AsksNoFurtherWhereTheFirstOfABatchFails) {
  const ScriptedServer server(always(ScriptedServer::http("secret wanted", "401 Unauthorized")));
  const auto upstream = Upstream::make(options_for(server.url())).value();
  const std::vector<UpstreamQuestion> questions(9, {"eth_blockNumber", "[]"});
  for (const auto& answer : upstream->ask_all(questions)) {
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("HTTP 401: secret wanted"));
  }
  EXPECT_EQ(server.requests(), 2);
}

TEST(Upstream, TakesABatchInAnyOrder) {
  const ScriptedServer server([](const std::string&) {
    return ScriptedServer::http(R"([{"id":2,"result":"b"},{"id":1,"result":"a"}])");
  });
  const auto upstream = Upstream::make(options_for(server.url())).value();
  const std::vector<UpstreamQuestion> questions(2, {"eth_blockNumber", "[]"});
  const auto answers = upstream->ask_all(questions);
  ASSERT_TRUE(answers[0] && answers[1]);
  EXPECT_EQ(*answers[0], R"("a")");
  EXPECT_EQ(*answers[1], R"("b")");
}

TEST(Upstream, RefusesUrlsThatItCannotAsk) {
  EXPECT_THAT(parse_http_url("ws://127.0.0.1:8545").error().message, HasSubstr("WebSocket"));
  EXPECT_THAT(parse_http_url("ftp://a").error().message, HasSubstr("http://"));
  EXPECT_THAT(parse_http_url("127.0.0.1:8545").error().message, HasSubstr("want a URL"));
  EXPECT_THAT(parse_http_url("http://").error().message, HasSubstr("not a URL"));
  EXPECT_THAT(parse_http_url("http://a:99999").error().message, HasSubstr("not a URL"));
  const auto url = parse_http_url("https://me:secret@node.example/v1/key?x=1#top");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "node.example");
  EXPECT_EQ(url->port, "443");
  EXPECT_EQ(url->target, "/v1/key?x=1");
  EXPECT_EQ(url->user_info, "me:secret");
  EXPECT_EQ(url->shown, "https://node.example/v1/key?x=1#top");
  EXPECT_EQ(parse_http_url("http://[::1]:8545")->host, "::1");
}

TEST(Upstream, TrustsNoServerThatCannotProveItself) {
  const ScriptedServer server(always("no TLS here"));
  auto options = options_for("https" + server.url().substr(4));
  const auto answer = Upstream::make(options).value()->ask("eth_blockNumber", "[]");
  ASSERT_FALSE(answer);
}

// The source's answers are checked too.
std::string fault_of(const ScriptedServer::Script& script,
                     const std::function<void(const UpstreamSource&)>& use) {
  const ScriptedServer server(script);
  const auto source =
      UpstreamSource::make(options_for(server.url()), store::RocksStore::open_in_memory().value())
          .value();
  try {
    use(*source);
  } catch (const state::StateUnavailable& missing) {
    return missing.what();
  }
  return "no fault";
}

TEST(UpstreamSource, RefusesAHeaderThatIsNotThatOfItsHash) {
  const std::string zero32(64, '0');
  const std::string block =
      R"({"hash":"0x)" + zero32 + R"(","parentHash":"0x)" + zero32 + R"(","sha3Uncles":"0x)" +
      zero32 + R"(","miner":"0x)" + std::string(40, '0') + R"(","stateRoot":"0x)" + zero32 +
      R"(","transactionsRoot":"0x)" + zero32 + R"(","receiptsRoot":"0x)" + zero32 +
      R"(","logsBloom":"0x)" + std::string(512, '0') +
      R"(","difficulty":"0x0","number":"0x5","gasLimit":"0x1","gasUsed":"0x0","timestamp":"0x1",)"
      R"("extraData":"0x","mixHash":"0x)" +
      zero32 + R"(","nonce":"0x0000000000000000"})";
  const auto header = [](const UpstreamSource& source) { (void)source.header_at(5); };
  EXPECT_THAT(fault_of(always(ScriptedServer::result(block)), header),
              HasSubstr("hash: the block says 0x0000"));
  EXPECT_THAT(fault_of(always(ScriptedServer::result("null")), header), HasSubstr("no longer has"));
  EXPECT_THAT(fault_of(always(ScriptedServer::result(R"({"number":5})")), header),
              HasSubstr("parentHash: is missing"));
}

TEST(UpstreamSource, RefusesValuesOfOtherTypes) {
  const auto script = [](const std::string& value) {
    return [value](const std::string& body) {
      if (body.find("eth_getBlockByNumber") != std::string::npos) {
        return ScriptedServer::result("null");
      }
      return ScriptedServer::result(value);
    };
  };
  const auto number = [](const UpstreamSource& source) {
    const auto newest = source.newest_block();
    throw state::StateUnavailable(newest ? "a number" : newest.error().message);
  };
  EXPECT_EQ(fault_of(script(R"("0x7")"), number), "a number");
  for (const char* lie :
       {"7", "true", "[]", R"("seven")", R"("0xzz")", R"("0x11111111111111111")"}) {
    EXPECT_THAT(fault_of(script(lie), number), HasSubstr("answered with something else")) << lie;
  }
}

}  // namespace
}  // namespace cairn::node
