// Tracers in JavaScript: what geth's find, and what those that mean harm run into.
#include "trace/js_tracer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/hex.hpp"
#include "tests/execution/story.hpp"
#include "trace/tracers.hpp"

namespace cairn::trace {
namespace {

using execution::testing::kReceiver;
using execution::testing::kSender;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Address kOther = "0x00000000000000000000000000000000000000ca"_address;

class JsTracerTest : public ::testing::Test {
 protected:
  JsTracerTest() { contract(kReceiver, "0x6001600100"); }  // PUSH1 1, PUSH1 1, STOP

  void contract(const Address& address, std::string_view code) {
    story_.before[address].code = *base::from_hex(code);
    story_.before[address].nonce = 1;
  }

  // The answer of a tracer with these members besides the two that it must have, or its error.
  std::string trace(std::string_view members, std::string_view result) {
    return run(fmt::format("{{{}, fault: function() {{}}, result: function(ctx, db) {{ {} }}}}",
                           members, result));
  }
  std::string run(const std::string& code, std::string_view config = "{}") {
    const auto options = types::parse_json(config);
    auto made = make_tracer(code, &*options);
    if (!made) {
      return "refused: " + made.error().message;
    }
    const state::MemoryState base(story_.before);
    state::Overlay overlay(base);
    story_.env.stop = stop_;
    (*made)->begin({.overlay = overlay,
                    .environment = story_.env,
                    .transaction = story_.transaction,
                    .sender = kSender,
                    .base = base});
    const auto outcome = execution::execute_transaction(overlay, story_.env, story_.transaction,
                                                        kSender, {}, {}, made->get());
    EXPECT_TRUE(outcome);
    (*made)->end(*outcome);
    if (const auto failed = (*made)->error()) {
      return "error: " + *failed;
    }
    codec::JsonWriter out;
    (*made)->write(out);
    return std::move(out).take();
  }
  // What an expression is once the transaction has ended.
  std::string value(std::string_view expression) {
    return trace("x: 0", fmt::format("return {}", expression));
  }

  execution::testing::Story story_;
  const std::atomic<bool>* stop_ = nullptr;
};

TEST_F(JsTracerTest, CountsSteps) {
  EXPECT_EQ(trace("n: 0, step: function() { this.n += 1; }", "return this.n"), "3");
}

TEST_F(JsTracerTest, SeesOpcodesTheStackAndGas) {
  EXPECT_EQ(trace("a: [], step: function(log) { this.a.push(log.op.toString() + "
                  "log.op.toNumber() + log.op.isPush() + log.stack.length() + '@' + log.getPC() + "
                  "'-' + log.getCost() + '/' + log.getDepth()) }",
                  "return this.a"),
            R"(["PUSH196true0@0-3/1","PUSH196true1@2-3/1","STOP0false2@4-0/1"])");
}

TEST_F(JsTracerTest, GivesBigIntegersAsGethDoes) {
  contract(kReceiver, "0x5f19600100");  // not 0, 1
  EXPECT_EQ(trace("a: [], step: function(log) { if (log.stack.length() > 1) "
                  "this.a = [log.stack.peek(1), log.stack.peek(1).add(1).toString(16), "
                  "log.stack.peek(0) + 1] }",
                  "return this.a"),
            R"(["115792089237316195423570985008687907853269984665640564039457584007913129639935",)"
            R"("1)" +
                std::string(64, '0') + R"(",2])");
}

TEST_F(JsTracerTest, SeesMemoryBeforeTheInstruction) {
  contract(kReceiver, "0x60ff5f5300");  // MSTORE8(0, 255)
  EXPECT_EQ(trace("r: [], step: function(log) { var op = log.op.toString(); "
                  "if (op === 'MSTORE8' || op === 'STOP') "
                  "this.r.push(log.memory.length(), toHex(log.memory.slice(0, 2))) }",
                  "return this.r"),
            R"([0,"0x0000",32,"0xff00"])");
  EXPECT_EQ(trace("r: 0, step: function(log) { if (log.memory.length()) "
                  "this.r = log.memory.getUint(0).toString(16) }",
                  "return this.r"),
            "\"ff" + std::string(62, '0') + "\"");
}

