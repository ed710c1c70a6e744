#include "trace/tracers.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trace/traced_story.hpp"

namespace cairn::trace {
namespace {

using testing::HasSubstr;

class Tracers : public TracedStory {
 protected:
  // What the tracer of this name says; an empty name is the struct log.
  std::string answer(std::string_view name, std::string_view config = "{}") {
    const auto options = types::parse_json(config);
    const auto made = name.empty() ? make_struct_logger(&*options) : make_tracer(name, &*options);
    return made ? TracedStory::answer(**made) : made.error().message;
  }
};

TEST_F(Tracers, SelectorsAreCountedWithTheSizeOfTheirArguments) {
  // Calls 0xca twice with the four bytes that it was called with, and a precompiled contract once.
  contract(kReceiver,
           "0x60045f5f37"
           "5f5f60045f5f60ca5af1505f5f60045f5f60ca5af1505f5f60045f5f60045af100");
  contract(kOther, "0x00");
  story_.transaction.data = *base::from_hex("0xa9059cbb0102");
  EXPECT_EQ(answer("4byteTracer"), R"({"0xa9059cbb-0":2,"0xa9059cbb-2":1})");
}

TEST_F(Tracers, SeveralTracersShareOneExecution) {
  story_.transaction.data = *base::from_hex("0xa9059cbb");
  EXPECT_EQ(answer("muxTracer", R"({"4byteTracer":null,"noopTracer":{}})"),
            R"({"4byteTracer":{"0xa9059cbb-0":1},"noopTracer":{}})");
  EXPECT_THAT(answer("muxTracer", R"({"callTracer":{"onlyTopCall":true},"prestateTracer":{}})"),
              HasSubstr(R"("callTracer":{"type":"CALL")"));
  EXPECT_THAT(answer("muxTracer", R"({"fooTracer":{}})"), HasSubstr("tracer not found"));
}

TEST_F(Tracers, BundlersSeeSlotsCodeAndInstructions) {
  // SLOAD(5), EXTCODESIZE(0xca), ISZERO, EXTCODEHASH(0xca), POP, GAS, POP, KECCAK256(0, 1), STOP
  contract(kReceiver,
           "0x60055450"
           "60ca3b1550"
           "60ca3f50"
           "5a50"
           "60015f2000");
  contract(kOther, "0x6000");
  const std::string text = answer("erc7562Tracer");
  const std::string zeros(63, '0');
  EXPECT_THAT(text, HasSubstr(fmt::format(R"("reads":{{"0x{0}5":["0x{0}0"]}})", zeros)));
  EXPECT_THAT(text,
              HasSubstr(R"("extCodeAccessInfo":["0x00000000000000000000000000000000000000ca"])"));
  EXPECT_THAT(text, HasSubstr(R"("contractSize":{"0x00000000000000000000000000000000000000ca":)"
                              R"({"contractSize":2,"opcode":59}})"));
  EXPECT_THAT(text, HasSubstr(R"("0x5a":1)"));
  EXPECT_THAT(text, HasSubstr(R"("keccak":["0x00"])"));
  EXPECT_THAT(answer("erc7562Tracer", R"({"ignoredOpcodes":["0x54"]})"), HasSubstr(R"("0x60":)"));
}

TEST_F(Tracers, TheStructLogSaysWhyGasRanOutWhereItDid) {
  contract(kReceiver, "0x60ff60ff1b51");  // MLOAD(255 << 255)
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"MLOAD")"));
  EXPECT_THAT(answer(""), HasSubstr(R"("error":"gas uint64 overflow")"));
  contract(kReceiver, "0x600056");  // a jump to no destination fails after its gas
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"JUMP")"));
  EXPECT_EQ(answer("").find("\"error\""), std::string::npos);
  EXPECT_THAT(answer("callTracer"), HasSubstr(R"("error":"invalid jump destination")"));
}

