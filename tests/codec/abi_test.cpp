#include "codec/abi.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include "base/hex.hpp"
#include "tests/fixtures.hpp"

namespace cairn::codec {
namespace {

using Kind = AbiType::Kind;

std::vector<AbiType> types_of(std::string_view text) { return parse_abi_types(text).value(); }
Bytes text(std::string_view value) { return base::to_bytes(base::bytes_of(value)); }

AbiValue list_of(std::vector<AbiValue> items) { return items; }

std::string error_of(const auto& result) { return result ? "no error" : result.error().message; }

std::string encoded(std::string_view types, const std::vector<AbiValue>& values) {
  const auto bytes = encode_abi(types_of(types), values);
  return bytes ? base::to_hex_unprefixed(*bytes) : bytes.error().message;
}

std::string word(std::string_view end) { return std::string(64 - end.size(), '0').append(end); }

TEST(Abi, EncodesStaticValuesInPlaceAndDynamicOnesBehind) {
  EXPECT_EQ(encoded("uint8,bool", {U256{7}, U256{1}}), word("7") + word("1"));
  EXPECT_EQ(encoded("(uint8,uint8)[2]",
                    {list_of({list_of({U256{1}, U256{2}}), list_of({U256{3}, U256{4}})})}),
            word("1") + word("2") + word("3") + word("4"));
  EXPECT_EQ(encoded("string,uint8", {text("ab"), U256{5}}),
            word("40") + word("5") + word("2") + "6162" + std::string(60, '0'));
  EXPECT_EQ(encoded("string[]", {list_of({text("a")})}),
            word("20") + word("1") + word("20") + word("1") + "61" + std::string(62, '0'));
  EXPECT_EQ(encoded("int8", {-U256{1}}), std::string(64, 'f'));
}

TEST(Abi, RefusesValuesThatDoNotFitTheirType) {
  EXPECT_EQ(encoded("uint8", {U256{256}}), "an ABI value is out of its type's range");
  EXPECT_EQ(encoded("int8", {U256{128}}), "an ABI value is out of its type's range");
  EXPECT_EQ(encoded("bytes2", {text("a")}), "an ABI value has 1 bytes instead of 2");
  EXPECT_EQ(encoded("uint8[2]", {list_of({})}), "an ABI value has 0 items instead of 2");
  EXPECT_EQ(encoded("uint8", {text("a")}), "an ABI value is not a number");
  EXPECT_EQ(encoded("uint8", {}), "an ABI value list has 0 items instead of 1");
}

TEST(AbiType, IsParsedAsSignaturesWriteIt) {
  EXPECT_EQ(parse_abi_type("uint"), parse_abi_type("uint256"));
  EXPECT_EQ(parse_abi_type("(address,bytes)[3][]")->components[0].size, 3u);
  EXPECT_TRUE(types_of("").empty());
  for (const char* wrong : {"", "uint7", "uint264", "uint0", "uint08", "bytes33", "bytes0", "foo",
                            "uint8[", "uint8[0]", "uint8[x]", "(uint8", "uint8)", "uint8,"}) {
    EXPECT_FALSE(parse_abi_type(wrong)) << wrong;
  }
  EXPECT_FALSE(parse_abi_type(std::string(1'000, '(')));
  std::string deep = "uint8";
  for (int i = 0; i < 1'000; ++i) {
    deep += "[]";
  }
  EXPECT_FALSE(parse_abi_type(deep));
}

AbiType any_type(int depth) {
  const auto kind = static_cast<Kind>(*rc::gen::inRange(0, depth > 0 ? 9 : 7));
  AbiType type{.kind = kind};
  switch (kind) {
    case Kind::unsigned_integer:
    case Kind::signed_integer:
      type.size = 8 * *rc::gen::inRange<std::size_t>(1, 33);
      break;
    case Kind::fixed_bytes:
      type.size = *rc::gen::inRange<std::size_t>(1, 33);
      break;
    case Kind::array:
      type.is_dynamic_array = *rc::gen::arbitrary<bool>();
      type.size = type.is_dynamic_array ? 0 : *rc::gen::inRange<std::size_t>(1, 3);
      type.components = {any_type(depth - 1)};
      break;
    case Kind::tuple:
      for (int n = *rc::gen::inRange(1, 4); n > 0; --n) {
        type.components.push_back(any_type(depth - 1));
      }
      break;
    default:
      break;
  }
  return type;
}

AbiValue any_value(const AbiType& type) {
  const auto number = [](std::size_t bits) {
    return U256{*rc::gen::arbitrary<std::uint64_t>(), 1, 2, ~std::uint64_t{0}} >> (256 - bits);
  };
  std::vector<AbiValue> items;
  switch (type.kind) {
    case Kind::boolean:
      return number(1);
    case Kind::address:
      return number(160);
    case Kind::unsigned_integer:
      return number(type.size);
    case Kind::signed_integer: {
      const U256 magnitude = number(type.size) >> 1;
      return *rc::gen::arbitrary<bool>() ? magnitude : ~magnitude;
    }
    case Kind::fixed_bytes:
      return Bytes(type.size, 0xa5);
    case Kind::bytes:
    case Kind::string:
      return Bytes(*rc::gen::inRange<std::size_t>(0, 70), 'x');
    case Kind::tuple:
      for (const AbiType& component : type.components) {
        items.push_back(any_value(component));
      }
      return items;
    case Kind::array:
      for (auto n = type.is_dynamic_array ? *rc::gen::inRange<std::size_t>(0, 3) : type.size; n > 0;
           --n) {
        items.push_back(any_value(type.components[0]));
      }
      return items;
  }
  return {};
}

TEST(Abi, WhatIsEncodedDecodesToTheSameAndMutationsDoNotCrash) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<AbiType> types = {any_type(3), any_type(2)};
    const std::vector<AbiValue> values = {any_value(types[0]), any_value(types[1])};
    Bytes data = encode_abi(types, values).value();
    RC_ASSERT((decode_abi(types, data).value() == values));
    data[*rc::gen::inRange<std::size_t>(0, data.size())] = *rc::gen::arbitrary<std::uint8_t>();
    if (const auto accepted = decode_abi(types, data)) {
      RC_ASSERT((decode_abi(types, encode_abi(types, *accepted).value()).value() == *accepted));
    }
    data.resize(*rc::gen::inRange<std::size_t>(0, data.size()));
    static_cast<void>(decode_abi(types, data));
  }));
}

TEST(Abi, RefusesArraysThatUnfoldToMoreThanTheData) {
  // An array of ten arrays, each of which is the same whole again.
  const std::vector<AbiType> types = types_of("uint256[][][][][][][][][][]");
  Bytes data(32 * 12);
  data[31] = 32;
  data[63] = 10;
  EXPECT_FALSE(decode_abi(types, data));

  const Bytes endless(64, 0xff);
  EXPECT_EQ(error_of(decode_abi(types_of("bytes"), endless)),
            "ABI data has an offset or a length beyond its end");
  EXPECT_EQ(error_of(decode_abi(types_of("uint8"), endless)),
            "ABI data has a value out of its type's range");
  EXPECT_FALSE(decode_abi(types_of("()[]"), encode_revert_panic(1)));
}

TEST(RevertReason, IsReadFromErrorsAndPanicsAlone) {
  EXPECT_EQ(decode_revert_reason(encode_revert_error("not the owner")), "not the owner");
  EXPECT_EQ(decode_revert_reason(encode_revert_panic(0x11)), "arithmetic underflow or overflow");
  EXPECT_EQ(decode_revert_reason(encode_revert_panic(0x99)), "unknown panic code: 0x99");
  EXPECT_EQ(decode_revert_reason({}), std::nullopt);
  Bytes cut = encode_revert_error("not the owner");
  cut.resize(cut.size() - 32);
  EXPECT_EQ(decode_revert_reason(cut), std::nullopt);
  EXPECT_EQ(decode_revert_reason(Bytes(36, 1)), std::nullopt);
}

// The official tests write numbers as numbers, addresses as hexadecimal and bytes as text.
AbiValue value_of(simdjson::dom::element element, const AbiType& type) {
  if (element.is_array()) {
    std::vector<AbiValue> items;
    for (const auto item : element.get_array()) {
      items.push_back(value_of(item, type.components.at(0)));
    }
    return items;
  }
  if (element.is_uint64()) {
    return U256{element.get_uint64().value()};
  }
  const std::string_view string = element.get_string().value();
  if (type.kind == Kind::address) {
    return base::fixed_from_hex<20>(string).value();
  }
  return text(string);
}

TEST(AbiConformance, EncodesAndDecodesTheOfficialTests) {
  CAIRN_FIXTURES_OR_SKIP(fixtures);
  simdjson::dom::parser parser;
  std::size_t cases = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(fixtures / "ethereum-tests/ABITests")) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const simdjson::dom::object tests = parser.load(entry.path().string());
    for (const auto& [name, test] : tests) {
      SCOPED_TRACE(name);
      ++cases;
      std::vector<AbiType> types;
      std::vector<AbiValue> values;
      const simdjson::dom::array arguments = test["args"];
      auto argument = arguments.begin();
      for (const auto type : test["types"].get_array()) {
        types.push_back(parse_abi_type(type.get_string().value()).value());
        values.push_back(value_of(*argument, types.back()));
        ++argument;
      }
      const std::string_view result = test["result"];
      const auto bytes = encode_abi(types, values);
      ASSERT_TRUE(bytes) << bytes.error().message;
      EXPECT_EQ(base::to_hex_unprefixed(*bytes), result);
      EXPECT_EQ(decode_abi(types, *bytes).value(), values);
    }
  }
  EXPECT_GT(cases, 0u);
}

}  // namespace
}  // namespace cairn::codec
