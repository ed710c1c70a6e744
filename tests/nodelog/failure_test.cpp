#include "nodelog/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.hpp"
#include "codec/abi.hpp"
#include "nodelog/abi_text.hpp"
#include "nodelog/signatures.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

using evm::Status;
using testing::EndsWith;
using testing::StartsWith;

Bytes error(std::string_view signature, const std::vector<codec::AbiValue>& values) {
  const Signature parsed = Signature::parse(signature).value();
  Bytes out = base::to_bytes(types::selector(parsed.text));
  base::append(out, codec::encode_abi(parsed.inputs, values).value());
  return out;
}

std::string reverted(BytesView output) { return failure_text(Status::revert, output, Names{}); }

TEST(FailureText, SaysTheStringOfRequire) {
  EXPECT_EQ(reverted(codec::encode_revert_error("not the owner")), "not the owner");
  EXPECT_EQ(reverted(codec::encode_revert_error("a\x1b[2J")), "a\\u001b[2J");
  EXPECT_THAT(reverted(codec::encode_revert_error(std::string(5'000, 'x'))),
              EndsWith("(3976 more bytes)"));
}

TEST(FailureText, SaysWhatAPanicMeans) {
  EXPECT_EQ(reverted(codec::encode_revert_panic(0x11)),
            "Panic(0x11): arithmetic underflow or overflow");
  EXPECT_EQ(reverted(codec::encode_revert_panic(0x99)), "Panic(0x99): unknown panic code: 0x99");
}

TEST(FailureText, NamesErrorsThatAreKnownWithTheirArguments) {
  constexpr Address kAlice = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"_address;
  EXPECT_EQ(reverted(error("ERC20InsufficientBalance(address,uint256,uint256)",
                           {kAlice, U256{1}, U256{5}})),
            "ERC20InsufficientBalance(sender: 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266, "
            "balance: 1, needed: 5)");
  EXPECT_EQ(reverted(error("EnforcedPause()", {})), "EnforcedPause()");
}

TEST(FailureText, ShowsErrorsThatAreUnknownBySelectorAndData) {
  EXPECT_EQ(reverted(*base::from_hex("deadbeef")), "custom error 0xdeadbeef");
  EXPECT_EQ(reverted(*base::from_hex("deadbeef01")), "custom error 0xdeadbeef with 0x01");
  Bytes large = *base::from_hex("deadbeef");
  large.resize(10'000);
  EXPECT_THAT(reverted(large), EndsWith("... (9996 bytes)"));
}

TEST(FailureText, ShowsDataThatIsNotWhatItsSelectorSays) {
  EXPECT_EQ(reverted(*base::from_hex("08c379a0ff")), "custom error 0x08c379a0 with 0xff");
  EXPECT_EQ(reverted(base::to_bytes(types::selector("OwnableInvalidOwner(address)"))),
            "OwnableInvalidOwner(0x)");
  EXPECT_EQ(reverted(*base::from_hex("0102")), "reverted with 0x0102");
}

TEST(FailureText, TellsSilentRevertsAndHalts) {
  EXPECT_EQ(reverted({}), "reverted without a reason");
  EXPECT_EQ(failure_text(Status::out_of_gas, {}, Names{}), "out of gas");
  EXPECT_EQ(failure_text(Status::success, {}, Names{}), "");
}

TEST(Signatures, AreReadWithAndWithoutNames) {
  const auto one = Signature::parse("f((address,bytes)[] calls, uint256)");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->text, "f((address,bytes)[],uint256)");
  EXPECT_EQ(one->parameters, (std::vector<std::string>{"calls", ""}));
  for (const auto* wrong : {"f", "(uint256)", "f(uint257)", "f(uint256", "f(what)"}) {
    EXPECT_FALSE(Signature::parse(wrong)) << wrong;
  }
}

TEST(Signatures, TellTheMethodOfACall) {
  EXPECT_EQ(Names().method_of(*base::from_hex("a9059cbb")), "transfer(address,uint256)");
  EXPECT_EQ(Names().method_of(*base::from_hex("deadbeefff")), "0xdeadbeef");
  EXPECT_EQ(Names().method_of(*base::from_hex("a9059c")), std::nullopt);
  EXPECT_EQ(Names().method_of({}), std::nullopt);
}

// Selectors as other tools print them.
TEST(Signatures, KnowWhatChainsAreFullOf) {
  for (const auto& [selector, name] : {std::pair{"095ea7b3", "approve"},
                                       {"23b872dd", "transferFrom"},
                                       {"f242432a", "safeTransferFrom"},
                                       {"f2fde38b", "transferOwnership"},
                                       {"2f2ff15d", "grantRole"},
                                       {"ac9650d8", "multicall"},
                                       {"82ad56cb", "aggregate3"},
                                       {"4f1ef286", "upgradeToAndCall"},
                                       {"38ed1739", "swapExactTokensForTokens"},
                                       {"3593564c", "execute"},
                                       {"6a761202", "execTransaction"},
                                       {"1fad948c", "handleOps"}}) {
    const Signature* found = known_functions().find(*base::fixed_from_hex<4>(selector));
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(found->name, name);
  }
  EXPECT_GT(known_functions().size(), 200u);
}

std::vector<codec::AbiValue> one(const codec::AbiValue& value) {
  return std::vector<codec::AbiValue>(1, value);
}

TEST(AbiText, CutsWhatIsLong) {
  const auto shown = [](std::string_view signature, const std::vector<codec::AbiValue>& values) {
    return described(Signature::parse(signature).value(), error(signature, values));
  };
  const codec::AbiValue numbers = std::vector<codec::AbiValue>(20, U256{1});
  const codec::AbiValue pair = std::vector<codec::AbiValue>{U256{1}, U256{} - U256{1}};
  EXPECT_EQ(shown("f(uint256[])", one(numbers)), "f([1, 1, 1, 1, 1, 1, 1, 1, ... 12 more])");
  EXPECT_EQ(shown("f((bool,int8) pair)", one(pair)), "f(pair: (true, -1))");
  EXPECT_THAT(shown("f(bytes)", one(Bytes(1'000))), EndsWith("... (1000 bytes))"));
}

RC_GTEST_PROP(FailureText, IsBoundedAndPrintableForAnyOutput,
              (const Bytes& tail, std::uint8_t which)) {
  const std::vector<std::string> some{"Error(string)", "Panic(uint256)", "StringTooLong(string)",
                                      "FailedOpWithRevert(uint256,string,bytes)"};
  Bytes output = base::to_bytes(types::selector(some[which % some.size()]));
  base::append(output, tail);
  for (const std::string& text : {reverted(output), reverted(tail)}) {
    RC_ASSERT(text.size() < 8'000u);
    for (const char c : text) {
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
    }
  }
}

}  // namespace
}  // namespace cairn::nodelog