// Each calls 600 times what is asked for the hash of a megabyte that it has no gas for: the tracer
// is told of the megabyte all the same.
TEST_F(Tracers, WhatWasHashedHasABound) {
  contract(kReceiver, "0x5f5b600101805f525f5f60205f5f60ca6064f150806102581160015700");
  contract(kOther, "0x60205f5f37621000005f2000");
  story_.transaction.gas_limit = 400'000;
  const auto tracer = make_tracer("erc7562Tracer", nullptr).value();
  const state::MemoryState base(story_.before);
  state::Overlay overlay(base);
  tracer->begin({.overlay = overlay,
                 .environment = story_.env,
                 .transaction = story_.transaction,
                 .sender = kSender,
                 .base = base});
  tracer->end(run(overlay, *tracer));
  EXPECT_TRUE(tracer->is_truncated());
}

TEST_F(Tracers, TheStructLogTellsTheWholePriceOfWhatGasDidNotSufficeFor) {
  contract(kReceiver, "0x617fff5f2000");  // KECCAK256(0, 0x7fff)
  story_.transaction.gas_limit = 21'000 + 100;
  // 30, 6 a word, and memory of 1,024 words.
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"KECCAK256","gas":95,"gasCost":11294)"));
}

TEST_F(Tracers, WhatHasNoConstantPriceIsToldWhole) {
  contract(kReceiver, "0x61ffff60020a00");  // EXP(2, 0xffff): 10 and 50 a byte
  story_.transaction.gas_limit = 21'000 + 6 + 5;
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"EXP","gas":5,"gasCost":110)"));
  contract(kReceiver, "0x60405fa000");  // LOG0(0, 64): 375, 8 a byte and two words
  story_.transaction.gas_limit = 21'000 + 5 + 9;
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"LOG0","gas":9,"gasCost":893)"));
}

// In geth a call asks for its share of what is left even where less than nothing is left.
TEST_F(Tracers, ACallThatTheGasDoesNotSufficeForIsToldWithWhatItAskedFor) {
  story_.env.context.fork = types::Fork::cancun;
  contract(kReceiver, "0x61ffff5f5f5f60ca6103e8f400");  // DELEGATECALL(1000, 0xca, memory)
  story_.transaction.gas_limit = 21'000 + 15 + 5'000;
  // A cold account, memory of 2,048 words, and the 1,000.
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"DELEGATECALL","gas":5000,"gasCost":17936)"));
  story_.transaction.gas_limit = 21'000 + 15 + 2'000;  // not even for the account
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"DELEGATECALL","gas":2000,"gasCost":100)"));
  EXPECT_THAT(answer("callTracer"), HasSubstr(R"("error":"out of gas: out of gas")"));
}

TEST_F(Tracers, ACreationWithoutCodeHasNoRows) {
  contract(kReceiver, "0x5f5f5ff05000");
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"POP")"));
  EXPECT_EQ(answer("").find(R"("depth":2)"), std::string::npos);
}

TEST_F(Tracers, TheStructLogsPriceOfACreationIsWithoutWhatItHandsOn) {
  contract(kReceiver, "0x60205f5ff000");  // CREATE(0, 0, 32): memory, and EIP-3860's 2 a word
  EXPECT_THAT(answer(""), HasSubstr(R"("op":"CREATE","gas":78993,"gasCost":32005)"));
}

TEST_F(Tracers, AStoreWithTheStipendAloneNamesTheSentry) {
  contract(kReceiver, "0x60015f5500");
  story_.transaction.gas_limit = 21'000 + 2'305;
  EXPECT_THAT(answer("callTracer"), HasSubstr("out of gas: not enough gas for reentrancy sentry"));
}

TEST_F(Tracers, OptionsOfAWrongKindAreRefused) {
  EXPECT_THAT(answer("callTracer", R"({"withLog":"yes"})"), HasSubstr("withLog"));
  EXPECT_THAT(answer("", R"({"limit":-1})"), HasSubstr("limit"));
  EXPECT_THAT(answer("erc7562Tracer", R"({"stackTopItemsSize":"many"})"),
              HasSubstr("stackTopItemsSize"));
}

}  // namespace
}  // namespace cairn::trace
