#include "types/typed_data.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {
namespace {

constexpr std::string_view kPersonTypes =
    R"("Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
       "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},
               {"name":"contents","type":"string"}])";
constexpr std::string_view kDomainFields =
    R"({"name":"Ether Mail","version":"1","chainId":1,
        "verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"})";

std::string mail(std::string_view domain_type) {
  return fmt::format(
      R"({{"types":{{{}{}}},"primaryType":"Mail","domain":{},"message":{{
        "from":{{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"}},
        "to":{{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"}},
        "contents":"Hello, Bob!"}}}})",
      domain_type, kPersonTypes, kDomainFields);
}

// One struct `T` with one member `x`, and nothing in the domain.
std::string one(std::string_view type, std::string_view value, std::string_view more_types = {}) {
  return fmt::format(
      R"({{"types":{{"EIP712Domain":[],"T":[{{"name":"x","type":"{}"}}]{}}},"primaryType":"T",)"
      R"("domain":{{}},"message":{{"x":{}}}}})",
      type, more_types, value);
}

Hash256 hash_of_words(std::string_view type, std::initializer_list<Hash256> words) {
  Bytes text = base::to_bytes(crypto::keccak256(base::bytes_of(type)));
  for (const Hash256& word : words) {
    base::append(text, word);
  }
  return crypto::keccak256(text);
}

Hash256 message_of(std::string_view json) {
  const auto hash = hash_typed_data(json);
  EXPECT_TRUE(hash) << (hash ? "" : hash.error().message) << "\n" << json;
  return hash ? hash->message.value_or(Hash256{}) : Hash256{};
}

std::string refusal_of(std::string_view json) {
  const auto hash = hash_typed_data(json);
  return hash ? "taken" : hash.error().message;
}

TEST(TypedData, HashesTheMailOfTheEip) {
  const std::string domain_type =
      R"("EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
         {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],)";
  const auto hash = hash_typed_data(mail(domain_type));
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(hash->domain_separator,
            "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"_hash);
  EXPECT_EQ(hash->message,
            "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"_hash);
  EXPECT_EQ(hash->digest,
            "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"_hash);
}

TEST(TypedData, TakesTheDomainsTypeFromItsFieldsWhereTheTypesLackIt) {
  const auto hash = hash_typed_data(mail(""));
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(hash->digest,
            "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"_hash);
}

TEST(TypedData, SignsTheDomainAloneWhereThatIsThePrimaryType) {
  const auto hash = hash_typed_data(
      R"({"types":{"EIP712Domain":[{"name":"name","type":"string"}]},
          "primaryType":"EIP712Domain","domain":{"name":"x"},"message":{}})");
  ASSERT_TRUE(hash);
  EXPECT_FALSE(hash->message);
  Bytes text{0x19, 0x01};
  base::append(text, hash->domain_separator);
  EXPECT_EQ(hash->digest, crypto::keccak256(text));
}

TEST(TypedData, ReadsNumbersInEveryWriting) {
  const Hash256 ten = hash_of_words("T(uint8 x)", {base::to_hash(U256{10})});
  for (const char* value : {"10", R"("10")", R"("0xa")", R"("0x0a")"}) {
    EXPECT_EQ(message_of(one("uint8", value)), ten) << value;
  }
  const U256 largest = ~U256{};
  const Hash256 all_ones = hash_of_words("T(uint256 x)", {base::to_hash(largest)});
  EXPECT_EQ(message_of(one("uint256", base::to_decimal(largest))), all_ones);
  EXPECT_EQ(message_of(one("uint256", fmt::format("\"{}\"", base::to_decimal(largest)))), all_ones);
}

TEST(TypedData, ExtendsTheSignOfNegativeNumbers) {
  const Hash256 minus_one = hash_of_words("T(int8 x)", {base::to_hash(~U256{})});
  for (const char* value : {"-1", R"("-1")", R"("-0x1")"}) {
    EXPECT_EQ(message_of(one("int8", value)), minus_one) << value;
  }
  EXPECT_EQ(message_of(one("int8", "-128")),
            hash_of_words("T(int8 x)", {base::to_hash(-U256{128})}));
}

TEST(TypedData, HashesArraysOfArraysFromTheInside) {
  const auto word = [](unsigned value) { return base::to_hash(U256{value}); };
  const auto list = [](std::initializer_list<Hash256> words) {
    Bytes text;
    for (const Hash256& item : words) {
      base::append(text, item);
    }
    return crypto::keccak256(text);
  };
  EXPECT_EQ(message_of(one("uint8[2][]", "[[1,2],[3,4]]")),
            hash_of_words("T(uint8[2][] x)",
                          {list({list({word(1), word(2)}), list({word(3), word(4)})})}));
  EXPECT_EQ(message_of(one("uint8[]", "[]")), hash_of_words("T(uint8[] x)", {list({})}));
}

