#include "nodelog/console.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.hpp"
#include "codec/abi.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

using codec::AbiValue;
using Values = std::vector<AbiValue>;

AbiValue text(std::string_view words) { return base::to_bytes(base::bytes_of(words)); }
AbiValue number(std::uint64_t value) { return U256{value}; }

// The call data of log(types).
Bytes call(const std::string& types, const Values& values, const std::string& hashed = {}) {
  Bytes out = base::to_bytes(types::selector("log(" + (hashed.empty() ? types : hashed) + ")"));
  base::append(out, codec::encode_abi(codec::parse_abi_types(types).value(), values).value());
  return out;
}

std::string said(const std::string& types, const Values& values) {
  return console_text(call(types, values));
}

TEST(Console, ShowsEachKindOfArgument) {
  constexpr Address kAlice = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"_address;
  EXPECT_EQ(said("", {}), "");
  EXPECT_EQ(said("string", {text("hello")}), "hello");
  EXPECT_EQ(said("uint256", {number(42)}), "42");
  EXPECT_EQ(said("int256", {AbiValue(U256{} - U256{7})}), "-7");
  EXPECT_EQ(said("bool", {number(1)}), "true");
  EXPECT_EQ(said("address", {AbiValue(kAlice)}), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  EXPECT_EQ(said("bytes", {AbiValue(Bytes{1, 2})}), "0x0102");
  EXPECT_EQ(said("bytes3", {AbiValue(Bytes{1, 2, 3})}), "0x010203");
  EXPECT_EQ(said("bytes32", {AbiValue(Bytes(32, 0xab))}), base::to_hex(Bytes(32, 0xab)));
}

TEST(Console, KnowsTheSelectorsThatOldLibrariesHashed) {
  EXPECT_EQ(console_text(call("uint256", {number(5)}, "uint")), "5");
  EXPECT_EQ(console_text(call("int256", {number(5)}, "int")), "5");
  EXPECT_EQ(console_text(
                call("string,uint256,bool", {text("a"), number(5), number(0)}, "string,uint,bool")),
            "a 5 false");
}

TEST(Console, PutsArgumentsIntoTheFormat) {
  EXPECT_EQ(said("string,uint256", {text("x = %s"), number(3)}), "x = 3");
  EXPECT_EQ(said("string,uint256,string", {text("%d of %i"), number(3), text("4")}), "3 of 4");
  EXPECT_EQ(said("string,string,uint256", {text("%o and %o"), text("a"), number(4)}), "'a' and 4");
  EXPECT_EQ(said("string,uint256", {text("%x"), number(255)}), "0xff");
  EXPECT_EQ(said("string,uint256", {text("100%% of %s%"), number(3)}), "100% of 3%");
}

TEST(Console, MovesThePointOfNumbersAsForgeStdAsks) {
  const auto ether = AbiValue(U256{1'234'500'000'000'000'000});
  EXPECT_EQ(said("string,uint256", {text("%18e ETH"), ether}), "1.2345 ETH");
  EXPECT_EQ(said("string,uint256", {text("%e"), ether}), "1.2345e18");
  EXPECT_EQ(said("string,uint256", {text("%e"), number(0)}), "0e0");
  EXPECT_EQ(said("string,uint256", {text("%2e"), number(100)}), "1");
  EXPECT_EQ(said("string,uint256", {text("%0e"), number(100)}), "100");
  EXPECT_EQ(said("string,int256", {text("%e"), AbiValue(U256{} - U256{1234})}), "-1.234e3");
  EXPECT_EQ(said("string,int256", {text("%3e"), AbiValue(U256{} - U256{1})}), "-0.001");
  EXPECT_EQ(said("string,string", {text("%e"), text("x")}), "NaN");
  EXPECT_EQ(said("string,uint256", {text("%5d %1234e"), number(7)}), "%5d %1234e 7");
}

TEST(Console, AppendsWhatTheFormatLeavesAndKeepsWhatItLacks) {
  EXPECT_EQ(said("string,uint256,bool", {text("sum"), number(3), number(1)}), "sum 3 true");
  EXPECT_EQ(said("string,uint256", {text("%s and %s"), number(3)}), "3 and %s");
  EXPECT_EQ(said("string,uint256", {text("%q %z"), number(3)}), "%q %z 3");
  EXPECT_EQ(said("uint256,string", {number(3), text("%s")}), "3 %s");
  EXPECT_EQ(said("string", {text("%s 100%%")}), "%s 100%%");  // alone it is no format
}

TEST(Console, AnArgumentIsNoFormatOfItsOwn) {
  EXPECT_EQ(said("string,string,uint256", {text("%s|%s"), text("%s"), number(1)}), "%s|1");
}

TEST(Console, ShowsWhatItDoesNotKnowAsItIs) {
  EXPECT_EQ(console_text(*base::from_hex("deadbeef00")), "(unknown console call) 0xdeadbeef00");
  EXPECT_EQ(console_text({}), "(unknown console call) 0x");
  Bytes cut = call("string", {text("hello")});
  cut.resize(40);
  EXPECT_EQ(console_text(cut).substr(0, 24), "(malformed console call)");
}

TEST(Console, PartsLinesAndBoundsThem) {
  EXPECT_EQ(console_lines(call("string", {text("a\nb")}), 10, 10),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(console_lines(call("string", {text("a\nb\nc\nd")}), 2, 10),
            (std::vector<std::string>{"a", "b", "... (3 more bytes)"}));
  EXPECT_EQ(console_lines(call("string", {text("abcdef")}), 2, 3),
            (std::vector<std::string>{"abc ... (3 more bytes)"}));
  EXPECT_EQ(console_lines(call("string", {text("\ta\tbc\t")}), 2, 30),
            (std::vector<std::string>{"        a       bc      "}));
  EXPECT_EQ(console_lines(call("string", {text("\x1b[2J")}), 2, 10),
            (std::vector<std::string>{"\\u001b[2J"}));
}

// Every list of up to four types, against what the types alone say.
TEST(Console, KnowsEveryListOfUpToFourTypes) {
  const std::vector<std::string> kinds{"uint256", "string", "bool", "address", "int256", "bytes"};
  for (std::size_t length = 1; length <= 4; ++length) {
    std::size_t lists = 1;
    for (std::size_t i = 0; i < length; ++i) {
      lists *= kinds.size();
    }
    for (std::size_t list = 0; list < lists; ++list) {
      std::string types;
      std::string old;
      Values values;
      for (std::size_t i = 0, rest = list; i < length; ++i, rest /= kinds.size()) {
        const std::string& kind = kinds[rest % kinds.size()];
        types += (i == 0 ? "" : ",") + kind;
        old += (i == 0 ? "" : ",") +
               (kind.ends_with("int256") ? kind.substr(0, kind.size() - 3) : kind);
        values.push_back(kind == "string" || kind == "bytes" ? AbiValue(Bytes{}) : number(1));
      }
      const std::string shown = said(types, values);
      EXPECT_EQ(shown.find("console call"), std::string::npos) << types;
      EXPECT_EQ(console_text(call(types, values, old)), shown) << old;
    }
  }
}

RC_GTEST_PROP(Console, AnyCallDataMakesBoundedPrintableLines,
              (const Bytes& tail, std::uint8_t which)) {
  const std::vector<std::string> some{"string", "bytes", "string,string,uint256", "address,bool",
                                      "uint256"};
  Bytes input = base::to_bytes(types::selector("log(" + some[which % some.size()] + ")"));
  base::append(input, tail);
  const auto lines = console_lines(which < 128 ? input : tail, 5, 100);
  RC_ASSERT(lines.size() <= 6u);
  for (const std::string& line : lines) {
    RC_ASSERT(line.size() < 800u);
    for (const char c : line) {
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
    }
  }
}

}  // namespace
}  // namespace cairn::nodelog
