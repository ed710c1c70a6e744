#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace cairn::base {
namespace {

struct Character {
  std::size_t size = 1;  // bytes
  char32_t code = 0;
  bool is_valid = false;
};

// The character at the front of a text that is not empty (RFC 3629: the shortest form, no
// surrogates).
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    return {.size = 1, .code = lead, .is_valid = true};
  }
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) {
    return {};
  }
  char32_t code = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return {};
    }
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return {};
  }
  return {.size = size, .code = code, .is_valid = true};
}

struct Range {
  char32_t first;
  char32_t last;
};
// Unicode's controls, its format characters that act on what stands around them or hide, and its
// non-characters at the end of the first plane.
constexpr std::array kHidden{
    Range{0x00, 0x1f},     Range{0x7f, 0x9f},     Range{0xad, 0xad},       Range{0x61c, 0x61c},
    Range{0x115f, 0x1160}, Range{0x180e, 0x180e}, Range{0x200b, 0x200f},   Range{0x2028, 0x202e},
    Range{0x2060, 0x206f}, Range{0x3164, 0x3164}, Range{0xfe00, 0xfe0e},   Range{0xfeff, 0xfeff},
    Range{0xfff0, 0xfffb}, Range{0xfffe, 0xffff}, Range{0xe0000, 0xe0fff},
};

bool is_hidden(char32_t code) {
  return std::ranges::any_of(
      kHidden, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

void append_escape(std::string& out, char32_t code) {
  const auto unit = [&](char32_t value) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(value));
  };
  if (code == '\n') {
    out += "\\n";
  } else if (code >= 0x10000) {
    unit(0xd800 + ((code - 0x10000) >> 10));
    unit(0xdc00 + ((code - 0x10000) & 0x3ff));
  } else {
    unit(code);
  }
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Character next = first_of(text);
    if (!next.is_valid) {
      out += "\xef\xbf\xbd";  // U+FFFD
    } else if (is_hidden(next.code)) {
      append_escape(out, next.code);
    } else {
      out += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\"\\"), text.size());
    append_printable(out, text.substr(0, plain));
    if (plain < text.size()) {
      out += '\\';
      out += text[plain];
    }
    text.remove_prefix(std::min(plain + 1, text.size()));
  }
  out += '"';
}

std::string printable(std::string_view text, std::size_t most_bytes) {
  std::size_t shown = std::min(text.size(), most_bytes);
  // Back to the beginning of a character; three steps at most, as text that is no UTF-8 has none.
  for (int steps = 0; steps < 3 && shown < text.size() && shown > 0 &&
                      (static_cast<std::uint8_t>(text[shown]) & 0xc0) == 0x80;
       ++steps) {
    --shown;
  }
  std::string out;
  append_printable(out, text.substr(0, shown));
  if (shown < text.size()) {
    fmt::format_to(std::back_inserter(out), " ... ({} more bytes)", text.size() - shown);
  }
  return out;
}

}  // namespace cairn::base
