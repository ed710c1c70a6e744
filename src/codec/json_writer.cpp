#include "codec/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace cairn::codec {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// "00", "01" ... "ff"
constexpr auto kPairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kDigits[i >> 4];
    pairs[2 * i + 1] = kDigits[i & 15];
  }
  return pairs;
}();

void append_hex_word(std::string& out, std::uint64_t word, unsigned digits) {
  for (unsigned i = digits; i > 0; --i) {
    out.push_back(kDigits[(word >> (4 * (i - 1))) & 15]);
  }
}

unsigned digits_of(std::uint64_t value) {
  return value == 0 ? 1 : (static_cast<unsigned>(std::bit_width(value)) + 3) / 4;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(c) < 0x20) {
        out += "\\u00";
        append_hex_word(out, static_cast<unsigned char>(c), 2);
      } else {
        out.push_back(c);
      }
  }
}

// The size of the well-formed UTF-8 sequence at the front (RFC 3629), or 0.
std::size_t utf8_size(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = byte(0);
  const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xc2 && lead < 0xe0) {
    return tail(1) ? 2 : 0;
  }
  if (lead >= 0xe0 && lead < 0xf0) {
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xf0 && lead < 0xf5) {
    const bool overlong = lead == 0xf0 && byte(1) < 0x90;
    const bool beyond = lead == 0xf4 && byte(1) >= 0x90;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

void JsonWriter::hand_on() {
  handed_on_ += out_.size();
  sink_(std::exchange(out_, {}));
  out_.reserve(piece_ + piece_ / 4);
}

void JsonWriter::separate() {
  if (out_.size() >= piece_) {
    hand_on();
  }
  if (comma_) {
    out_.push_back(',');
  }
  comma_ = true;
  value_due_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  open_.push_back(bracket == '{' ? '}' : ']');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  open_.pop_back();
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::close_all() {
  if (value_due_) {
    null();
  }
  while (!open_.empty()) {
    close(open_.back());
  }
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_.push_back('"');
  out_ += name;
  out_ += "\":";
  comma_ = false;
  value_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::raw(const TextPieces& json) {
  separate();
  for (const std::string& piece : json) {
    out_ += piece;
    if (out_.size() >= piece_) {
      hand_on();
    }
  }
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  out_.push_back('"');
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    if (size == 1) {
      append_escaped(out_, text.front());
    } else {
      out_ += size == 0 ? kReplacement : text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  if (out_.ends_with(".0")) {
    out_.resize(out_.size() - 2);
  }
  return *this;
}

JsonWriter& JsonWriter::decimal(std::uint64_t value) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonWriter& JsonWriter::data(BytesView bytes) {
  separate();
  const std::size_t start = out_.size();
  out_.resize(start + 4 + 2 * bytes.size());
  char* at = out_.data() + start;
  *at++ = '"';
  *at++ = '0';
  *at++ = 'x';
  for (const std::uint8_t byte : bytes) {
    *at++ = kPairs[2 * std::size_t{byte}];
    *at++ = kPairs[2 * std::size_t{byte} + 1];
  }
  *at = '"';
  return *this;
}

JsonWriter& JsonWriter::quantity(std::uint64_t value) {
  separate();
  out_ += "\"0x";
  append_hex_word(out_, value, digits_of(value));
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::quantity(const U256& value) {
  separate();
  append_quantity(out_, value);
  return *this;
}

void append_quantity(std::string& out, const U256& value) {
  std::size_t top = 3;
  while (top > 0 && value[top] == 0) {
    --top;
  }
  constexpr std::size_t kMost = 68;
  std::array<char, kMost> text;
  char* at = text.data();
  *at++ = '"';
  *at++ = '0';
  *at++ = 'x';
  for (unsigned i = digits_of(value[top]); i > 0; --i) {
    *at++ = kDigits[(value[top] >> (4 * (i - 1))) & 15];
  }
  for (std::size_t i = top; i > 0; --i) {
    for (unsigned byte = 8; byte > 0; --byte) {
      const std::size_t pair = (value[i - 1] >> (8 * (byte - 1))) & 255;
      *at++ = kPairs[2 * pair];
      *at++ = kPairs[2 * pair + 1];
    }
  }
  *at++ = '"';
  out.append(text.data(), at);
}

}  // namespace cairn::codec
