#include "api/gzip.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

namespace cairn::api {
namespace {

std::string unzip(std::string text, std::size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, IsTakenWhereTheClientSaysSo) {
  for (const auto* value : {"gzip", "gzip, deflate, br", "br;q=1, GZip;q=0.5", " deflate ,gzip "}) {
    EXPECT_TRUE(accepts_gzip(value)) << value;
  }
  for (const auto* value :
       {"", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.000", "gzipped", ",,;", "*;q=0"}) {
    EXPECT_FALSE(accepts_gzip(value)) << value;
  }
}

RC_GTEST_PROP(Gzip, GivesTheSameTextBack, (const std::vector<std::string>& pieces)) {
  Gzip gzip;
  std::string text;
  std::string packed;
  for (const auto& piece : pieces) {
    text += piece;
    packed += gzip.add(piece, false);
  }
  packed += gzip.add("end", true);
  RC_ASSERT(unzip(packed, text.size() + 3) == text + "end");
}

TEST(Gzip, TakesLargePieces) {
  Gzip gzip;
  std::string text;
  for (std::uint64_t i = 0; text.size() < 3'000'000; ++i) {
    text += std::to_string(i * 7919);
  }
  EXPECT_EQ(unzip(gzip.add(text, true), text.size()), text);
}

}  // namespace
}  // namespace cairn::api
