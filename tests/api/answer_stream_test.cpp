#include "api/answer_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "api/answer_writer.hpp"
#include "codec/gzip.hpp"

namespace cairn::api {
namespace {

const std::function<void()> kNoMatter = [] {};

TEST(AnswerStream, GivesThePiecesInTheirOrder) {
  AnswerStream stream(false);
  stream.write("one");
  stream.end("two");
  EXPECT_EQ(stream.next(kNoMatter)->bytes, "one");
  const auto last = stream.next(kNoMatter);
  EXPECT_EQ(last->bytes, "two");
  EXPECT_TRUE(last->last);
}

TEST(AnswerStream, CallsOnceThereIsSomething) {
  AnswerStream stream(false);
  int calls = 0;
  EXPECT_FALSE(stream.next([&calls] { ++calls; }));
  stream.write("one");
  stream.write("two");
  EXPECT_EQ(calls, 1);
}

TEST(AnswerStream, LetsTheWriterWaitForTheReader) {
  AnswerStream stream(false, {.window = 10});
  std::atomic<int> written = 0;
  const std::jthread writer([&] {
    for (int i = 0; i < 4; ++i) {
      stream.write("eight by");
      ++written;
    }
  });
  while (written < 2) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(written, 2);
  for (int i = 0; i < 4; ++i) {
    while (!stream.next(kNoMatter)) {
      std::this_thread::yield();
    }
  }
}

TEST(AnswerStream, TellsAWriterThatWaitsThatTheReaderIsGone) {
  AnswerStream stream(false, {.window = 1});
  stream.write("full");
  std::jthread reader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stream.close();
  });
  EXPECT_THROW(stream.write("more"), ReaderGone);
  EXPECT_THROW(stream.end(""), ReaderGone);
}

TEST(AnswerStream, KnowsWhoReadsTooSlowly) {
  AnswerStream stream(false, {.patience = std::chrono::seconds(0), .bytes_a_second = 1'000});
  stream.write("a");
  stream.write("b");
  stream.next(kNoMatter);
  EXPECT_FALSE(stream.is_too_slow());
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stream.next(kNoMatter);
  EXPECT_TRUE(stream.is_too_slow());
}

TEST(AnswerStream, GivesAReaderASecondForSoManyBytes) {
  AnswerStream stream(false, {.patience = std::chrono::seconds(0), .bytes_a_second = 1});
  stream.write("ab");
  stream.write("c");
  stream.next(kNoMatter);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stream.next(kNoMatter);
  EXPECT_FALSE(stream.is_too_slow());
}

TEST(AnswerStream, CompressesToOneGzip) {
  AnswerStream stream(true);
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += std::to_string(i);
    stream.write(std::to_string(i));
  }
  stream.end("end");
  Bytes zipped;
  for (bool last = false; !last;) {
    const auto piece = stream.next(kNoMatter);
    zipped.insert(zipped.end(), piece->bytes.begin(), piece->bytes.end());
    last = piece->last;
  }
  EXPECT_EQ(codec::gunzip(zipped, 1 << 20).value(), text + "end");
}

TEST(AnswerWriter, IsAnOrdinaryAnswerUpToAPiece) {
  AnswerWriter out("7", [](const std::string&) { FAIL(); });
  out.begin_object().field("a", "b").end_object();
  EXPECT_EQ(out.finish({}), R"({"jsonrpc":"2.0","id":7,"result":{"a":"b"}})");
}

TEST(AnswerWriter, IsAnOrdinaryErrorBeforeTheFirstPiece) {
  AnswerWriter out("7", [](const std::string&) { FAIL(); });
  out.begin_object().key("a");
  EXPECT_EQ(out.finish(rpc_fail(RpcCode::server, "over")),
            R"({"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"over"}})");
}

TEST(AnswerWriter, EndsWhatItBeganWithTheError) {
  std::string text;
  AnswerWriter out("7", [&text](const std::string& piece) { text += piece; });
  const std::string large(AnswerWriter::kPiece, 'x');
  out.begin_array().string(large).begin_object().key("a");
  EXPECT_TRUE(out.has_begun());
  text += out.finish(rpc_fail(RpcCode::server, "over"));
  EXPECT_EQ(text, R"({"jsonrpc":"2.0","id":7,"result":[")" + large +
                      R"(",{"a":null}],"error":{"code":-32000,"message":"over"}})");
}

}  // namespace
}  // namespace cairn::api
