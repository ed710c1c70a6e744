#include "nodelog/call_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "base/hex.hpp"

namespace cairn::nodelog {
namespace {

using evm::Status;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using trace::CallFrame;
using trace::FrameType;

constexpr Address kToken = "0x00000000000000000000000000000000000000aa"_address;

CallFrame call_of(FrameType type = FrameType::call) {
  CallFrame frame;
  frame.type = type;
  frame.to = kToken;
  frame.gas_used = 100;
  return frame;
}

std::vector<std::string> lines_of(const CallFrame& frame) {
  return call_tree(frame, false, Names{}).lines;
}

const std::string kTokenText = base::to_hex(kToken);

TEST(CallTree, SaysWhatIsCalledWithWhat) {
  CallFrame frame = call_of();
  frame.input =
      *base::from_hex("70a0823100000000000000000000000000000000000000000000000000000000000000bb");
  frame.output = Bytes(32, 1);
  frame.value = U256{7};
  EXPECT_THAT(lines_of(frame),
              ElementsAre("CALL " + kTokenText +
                          " balanceOf(account: 0x00000000000000000000000000000000000000bb) "
                          "value=7 wei gas=100 -> " +
                          base::to_hex(Bytes(32, 1))));
}

TEST(CallTree, SaysHowEachCallEnded) {
  CallFrame frame = call_of(FrameType::create);
  frame.input = Bytes(10);
  frame.output = Bytes(5);
  CallFrame reverts = call_of(FrameType::static_call);
  reverts.status = Status::revert;
  CallFrame halts = call_of(FrameType::delegate_call);
  halts.status = Status::out_of_gas;
  halts.error = "out of gas";
  CallFrame precompile = call_of();
  precompile.to = "0x0000000000000000000000000000000000000001"_address;
  precompile.is_precompile = true;
  precompile.input = Bytes(128);
  frame.calls = {reverts, halts, precompile};
  EXPECT_THAT(
      lines_of(frame),
      ElementsAre("CREATE " + kTokenText + " (10 bytes of init code) gas=100 -> 5 bytes of code",
                  "  STATICCALL " + kTokenText + " gas=100 reverted",
                  "  DELEGATECALL " + kTokenText + " gas=100 failed: out of gas",
                  "  CALL 0x0000000000000000000000000000000000000001 ecrecover gas=100"));
}

TEST(CallTree, ShowsTheWayToTheFailureOfAnyNumberOfCalls) {
  CallFrame frame = call_of();
  frame.status = Status::revert;
  frame.calls.assign(10'000, call_of());
  frame.calls.push_back(call_of());
  frame.calls.back().status = Status::revert;
  const auto lines = lines_of(frame);
  EXPECT_EQ(lines.size(), kMostFrames + 1);
  EXPECT_THAT(lines[lines.size() - 2], EndsWith("... 9902 calls left out"));
  EXPECT_THAT(lines.back(), EndsWith("reverted"));
}

TEST(CallTree, CountsWhatIsBelowACallThatIsLeftOut) {
  CallFrame deep;
  for (int i = 0; i < 301; ++i) {
    CallFrame above;
    above.calls.push_back(std::move(deep));
    deep = std::move(above);
  }
  const auto tree = call_tree(deep, false, Names{});
  EXPECT_THAT(tree.lines.back(), EndsWith("... 202 calls left out"));
  EXPECT_THAT(tree.json, HasSubstr(R"("callsLeftOut":202)"));
}

TEST(CallTree, BoundsTheIndentOfDeepCalls) {
  CallFrame frame = call_of();
  for (int depth = 0; depth < 1'024; ++depth) {
    CallFrame outer = call_of();
    outer.status = Status::revert;
    outer.calls.push_back(std::move(frame));
    frame = std::move(outer);
  }
  const auto lines = lines_of(frame);
  EXPECT_LE(lines.size(), kMostFrames + 1);
  for (const std::string& line : lines) {
    EXPECT_LT(line.size(), 600u);
  }
}

TEST(CallTree, IsOneJsonValueToo) {
  CallFrame frame = call_of();
  frame.calls.assign(200, call_of());
  const auto block = call_tree(frame, false, Names{});
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_EQ(parser.parse(block.json).get(root), simdjson::SUCCESS) << block.json;
  EXPECT_EQ(root["calls"].get_array().size(), kMostFrames - 1);
  EXPECT_EQ(std::uint64_t(root["callsLeftOut"]), 200 - (kMostFrames - 1));
}

TEST(EtherText, IsShortAndExact) {
  const U256 ether{1'000'000'000'000'000'000};
  EXPECT_EQ(ether_text(U256{0}), "0 wei");
  EXPECT_EQ(ether_text(U256{999'999'999}), "999999999 wei");
  EXPECT_EQ(ether_text(U256{1'000'000'000}), "0.000000001 ether");
  EXPECT_EQ(ether_text(ether), "1 ether");
  EXPECT_EQ(ether_text(ether * U256{10'000}), "10000 ether");
  EXPECT_EQ(ether_text(ether + U256{1}), "1.000000000000000001 ether");
}

}  // namespace
}  // namespace cairn::nodelog