TEST(TypedData, EndsARecursionAtAnAbsentStruct) {
  const std::string_view node =
      R"(,"Node":[{"name":"value","type":"uint8"},{"name":"next","type":"Node"}])";
  const std::string type = "Node(uint8 value,Node next)";
  const Hash256 last = hash_of_words(type, {base::to_hash(U256{2}), Hash256{}});
  const Hash256 first = hash_of_words(type, {base::to_hash(U256{1}), last});
  const Hash256 whole = hash_of_words("T(Node x)" + type, {first});
  EXPECT_EQ(message_of(one("Node", R"({"value":1,"next":{"value":2,"next":null}})", node)), whole);
  EXPECT_EQ(message_of(one("Node", R"({"value":1,"next":{"value":2}})", node)), whole);
}

TEST(TypedData, EncodesReferredTypesInTheOrderOfTheirNames) {
  const std::string_view more =
      R"(,"B":[{"name":"a","type":"A[]"}],"A":[{"name":"n","type":"bool"}])";
  const Hash256 a = hash_of_words("A(bool n)", {base::to_hash(U256{1})});
  const Hash256 b = hash_of_words("B(A[] a)A(bool n)", {crypto::keccak256(a)});
  EXPECT_EQ(message_of(one("B", R"({"a":[{"n":true}]})", more)),
            hash_of_words("T(B x)A(bool n)B(A[] a)", {b}));
}

TEST(TypedData, PadsBytesOnTheRightAndAddressesOnTheLeft) {
  Hash256 right;
  right[0] = 0xab;
  right[1] = 0xcd;
  EXPECT_EQ(message_of(one("bytes2", R"("0xabcd")")), hash_of_words("T(bytes2 x)", {right}));
  const auto address = "0x00000000000000000000000000000000000000ff"_address;
  EXPECT_EQ(message_of(one("address", fmt::format("\"{}\"", base::to_hex(address)))),
            hash_of_words("T(address x)", {base::to_hash(U256{255})}));
  EXPECT_EQ(message_of(one("bytes", R"("0x")")),
            hash_of_words("T(bytes x)", {crypto::keccak256(Bytes{})}));
}

struct Bad {
  std::string json;
  std::string_view part;  // of the refusal
};

