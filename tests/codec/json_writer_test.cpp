#include "codec/json_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

namespace cairn::codec {
namespace {

TEST(JsonWriter, PutsCommasBetweenMembersAndItems) {
  JsonWriter out;
  out.begin_object().field("a", true).key("b").begin_array().decimal(1).begin_object().end_object();
  out.null().end_array().field("c", "x").end_object();
  EXPECT_EQ(std::move(out).take(), R"({"a":true,"b":[1,{},null],"c":"x"})");
}

TEST(JsonWriter, WritesQuantitiesWithoutLeadingZeros) {
  EXPECT_EQ(to_json(std::uint64_t{0}), R"("0x0")");
  EXPECT_EQ(to_json(std::uint64_t{0x1f}), R"("0x1f")");
  EXPECT_EQ(to_json(~std::uint64_t{0}), R"("0xffffffffffffffff")");
  EXPECT_EQ(to_json(U256{}), R"("0x0")");
  EXPECT_EQ(to_json(U256{0, 1, 0, 0}), R"("0x10000000000000000")");
}

TEST(JsonWriter, WritesBytesWithEveryDigit) {
  EXPECT_EQ(to_json(Bytes{}), R"("0x")");
  EXPECT_EQ(to_json(Bytes{0x00, 0x0f, 0xa0}), R"("0x000fa0")");
  EXPECT_EQ(to_json(Address{}), R"("0x0000000000000000000000000000000000000000")");
}

TEST(JsonWriter, WritesNullForWhatIsNotThere) {
  EXPECT_EQ(to_json(std::optional<Address>{}), "null");
}

TEST(JsonWriter, WritesWholeNumbersOfADoubleWithoutAPoint) {
  JsonWriter out;
  out.begin_array().number(0).number(0.5).number(1).end_array();
  EXPECT_EQ(std::move(out).take(), "[0,0.5,1]");
}

TEST(JsonWriter, WritesQuantitiesThatReadBackTheSame) {
  EXPECT_TRUE(rc::check([](std::array<std::uint64_t, 4> words) {
    const U256 number{words[0], words[1], words[2], words[3]};
    RC_ASSERT(to_json(number) == '"' + base::to_quantity(number) + '"');
  }));
}

// Whatever a contract returns as its reason, the answer is JSON.
TEST(JsonWriter, WritesAnyBytesAsValidJsonText) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    simdjson::dom::parser parser;
    const auto read = parser.parse(to_json(text));
    RC_ASSERT(read.error() == simdjson::SUCCESS);
    if (simdjson::validate_utf8(text)) {
      RC_ASSERT(std::string(read.get_string().value()) == text);
    }
  }));
}

TEST(JsonWriter, KeepsWellFormedUtf8AndReplacesTheRest) {
  EXPECT_EQ(to_json("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
            "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
  EXPECT_EQ(to_json("a\xff"
                    "b\xc3"),
            "\"a\xef\xbf\xbd"
            "b\xef\xbf\xbd\"");
}

TEST(JsonWriter, HandsOnPiecesThatMakeTheSameText) {
  const auto fill = [](JsonWriter& out) {
    out.begin_array();
    for (std::uint64_t i = 0; i < 50'000; ++i) {
      out.begin_object().field("n", i).end_object();
    }
    out.end_array();
  };
  JsonWriter whole;
  fill(whole);
  std::string text;
  std::size_t most = 0;
  JsonWriter pieces([&](const std::string& piece) {
    most = std::max(most, piece.size());
    text += piece;
  });
  fill(pieces);
  EXPECT_EQ(pieces.size(), whole.size());
  text += std::move(pieces).take();
  EXPECT_EQ(text, std::move(whole).take());
  EXPECT_LT(most, JsonWriter::kPiece + 100);
}

TEST(JsonWriter, EndsWhateverIsOpen) {
  JsonWriter out;
  out.begin_array().begin_object().field("a", nullptr).key("b").begin_array().decimal(1);
  EXPECT_EQ(std::move(out.close_all()).take(), R"([{"a":null,"b":[1]}])");
  JsonWriter behind_a_key;
  behind_a_key.begin_object().key("a");
  EXPECT_EQ(std::move(behind_a_key.close_all()).take(), R"({"a":null})");
}

}  // namespace
}  // namespace cairn::codec
