#include "base/printable.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

namespace cairn::base {
namespace {

using namespace std::string_literals;

std::string shown(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

TEST(Printable, LeavesOrdinaryTextOfAnyLanguageAsItIs) {
  for (const std::string_view text : {"", "plain \"quoted\" \\n", "größer", "漢字", "🪨 ok"}) {
    EXPECT_EQ(shown(text), text);
  }
}

TEST(Printable, EscapesWhatATerminalObeys) {
  EXPECT_EQ(shown("\x1b[2J\r\n\x07\x7f"), "\\u001b[2J\\u000d\\n\\u0007\\u007f");
  EXPECT_EQ(shown("\0"s), "\\u0000");
  EXPECT_EQ(shown("\xc2\x9b"
                  "31m"),
            "\\u009b31m");  // CSI as one character
}

TEST(Printable, EscapesWhatReordersOrHides) {
  EXPECT_EQ(shown("\u202egnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(shown("a\u200bb\u2028c\ufeff"), "a\\u200bb\\u2028c\\ufeff");
  EXPECT_EQ(shown("\U000e0041"), "\\udb40\\udc41");
}

TEST(Printable, ReplacesBytesThatAreNoUtf8) {
  constexpr std::string_view kReplaced = "\ufffd";
  for (const std::string_view bad : {"\x9b", "\xff", "\xc0", "\xed", "\xe2"}) {
    EXPECT_EQ(shown(bad), kReplaced);
  }
  EXPECT_EQ(shown("\xc0\xaf"), "\ufffd\ufffd");            // '/' in two bytes
  EXPECT_EQ(shown("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");  // a surrogate
  EXPECT_EQ(shown("\xe2\x82z"), "\ufffd\ufffdz");
}

TEST(Printable, CutsBetweenCharactersAndSaysHowMuchIsLeft) {
  EXPECT_EQ(printable("short", 5), "short");
  EXPECT_EQ(printable("longer", 4), "long ... (2 more bytes)");
  EXPECT_EQ(printable("aé", 2), "a ... (2 more bytes)");
  EXPECT_EQ(printable("x", 0), " ... (1 more bytes)");
}

RC_GTEST_PROP(Printable, MakesAnyBytesValidUtf8WithoutControls, (const std::string& bytes)) {
  const std::string text = printable(bytes, 64);
  RC_ASSERT(simdjson::validate_utf8(text));
  for (const char c : text) {
    RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  RC_ASSERT(shown(text) == text);
}

}  // namespace
}  // namespace cairn::base