TEST(TypedData, NamesTheValueThatIsWrong) {
  const std::string node = R"(,"N":[{"name":"v","type":"uint8"},{"name":"n","type":"N[]"}])";
  const Bad cases[] = {
      {one("uint8", "256"), "message.x: 256 does not fit uint8"},
      {one("int8", "128"), "message.x: 128 does not fit int8"},
      {one("int8", "-129"), "message.x: -129 does not fit int8"},
      {one("uint8", "-1"), "message.x: -1 is negative"},
      {one("uint8", "1.5"), "message.x: '1.5' is not an integer"},
      {one("uint8", "1e2"), "message.x: '1e2' is not an integer"},
      {one("uint256", R"("")"), "message.x: '' is not an integer"},
      {one("uint256", R"("0x")"), "message.x: '0x' is not an integer"},
      {one("uint256", "true"), "message.x: want a number"},
      {one("bool", R"("true")"), "message.x: want true or false"},
      {one("bool", "1"), "message.x: want true or false"},
      {one("string", "1"), "message.x: want a string"},
      {one("address", R"("0x01")"), "message.x: an address has 20 bytes, not 1"},
      {one("address", R"("vitalik.eth")"), "message.x: want a hex string"},
      {one("bytes", R"("abcd")"), "message.x: want a hex string"},
      {one("bytes", R"("0xabc")"), "message.x: want a hex string"},
      {one("bytes4", R"("0x0102030405")"), "message.x: bytes4 has 4 bytes, not 5"},
      {one("bytes32", R"("0x01")"), "message.x: bytes32 has 32 bytes, not 1"},
      {one("uint8[]", "1"), "message.x: want a list"},
      {one("uint8[2]", "[1]"), "message.x: want 2 items, have 1"},
      {one("uint8[][]", "[[1],[1,300]]"), "message.x[1][1]: 300 does not fit"},
      {one("N", R"({"v":1,"n":[{"v":1,"n":[]},{"v":1,"n":[3]}]})", node),
       "message.x.n[1].n[0]: want an object of type N"},
      {one("N", R"({"v":1})", node), "message.x.n: is missing"},
      {one("uint8", R"(1,"x":2)"), "message: the key 'x' stands twice"},
      {one("uint9", "1"), "types.T.x: the type 'uint9' is neither elementary nor defined"},
      {one("Nobody", "{}"), "types.T.x: the type 'Nobody' is neither"},
      {one("(uint8)", "[1]"), "types.T.x: '(uint8)' is not a type"},
      {one("uint8[", "[]"), "types.T.x: 'uint8[' is not a type"},
      {one("uint8[0]", "[]"), "types.T.x: 'uint8[0]' is not a type"},
      {one("uint8[]x", "[]"), "types.T.x: 'uint8[]x' is not a type"},
      {one("", "1"), "types.T.x: '' is not a type"},
      {one("uint8", "1", R"(,"uint8":[])"), "types: 'uint8' cannot be the name of a struct"},
      {one("uint8", "1", R"(,"T":[])"), "types: 'T' stands twice"},
      {one("uint8", "1", R"(,"A":{})"), "types.A: want a list"},
      {one("uint8", "1", R"(,"A":[1])"), "types.A[0]: want an object with a name and a type"},
      {one("uint8", "1", R"(,"A":[{"name":"x","type":"bool"},{"name":"x","type":"bool"}])"),
       "types.A: 'x' stands twice"},
      {"[]", "want an object with types"},
      {"{}", "'types' is missing"},
      {R"({"types":[],"primaryType":"T","domain":{}})", "types: want an object"},
      {R"({"types":{},"primaryType":"T","domain":{}})", "primaryType: 'T' is not one of the types"},
      {R"({"types":{},"primaryType":1,"domain":{}})", "primaryType: want a string"},
      {R"({"types":{"T":[]},"primaryType":"T"})", "'domain' is missing"},
      {R"({"types":{"T":[]},"primaryType":"T","domain":{}})", "'message' is missing"},
      {R"({"types":{"T":[]},"primaryType":"T","domain":{"what":1},"message":{}})",
       "domain: unknown key 'what'"},
      {"{", "not valid JSON"},
      {one("uint8", "nlul"), "not valid JSON"},
  };
  for (const auto& [json, part] : cases) {
    EXPECT_NE(refusal_of(json).find(part), std::string::npos)
        << json << "\nsaid: " << refusal_of(json) << "\nwant: " << part;
  }
}

TEST(TypedData, BoundsDepthSizeAndWork) {
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) {
    deep = "[" + deep + "]";
  }
  EXPECT_NE(refusal_of(one("uint8", deep)).find("not valid JSON"), std::string::npos);
  const std::string large = '"' + std::string(std::size_t{3} << 20, 'a') + '"';
  EXPECT_NE(refusal_of(one("string", large)).find("bytes are more than"), std::string::npos);
  // Few bytes, each of which stands for a thousand words of absent structs.
  std::string wide = R"(,"E":[],"W":[)";
  for (int i = 0; i < 1'000; ++i) {
    wide += fmt::format(R"({}{{"name":"m{}","type":"E"}})", i == 0 ? "" : ",", i);
  }
  wide += ']';
  std::string items = "[{}";
  for (int i = 0; i < 2'000; ++i) {
    items += ",{}";
  }
  EXPECT_NE(refusal_of(one("W[]", items + ']', wide)).find("larger than 2^20 words"),
            std::string::npos);
}

TEST(MessageHash, IsThatOfEip191) {
  EXPECT_EQ(message_hash(base::bytes_of("Hello World")),
            "0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2"_hash);
}

TEST(Signature, RoundTripsThroughItsBytes) {
  const crypto::SecretKey key = crypto::SecretKey::from_right(Bytes{1});
  for (const char* text : {"a", "b", "c", "d"}) {
    const auto signature = crypto::sign(message_hash(base::bytes_of(text)), key);
    ASSERT_TRUE(signature);
    Bytes bytes = signature_bytes(*signature);
    EXPECT_EQ(parse_signature(bytes), *signature);
    bytes[64] = static_cast<std::uint8_t>(bytes[64] - 27);
    EXPECT_EQ(parse_signature(bytes), *signature);
    bytes[64] = 2;
    EXPECT_FALSE(parse_signature(bytes));
    bytes.pop_back();
    EXPECT_FALSE(parse_signature(bytes));
  }
}

}  // namespace
}  // namespace cairn::types