TEST_F(JsTracerTest, RefusesWhatIsOutOfBoundsInGethsWords) {
  EXPECT_EQ(
      trace("step: function(log) { log.memory.slice(-1, -2) }", ""),
      "error: tracer accessed out of bound memory: offset -1, end -2    in server-side tracer "
      "function 'step'");
  EXPECT_EQ(trace("step: function(log) { log.stack.peek(-1) }", ""),
            "error: tracer accessed out of bound stack: size 0, index -1    in server-side tracer "
            "function 'step'");
  EXPECT_EQ(trace("step: function(log) { log.memory.getUint(-64) }", ""),
            "error: tracer accessed out of bound memory: available 0, offset -64, size 32    in "
            "server-side tracer function 'step'");
  EXPECT_EQ(trace("step: function(log) { log.memory.slice(5, 1025 * 1024) }", ""),
            "error: reached limit for padding memory slice: 1049595    in server-side tracer "
            "function 'step'");
  EXPECT_THAT(value("slice([1, 2], 1, 3)"), HasSubstr("available 2, offset 1, size 2"));
  EXPECT_THAT(value("toHex(1)"), HasSubstr("invalid buffer type"));
}

TEST_F(JsTracerTest, ARefusalCannotBeCaught) {
  EXPECT_THAT(trace("step: function(log) { try { log.stack.peek(9) } catch (e) {} }", "return 1"),
              StartsWith("error: tracer accessed out of bound stack"));
}

TEST_F(JsTracerTest, ConvertsBytes) {
  EXPECT_EQ(value("toHex(toWord('0xffaa'))"), "\"0x" + std::string(60, '0') + "ffaa\"");
  EXPECT_EQ(value("toHex(toAddress('0x1'))"), "\"0x" + std::string(39, '0') + "1\"");
  EXPECT_EQ(value("toHex(toAddress([1, 2]))"), "\"0x" + std::string(36, '0') + "0102\"");
  EXPECT_EQ(value("slice(toWord('0xffaa'), 30, 32)"), R"({"0":255,"1":170})");
  EXPECT_EQ(value("toHex(toContract('0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0', 1))"),
            R"("0x343c43a37d37dff08ae8c4a11544c718abb4fcf8")");
  EXPECT_EQ(
      value("toHex(toContract2('0x0000000000000000000000000000000000000000', '0x0', '0x00'))"),
      R"("0x4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38")");
}

TEST_F(JsTracerTest, KnowsPrecompiledContracts) {
  EXPECT_EQ(value("[isPrecompiled(toAddress('0x9')), isPrecompiled('0x99')]"), "[true,false]");
}

TEST_F(JsTracerTest, GivesTheContextOfTheTransaction) {
  EXPECT_EQ(value("ctx.type + ctx.block + toHex(ctx.to) + ctx.value"),
            fmt::format(R"("CALL{}{}{}")", story_.env.context.number, base::to_hex(kReceiver),
                        base::to_decimal(story_.transaction.value)));
  EXPECT_EQ(value("ctx.gas > ctx.gasUsed && ctx.gasUsed > 21000"), "true");
}

TEST_F(JsTracerTest, ReadsTheState) {
  contract(kOther, "0x00");
  story_.before[kOther].balance = 7;
  EXPECT_EQ(value("(function() { var a = toAddress('0xca'); return [db.getBalance(a), "
                  "db.getNonce(a), toHex(db.getCode(a)), db.exists(a), db.exists(toWord('0x5')), "
                  "db.getState(a, toWord('0x1')).length] })()"),
            R"(["7",1,"0x00",true,false,32])");
}

TEST_F(JsTracerTest, EntersAndExitsCalls) {
  contract(kOther, "0x60015ffd");                       // reverts with a byte
  contract(kReceiver, "0x5f5f5f5f600260ca61fffff100");  // CALL with 2 wei
  story_.before[kReceiver].balance = 5;
  EXPECT_EQ(
      trace(
          "a: [], enter: function(f) { this.a.push(f.getType(), toHex(f.getTo()), f.getGas() > 0, "
          "f.getValue()) }, exit: function(r) { this.a.push(r.getGasUsed(), "
          "toHex(r.getOutput()), r.getError()) }",
          "return this.a"),
      fmt::format(R"(["CALL","{}",true,"2",{},"0x00","execution reverted"])", base::to_hex(kOther),
                  3 + 2 + 3));
}

