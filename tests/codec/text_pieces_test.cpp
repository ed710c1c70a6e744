#include "codec/text_pieces.hpp"

#include <gtest/gtest.h>

#include "codec/json_writer.hpp"

namespace cairn::codec {
namespace {

std::string whole(const TextPieces& pieces) {
  std::string out;
  for (const std::string& piece : pieces) {
    out += piece;
  }
  EXPECT_EQ(out.size(), pieces.size());
  return out;
}

TEST(TextPieces, KeepWhatWasAddedInOrder) {
  TextPieces pieces;
  std::string wanted;
  EXPECT_TRUE(pieces.empty());
  for (int i = 0; i < 50'000; ++i) {
    pieces.add(std::to_string(i));
    wanted += std::to_string(i);
  }
  pieces.add(std::string(300'000, 'x'));
  pieces.add("end");
  EXPECT_EQ(whole(pieces), wanted + std::string(300'000, 'x') + "end");
}

TEST(TextPieces, TakeOthersInWhateverTheirLength) {
  for (const std::size_t size : {0u, 1u, 5'000u, 200'000u}) {
    TextPieces inner;
    inner.add(std::string(size, 'i'));
    TextPieces outer;
    outer.add("[");
    outer.add(std::move(inner));
    outer.add("]");
    EXPECT_EQ(whole(outer), "[" + std::string(size, 'i') + "]");
  }
}

TEST(TextPieces, AreHandedOnAsOneValue) {
  TextPieces pieces;
  pieces.add("[");
  for (int i = 0; i < 100'000; ++i) {
    pieces.add("1,");
  }
  pieces.add("2]");
  std::string handed_on;
  std::size_t longest = 0;
  JsonWriter out([&](const std::string& piece) {
    longest = std::max(longest, piece.size());
    handed_on += piece;
  });
  out.begin_object().key("a").raw(pieces).field("b", true).end_object();
  handed_on += std::move(out).take();
  EXPECT_EQ(handed_on, R"({"a":)" + whole(pieces) + R"(,"b":true})");
  EXPECT_LE(longest, 2 * JsonWriter::kPiece);
}

}  // namespace
}  // namespace cairn::codec
