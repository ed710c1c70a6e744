#include "api/json_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace cairn::api {
namespace {

using testing::ElementsAre;

// All whole values, and "error" where it ended with one.
std::vector<std::string> values_of(JsonFramer& framer) {
  std::vector<std::string> out;
  for (;;) {
    auto value = framer.next();
    if (!value) {
      out.emplace_back("error");
      return out;
    }
    if (!*value) {
      return out;
    }
    out.push_back(**std::move(value));
  }
}

TEST(JsonFramer, FindsValuesWithAndWithoutNewlines) {
  JsonFramer framer(1'000);
  framer.add("{\"a\":1}\n[2]{\"b\":[{}]} \r\n\t {");
  EXPECT_THAT(values_of(framer), ElementsAre("{\"a\":1}", "[2]", "{\"b\":[{}]}"));
  framer.add("}");
  EXPECT_THAT(values_of(framer), ElementsAre("{}"));
}

TEST(JsonFramer, TakesBracketsInStringsForText) {
  JsonFramer framer(1'000);
  framer.add(R"({"a":"}\"]\\"}["\\\"["])");
  EXPECT_THAT(values_of(framer), ElementsAre(R"({"a":"}\"]\\"})", R"(["\\\"["])"));
}

TEST(JsonFramer, RefusesWhatBeginsOtherwise) {
  for (const auto* text : {"1", "\"x\"", "null", "}", "GET / HTTP/1.1", "\x16\x03"}) {
    JsonFramer framer(1'000);
    framer.add(text);
    EXPECT_THAT(values_of(framer), ElementsAre("error")) << text;
  }
}

TEST(JsonFramer, RefusesAValueAboveTheLimit) {
  JsonFramer framer(10);
  framer.add("[12345678]");
  EXPECT_THAT(values_of(framer), ElementsAre("[12345678]"));
  framer.add("[123456789]");
  EXPECT_THAT(values_of(framer), ElementsAre("error"));
  JsonFramer open(10);
  open.add("[1234567890");
  EXPECT_THAT(values_of(open), ElementsAre("error"));
}

RC_GTEST_PROP(JsonFramer, FindsTheSameHoweverTheBytesArrive,
              (const std::vector<std::uint8_t>& choices, std::uint8_t step)) {
  std::string text;
  for (const auto choice : choices) {
    text += "{}[]\"\\ a1,:\n"[choice % 12];
  }
  JsonFramer whole(20);
  whole.add(text);
  const auto expected = values_of(whole);
  JsonFramer pieces(20);
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size() && (found.empty() || found.back() != "error");) {
    const std::size_t size = step % 5 + 1;
    pieces.add(std::string_view(text).substr(at, size));
    at += size;
    for (auto& value : values_of(pieces)) {
      found.push_back(std::move(value));
    }
  }
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace cairn::api
