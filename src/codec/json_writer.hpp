#pragma once
// Writes JSON text from front to back. Numbers of the chain are quantities ("0x1f"), bytes are data
// ("0x001f"); commas are put where they belong. The caller keeps the order begin, key, value, end.

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "codec/text_pieces.hpp"

namespace cairn::codec {

class JsonWriter {
 public:
  // Takes the text written so far; what follows comes later.
  using Sink = std::function<void(std::string)>;
  static constexpr std::size_t kPiece = 64 * 1024;  // bytes, after which the sink gets them

  JsonWriter() = default;
  // Keeps no more than a piece and the value being written.
  explicit JsonWriter(Sink sink)
      : sink_(std::move(sink)), piece_(sink_ ? kPiece : std::numeric_limits<std::size_t>::max()) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);  // a plain name: nothing in it needs an escape

  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);     // a finished value
  JsonWriter& raw(const TextPieces& json);    // the same; the sink gets it piece by piece
  JsonWriter& string(std::string_view text);  // escaped; what is not UTF-8 becomes U+FFFD
  JsonWriter& number(double value);           // shortest form that reads back the same
  JsonWriter& decimal(std::uint64_t value);   // a JSON number
  JsonWriter& data(BytesView bytes);          // "0x" and two digits a byte
  JsonWriter& quantity(std::uint64_t value);  // "0x0", "0x1f"
  JsonWriter& quantity(const U256& value);

  JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
  JsonWriter& value(std::uint64_t n) { return quantity(n); }
  JsonWriter& value(const U256& n) { return quantity(n); }
  JsonWriter& value(BytesView bytes) { return data(bytes); }
  JsonWriter& value(const Bytes& bytes) { return data(bytes); }
  template <std::size_t N>
  JsonWriter& value(const FixedBytes<N>& bytes) {
    return data(bytes);
  }
  JsonWriter& value(std::string_view text) { return string(text); }
  JsonWriter& value(const std::string& text) { return string(text); }
  JsonWriter& value(const char* text) { return string(text); }
  JsonWriter& value(std::nullptr_t) { return null(); }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  template <std::size_t N>
  JsonWriter& value(const std::vector<FixedBytes<N>>& items) {
    begin_array();
    for (const auto& item : items) {
      data(item);
    }
    return end_array();
  }

  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  // For who writes many values by hand: appends one finished value, or several with commas between.
  std::string& next_value() {
    separate();
    return out_;
  }
  // Ends all that is open, wherever it stands, so that the text is whole.
  JsonWriter& close_all();

  std::size_t size() const { return handed_on_ + out_.size(); }
  std::size_t kept() const { return out_.size(); }  // what the sink has not got yet
  std::string take() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void hand_on();

  Sink sink_;
  std::size_t piece_ = std::numeric_limits<std::size_t>::max();
  std::string out_;
  std::string open_;  // the brackets that will close what is open
  std::size_t handed_on_ = 0;
  bool comma_ = false;
  bool value_due_ = false;  // behind a key
};

// "0x1f", the quotes included.
void append_quantity(std::string& out, const U256& value);

// The JSON text of one value.
template <class T>
std::string to_json(const T& v) {
  JsonWriter writer;
  writer.value(v);
  return std::move(writer).take();
}

}  // namespace cairn::codec