TEST_F(JsTracerTest, TellsFaults) {
  contract(kReceiver, "0x5f56");  // jumps to no JUMPDEST
  EXPECT_EQ(run("{f: [], fault: function(log) { this.f.push(log.op.toString(), log.getError()) }, "
                "step: function() {}, result: function(ctx) { return [this.f, ctx.error] }}"),
            R"([["JUMP","invalid jump destination"],"invalid jump destination"])");
}

TEST_F(JsTracerTest, AStackThatUnderflowsIsAStepWithAnError) {
  contract(kReceiver, "0x01");
  EXPECT_THAT(run("{f: [], fault: function(log) { this.f.push('fault') }, step: function(log) { "
                  "this.f.push(log.op.toString(), log.getError()) }, "
                  "result: function() { return this.f }}"),
              StartsWith(R"(["ADD","stack underflow)"));
}

TEST_F(JsTracerTest, GetsItsConfiguration) {
  const std::string code =
      "{c: 0, setup: function(text) { this.c = text }, fault: function() {}, "
      "result: function() { return this.c }}";
  EXPECT_EQ(run(code), R"("{}")");
  EXPECT_EQ(run(code, R"({"a":[1,"x\"",true,null]})"), R"("{\"a\":[1,\"x\\\"\",true,null]}")");
}

TEST_F(JsTracerTest, IsRefusedWhereItIsNoTracer) {
  EXPECT_EQ(run("{fault: function() {}}"), "refused: trace object must expose a function result()");
  EXPECT_EQ(run("{result: function() {}}"), "refused: trace object must expose a function fault()");
  EXPECT_EQ(run("{result: function() {}, fault: function() {}, enter: function() {}}"),
            "refused: trace object must expose either both or none of enter() and exit()");
  EXPECT_THAT(run("{"), StartsWith("refused: SyntaxError"));
  EXPECT_THAT(run("(null)"), StartsWith("refused: TypeError"));
  EXPECT_THAT(run("{setup: function() { throw 'no' }, result: function() {}, fault: function(){}}"),
              StartsWith("refused: no"));
  EXPECT_THAT(run("callTracr"), StartsWith("refused: tracer not found: callTracr"));
}

TEST_F(JsTracerTest, AnErrorEndsTheTrace) {
  EXPECT_EQ(trace("n: 0, step: function() { throw new Error('n' + this.n++) }", "return this.n"),
            "error: Error: n0    in server-side tracer function 'step'");
  EXPECT_EQ(value("nothing.at.all"),
            "error: ReferenceError: identifier 'nothing' undefined    in server-side tracer "
            "function 'result'");
}

TEST_F(JsTracerTest, AnswersJsonWhateverItReturns) {
  EXPECT_EQ(value("undefined"), "null");
  EXPECT_EQ(value("function() {}"), "null");
  EXPECT_EQ(value("0/0"), "null");
  EXPECT_EQ(value("'\\ud83d\\ude00\\ud800x\\u00e9'"), "\"\xf0\x9f\x98\x80\xef\xbf\xbdx\xc3\xa9\"");
  EXPECT_THAT(value("(function() { var a = []; a.push(a); return a })()"),
              StartsWith("error: TypeError: cyclic"));
}

// Those that mean harm.

TEST_F(JsTracerTest, HasNothingThatReachesOutside) {
  EXPECT_EQ(value("[typeof Duktape, typeof require, typeof module, typeof print, typeof alert, "
                  "typeof process, typeof load, typeof XMLHttpRequest]"),
            "[" + std::string("\"undefined\",") + "\"undefined\",\"undefined\",\"undefined\"," +
                "\"undefined\",\"undefined\",\"undefined\",\"undefined\"]");
}

TEST_F(JsTracerTest, AnEndlessLoopEndsWithTheTimeOfTheCall) {
  std::atomic<bool> stop = false;
  stop_ = &stop;
  std::jthread timer([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = true;
  });
  EXPECT_THAT(trace("step: function() { while (true) { try { for (;;) {} } catch (e) {} } }", ""),
              HasSubstr("in server-side tracer function 'step'"));
}

