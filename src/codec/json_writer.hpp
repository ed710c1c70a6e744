#pragma once
// Writes JSON text from front to back. Numbers of the chain are quantities ("0x1f"), bytes are data
// ("0x001f"); commas are put where they belong. The caller keeps the order begin, key, value, end.

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace cairn::codec {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);  // a plain name: nothing in it needs an escape

  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);     // a finished value
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

  std::size_t size() const { return out_.size(); }
  std::string take() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string out_;
  bool comma_ = false;
};

// The JSON text of one value.
template <class T>
std::string to_json(const T& v) {
  JsonWriter writer;
  writer.value(v);
  return std::move(writer).take();
}

}  // namespace cairn::codec
