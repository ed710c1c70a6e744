// RLPTests of ethereum/tests: every value encodes to the given bytes, and those decode to the
// value; every invalid input is refused.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "base/hex.hpp"
#include "codec/rlp.hpp"
#include "tests/fixtures.hpp"

namespace cairn::codec {
namespace {

using simdjson::dom::element;

// Numbers above 256 bits stand for themselves as big-endian bytes.
Bytes big_decimal(std::string_view digits) {
  Bytes out;
  for (const char digit : digits) {
    unsigned carry = static_cast<unsigned>(digit - '0');
    for (auto byte = out.rbegin(); byte != out.rend(); ++byte) {
      carry += unsigned{*byte} * 10;
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) {
      out.insert(out.begin(), static_cast<std::uint8_t>(carry));
    }
  }
  return out;
}

Bytes encode(element value) {
  if (value.is_array()) {
    Bytes items;
    for (const element item : value.get_array()) {
      base::append(items, encode(item));
    }
    return encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
  }
  if (value.is_uint64()) {
    return encode_rlp_number(value.get_uint64().value());
  }
  const std::string_view text = value.get_string().value();
  return encode_rlp_string(text.starts_with('#') ? big_decimal(text.substr(1))
                                                 : base::to_bytes(base::bytes_of(text)));
}

Bytes encode(const RlpItem& item) {
  if (!item.is_list) {
    return encode_rlp_string(item.payload);
  }
  Bytes items;
  for (RlpReader reader(item.payload); !reader.at_end();) {
    base::append(items, encode(reader.item("item").value()));
  }
  return encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
}

void check_case(element test) {
  const Bytes bytes = base::from_hex(test["out"].get_string().value()).value();
  const element in = test["in"];
  const bool is_text = in.is_string();
  if (is_text && in.get_string().value() == "INVALID") {
    EXPECT_FALSE(check_rlp(bytes));
    return;
  }
  ASSERT_TRUE(check_rlp(bytes)) << check_rlp(bytes).error().message;
  EXPECT_EQ(encode(read_rlp_item(bytes, "rlp").value()), bytes);
  if (!is_text || in.get_string().value() != "VALID") {
    EXPECT_EQ(encode(in), bytes);
  }
}

TEST(RlpConformance, PassesTheOfficialTests) {
  CAIRN_FIXTURES_OR_SKIP(fixtures);
  simdjson::dom::parser parser;
  std::size_t cases = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(fixtures / "ethereum-tests/RLPTests")) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const simdjson::dom::object tests = parser.load(entry.path().string());
    for (const auto& [name, test] : tests) {
      SCOPED_TRACE(entry.path().filename().string() + ": " + std::string(name));
      check_case(test);
      ++cases;
    }
  }
  EXPECT_GT(cases, 0u);
}

}  // namespace
}  // namespace cairn::codec