TEST_F(JsTracerTest, ALoopWithoutInstructionsEndsToo) {
  for (const std::string_view loop :
       {"Array(4294967295).join('x')", "[].indexOf.call({length: 4294967295}, 1)",
        "new Array(4294967295).sort()", "[].reverse.call({length: 9007199254740991})"}) {
    std::atomic<bool> stop = false;
    stop_ = &stop;
    std::jthread timer([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      stop = true;
    });
    EXPECT_THAT(value(loop), StartsWith("error: ")) << loop;
  }
}

TEST_F(JsTracerTest, AnEndlessLoopWhileItIsSetUpIsRefused) {
  EXPECT_THAT(run("(function() { while (true) {} })()"), StartsWith("refused: RangeError"));
  EXPECT_THAT(run("{setup: function() { while (true) {} }, result: function() {}, fault: "
                  "function() {}}"),
              StartsWith("refused: RangeError"));
}

TEST_F(JsTracerTest, AMemoryBombIsDefused) {
  EXPECT_THAT(value("(function() { var s = 'x'; while (true) s += s })()"), StartsWith("error: "));
  EXPECT_THAT(value("(function() { var a = []; while (true) a.push(new Uint8Array(100000)) })()"),
              StartsWith("error: "));
  EXPECT_THAT(value("new Uint8Array(4294967295)"), StartsWith("error: "));
  EXPECT_THAT(value("(function() { var a = []; try { while (true) a.push({}) } catch (e) { "
                    "while (true) a.push([]) } })()"),
              StartsWith("error: "));
}

TEST_F(JsTracerTest, DeepRecursionIsBounded) {
  EXPECT_THAT(value("(function f() { return f() + 1 })()"), StartsWith("error: RangeError"));
  EXPECT_THAT(value("(function() { var o = {}; for (var i = 0; i < 100000; i++) o = {o: o}; "
                    "return o })()"),
              StartsWith("error: RangeError"));
  EXPECT_THAT(run(std::string(100'000, '[')), StartsWith("refused: "));
  EXPECT_THAT(run(std::string(100'000, '(')), StartsWith("refused: "));
  EXPECT_THAT(value("(function f(a) { return [1, 2].map(f) })()"), StartsWith("error: RangeError"));
}

TEST_F(JsTracerTest, ARegularExpressionThatTriesAllWaysEnds) {
  EXPECT_THAT(value("/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')"),
              AnyOf(StartsWith("error: RangeError"), "false"));
}

TEST_F(JsTracerTest, GettersThatThrowAreErrors) {
  EXPECT_THAT(run("{get result() { throw 'gotcha' }, fault: function() {}}"),
              StartsWith("refused: gotcha"));
  EXPECT_THAT(value("({get a() { throw 'gotcha' }})"), StartsWith("error: gotcha"));
  EXPECT_THAT(value("toHex((function() { var a = [1]; Object.defineProperty(a, 0, {get: function() "
                    "{ throw 'gotcha' }}); return a })())"),
              StartsWith("error: gotcha"));
  EXPECT_THAT(value("(function() { throw {toString: function() { throw 1 }} })()"),
              StartsWith("error: "));
}

TEST_F(JsTracerTest, PrototypesMayBePlayedWith) {
  EXPECT_EQ(
      trace("a: [], setup: function() { "
            "Object.prototype.step = Array.prototype.push = bigInt.prototype.toString = null; "
            "Uint8Array = null; bigInt = null; delete this.result; delete this.step; }, "
            "n: 0, step: function(log) { log.op = null; this.n += 1; log.stack = log; }",
            "return this.n"),
      "3");
  EXPECT_THAT(trace("setup: function() { Object.prototype.toJSON = function() { return 'mine' } }",
                    "return {}"),
              "\"mine\"");
  EXPECT_THAT(value("new Proxy({}, {get: function() { throw 'gotcha' }, ownKeys: function() { "
                    "throw 'gotcha' }})"),
              StartsWith("error: gotcha"));
}

}  // namespace
}  // namespace cairn::trace
