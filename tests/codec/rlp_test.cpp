#include "codec/rlp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/hex.hpp"

namespace cairn::codec {
namespace {

Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

std::string error_of(const auto& result) { return result ? "no error" : result.error().message; }

TEST(Rlp, EncodesTheExamplesOfTheYellowPaper) {
  EXPECT_EQ(encode_rlp_string(base::bytes_of("dog")), hex("83646f67"));
  EXPECT_EQ(encode_rlp_string({}), hex("80"));
  EXPECT_EQ(encode_rlp_number(0), hex("80"));
  EXPECT_EQ(encode_rlp_number(15), hex("0f"));
  EXPECT_EQ(encode_rlp_number(1024), hex("820400"));
  EXPECT_EQ(encode_rlp([](auto& sink) {
              sink.list([](auto& list) {
                list.string(base::bytes_of("cat"));
                list.list([](auto&) {});
              });
            }),
            hex("c583636174c0"));
}

TEST(Rlp, SizesLongPayloadsByTheShortestLength) {
  for (const std::size_t size : {55u, 56u, 255u, 256u, 65535u, 65536u}) {
    const Bytes text(size, 'a');
    const Bytes encoded = encode_rlp_string(text);
    EXPECT_EQ(encoded.size(), size + rlp_prefix_size(size));
    EXPECT_TRUE(base::equal(read_rlp_item(encoded, "text").value().payload, text));
  }
}

TEST(Rlp, NumbersRoundTrip) {
  EXPECT_TRUE(rc::check([](std::uint64_t low, std::uint64_t high, bool wide) {
    const U256 value = wide ? U256{low, 0, high, 0} >> *rc::gen::inRange(0, 192) : U256{low};
    const Bytes encoded = encode_rlp_number(value);
    RC_ASSERT(RlpReader(encoded).u256("n").value() == value);
    if (value.fits_u64()) {
      RC_ASSERT(RlpReader(encoded).u64("n").value() == value.low64());
      RC_ASSERT(encode_rlp([&](auto& sink) { sink.number(value.low64()); }) == encoded);
    }
  }));
}

TEST(Rlp, RefusesWhatIsNotCanonicalAndNamesTheField) {
  const auto u64 = [](std::string_view text) {
    const Bytes bytes = hex(text);
    return error_of(RlpReader(bytes).u64("nonce"));
  };
  EXPECT_EQ(u64("00"), "nonce: has leading zeros");
  EXPECT_EQ(u64("820001"), "nonce: has leading zeros");
  EXPECT_EQ(u64("8105"), "nonce: a low byte has a length");
  EXPECT_EQ(u64("89010000000000000000"), "nonce: does not fit into 64 bits");
  EXPECT_EQ(u64("c0"), "nonce: is a list where bytes should be");
  EXPECT_EQ(u64(""), "nonce: is missing");
  EXPECT_EQ(u64("8201"), "nonce: runs past the end of the input");
  EXPECT_EQ(u64("b801ff"), "nonce: the length is not in its shortest form");
  EXPECT_EQ(u64("b90001ff"), "nonce: the length has leading zeros");
  EXPECT_EQ(u64("bfffffffffffffffff00"), "nonce: runs past the end of the input");
  EXPECT_EQ(u64("b9ff"), "nonce: the input ends inside the length");
}

TEST(Rlp, RefusesWrongSizesAndLeftovers) {
  const Bytes address = encode_rlp_string(Bytes(19));
  EXPECT_EQ(error_of(RlpReader(address).fixed<20>("to")), "to: has 19 bytes instead of 20");
  EXPECT_EQ(error_of(read_rlp_list(hex("c000"), "block")), "block: bytes follow after its end");
  EXPECT_EQ(error_of(read_rlp_list(hex("80"), "block")), "block: is not a list");
  EXPECT_EQ(error_of(RlpReader(hex("01")).finish("block")), "block: has more items than it should");
}

TEST(Rlp, ChecksNestedItemsAndBoundsTheDepth) {
  EXPECT_TRUE(check_rlp(hex("c583636174c0")));
  EXPECT_FALSE(check_rlp(hex("c28100")));
  EXPECT_TRUE(check_rlp(hex("c2c180")));
  EXPECT_FALSE(check_rlp(hex("c2c281")));

  Bytes nested;
  for (std::size_t depth = 1; depth <= kMaxRlpDepth + 1; ++depth) {
    const Bytes inner = std::exchange(nested, {});
    nested = encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(inner); }); });
    EXPECT_EQ(check_rlp(nested).has_value(), depth <= kMaxRlpDepth);
  }
}

// Anything that the strict reader takes is what the writer would have written.
Bytes rewrite(const RlpItem& item) {
  if (!item.is_list) {
    return encode_rlp_string(item.payload);
  }
  Bytes items;
  for (RlpReader reader(item.payload); !reader.at_end();) {
    base::append(items, rewrite(reader.item("item").value()));
  }
  return encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
}

Bytes any_item(int depth) {
  if (depth == 0 || *rc::gen::inRange(0, 3) == 0) {
    return encode_rlp_string(Bytes(*rc::gen::inRange<std::size_t>(0, 70), 0x7f));
  }
  Bytes items;
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
    base::append(items, any_item(depth - 1));
  }
  return encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
}

TEST(Rlp, AcceptedBytesEncodeToThemselves) {
  EXPECT_TRUE(rc::check([] {
    Bytes bytes = any_item(4);
    RC_ASSERT(check_rlp(bytes).has_value());
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    const bool accepted = check_rlp(bytes).has_value();
    RC_CLASSIFY(accepted);
    if (accepted) {
      RC_ASSERT(rewrite(read_rlp_item(bytes, "rlp").value()) == bytes);
    }
  }));
}

}  // namespace
}  // namespace cairn::codec
