#pragma once
// RLP (Yellow Paper, appendix B): an encoder that sizes its output exactly and a decoder that takes
// canonical bytes alone: shortest lengths, single bytes as themselves, integers without leading
// zeros, nothing after the end. Pure; any thread.
//
// A value is written by one function over a sink, which runs first to count and then to write:
//
//   Bytes encoded = encode_rlp([&](auto& sink) {
//     sink.list([&](auto& fields) { fields.number(nonce); fields.string(to); });
//   });
//
// and read by a cursor whose errors name the field:
//
//   CAIRN_TRY(RlpReader fields, read_rlp_list(encoded, "transaction"));
//   CAIRN_TRY(nonce, fields.u64("nonce"));
//   CAIRN_CHECK(fields.finish("transaction"));

#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::codec {

// Bytes of the prefix before `payload` bytes of a list, or of a string that is not one low byte.
constexpr std::size_t rlp_prefix_size(std::size_t payload) {
  return payload < 56 ? 1 : 1 + (static_cast<std::size_t>(std::bit_width(payload)) + 7) / 8;
}

// Counts what RlpWriter writes.
class RlpCounter {
 public:
  std::size_t size() const { return size_; }

  void raw(BytesView encoded) { size_ += encoded.size(); }
  void raw_byte(std::uint8_t) { ++size_; }
  void string(BytesView bytes) {
    const bool low_byte = bytes.size() == 1 && bytes[0] < 0x80;
    size_ += bytes.size() + (low_byte ? 0 : rlp_prefix_size(bytes.size()));
  }
  void number(std::uint64_t value) {
    size_ += value < 0x80 ? 1 : 1 + (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
  }
  void number(const U256& value) { size_ += value < U256{0x80} ? 1 : 1 + base::byte_length(value); }
  template <class Body>
  void list(Body&& body) {
    RlpCounter payload;
    body(payload);
    size_ += rlp_prefix_size(payload.size()) + payload.size();
  }

 private:
  std::size_t size_ = 0;
};

// Writes to memory that the caller sized with RlpCounter.
class RlpWriter {
 public:
  explicit RlpWriter(std::uint8_t* out) : out_(out) {}

  const std::uint8_t* position() const { return out_; }

  // Already encoded bytes, or bytes outside RLP (the type of an EIP-2718 envelope).
  void raw(BytesView encoded) {
    if (!encoded.empty()) {
      std::memcpy(out_, encoded.data(), encoded.size());
      out_ += encoded.size();
    }
  }
  void raw_byte(std::uint8_t byte) { *out_++ = byte; }
  void string(BytesView bytes) {
    if (bytes.size() != 1 || bytes[0] >= 0x80) {
      prefix(0x80, bytes.size());
    }
    raw(bytes);
  }
  void number(std::uint64_t value);
  void number(const U256& value);
  template <class Body>
  void list(Body&& body) {
    RlpCounter payload;
    body(payload);
    prefix(0xc0, payload.size());
    body(*this);
  }

 private:
  void prefix(std::uint8_t base, std::size_t payload);

  std::uint8_t* out_;
};

// `body` must do the same on every run.
template <class Body>
Bytes encode_rlp(Body&& body) {
  RlpCounter counter;
  body(counter);
  Bytes out(counter.size());
  RlpWriter writer(out.data());
  body(writer);
  assert(writer.position() == out.data() + out.size());
  return out;
}

inline Bytes encode_rlp_string(BytesView bytes) {
  return encode_rlp([&](auto& sink) { sink.string(bytes); });
}
inline Bytes encode_rlp_number(const U256& value) {
  return encode_rlp([&](auto& sink) { sink.number(value); });
}

// One decoded item; views into the input, which must outlive it.
struct RlpItem {
  bool is_list = false;
  BytesView payload;
  BytesView encoded;  // with the prefix
};

// A cursor over items that stand one after the other: the payload of a list. Views into the input,
// which must outlive it. `field` names the item in errors (all ErrorCode::malformed). After an
// error the cursor is of no further use.
class RlpReader {
 public:
  explicit RlpReader(BytesView items) : rest_(items) {}

  bool at_end() const { return rest_.empty(); }
  // Whether the next item is a list; false at the end.
  bool next_is_list() const { return !rest_.empty() && rest_[0] >= 0xc0; }

  Result<RlpItem> item(std::string_view field);
  Result<BytesView> string(std::string_view field);
  Result<std::uint64_t> u64(std::string_view field);
  Result<U256> u256(std::string_view field);
  Result<RlpReader> list(std::string_view field);
  template <std::size_t N>
  Result<FixedBytes<N>> fixed(std::string_view field) {
    CAIRN_TRY(const BytesView bytes, sized_string(field, N));
    return FixedBytes<N>::from_right(bytes);
  }

  // Refuses items that are left over; `owner` names what should have ended.
  Result<> finish(std::string_view owner) const;

 private:
  Result<BytesView> sized_string(std::string_view field, std::size_t size);

  BytesView rest_;
};

// `input` is exactly one item, of which only the outermost prefix is looked at.
Result<RlpItem> read_rlp_item(BytesView input, std::string_view name);
// `input` is exactly one list.
Result<RlpReader> read_rlp_list(BytesView input, std::string_view name);

// An integer that stands in `payload` without its prefix: no leading zeros, at most 256 bits.
Result<U256> read_rlp_number(BytesView payload, std::string_view field);

inline constexpr std::size_t kMaxRlpDepth = 1024;

// `input` is exactly one item and canonical all the way down, at most kMaxRlpDepth lists deep.
Result<> check_rlp(BytesView input);

}  // namespace cairn::codec
