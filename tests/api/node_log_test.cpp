#include "nodelog/node_log.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <latch>
#include <sstream>

#include "base/hex.hpp"
#include "codec/abi.hpp"
#include "tests/api/dev_chain.hpp"
#include "types/selector.hpp"

namespace cairn::api::test {
namespace {

using nodelog::LogOptions;
using nodelog::NodeLog;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// Sends its call data to console.log's address: calldatacopy, staticcall.
constexpr std::string_view kSpeaks = "365f5f375f5f365f6a636f6e736f6c652e6c6f675afa";
// Panic(0x11)
constexpr std::string_view kPanics = "634e487b7160e01b5f52601160045260245ffd";

// The call data of log(string), as hex text.
std::string says(std::string_view text) {
  Bytes out = base::to_bytes(types::selector("log(string)"));
  const codec::AbiValue value = base::to_bytes(base::bytes_of(text));
  base::append(out,
               codec::encode_abi(codec::parse_abi_types("string").value(), {&value, 1}).value());
  return base::to_hex(out);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++out;
  }
  return out;
}

class NodeLogTest : public testing::Test {
 protected:
  NodeLogTest() { listen({}); }
  ~NodeLogTest() override { chain_.context().log.reset(); }

  void listen(const LogOptions& options, base::LogFormat format = base::LogFormat::text) {
    chain_.context().log.reset();
    out_.str("");
    chain_.context().log = std::make_shared<NodeLog>(
        chain_.node(), base::Logger(chain_.clock(), out_, format), options);
  }

  // What has been written since the last look.
  std::string log() {
    chain_.context().log->flush();
    const std::string text = out_.str();
    out_.str("");
    return text;
  }

  std::string deploy(const std::string& runtime) {
    const std::string address = chain_.deploy("0x" + runtime);
    log();
    return address;
  }
  std::string call_object(const std::string& to, std::string_view data, bool with_gas = true) {
    return fmt::format(R"([{{"from":"{}","to":{},"data":"{}"{}}}])", chain_.account(0), to, data,
                       with_gas ? R"(,"gas":"0x30000")" : "");
  }
  std::string send(const std::string& to, std::string_view data, bool with_gas = true) {
    chain_.result("eth_sendTransaction", call_object(to, data, with_gas));
    return log();
  }

  DevChain chain_{node::DevOptions{.keeps_console = true}};
  std::ostringstream out_;
};

const std::string kTransfer =
    "0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8"
    "0000000000000000000000000000000000000000000000000000000000000005";

TEST_F(NodeLogTest, TellsOfATransactionInALine) {
  const std::string log = send('"' + chain_.account(1) + '"', kTransfer);
  EXPECT_THAT(log, HasSubstr("INFO  chain: mined block=1 tx=0x"));
  EXPECT_THAT(log, HasSubstr(fmt::format("status=success gas=22430 limit=196608 from={} to={} "
                                         "method=transfer(address,uint256)\n",
                                         chain_.account(0), chain_.account(1))));
  EXPECT_EQ(count(log, "\n"), 1u);
}

TEST_F(NodeLogTest, TellsOfACreationAndOfValue) {
  const std::string created = chain_.deploy("0x00");
  EXPECT_THAT(log(), HasSubstr("created=" + created.substr(1, 42) + "\n"));
  chain_.result("eth_sendTransaction",
                fmt::format(R"([{{"to":"{}","value":"0x14d1120d7b160000"}}])", chain_.account(1)));
  EXPECT_THAT(log(), HasSubstr("value=\"1.5 ether\"\n"));
}

TEST_F(NodeLogTest, TellsWhyATransactionFailedWithItsCalls) {
  const std::string panics = deploy(std::string(kPanics));
  // Calls it, and reverts with what it answered.
  const std::string caller = deploy("5f5f5f5f5f73" + panics.substr(3, 40) + "5af1503d5f5f3e3d5ffd");
  EXPECT_THAT(send(caller, "0xdeadbeef"),
              testing::MatchesRegex(fmt::format(
                  ".* mined block=3 tx=0x.* status=failed gas=.* method=0xdeadbeef "
                  "reason=.Panic\\(0x11\\): arithmetic underflow or overflow.\n"
                  "    CALL {} 0xdeadbeef gas=[0-9]+ reverted: Panic\\(0x11\\): arithmetic .*\n"
                  "      CALL {} gas=[0-9]+ reverted: Panic\\(0x11\\): arithmetic .*\n",
                  caller.substr(1, 42), panics.substr(1, 42))));
}

TEST_F(NodeLogTest, TellsHowATransactionHalted) {
  EXPECT_THAT(send(deploy("fe"), "0x"), HasSubstr("reason=\"invalid instruction\"\n    CALL 0x"));
}

TEST_F(NodeLogTest, ShowsTheCallsOfEveryTransactionWhenTold) {
  const std::string speaks = deploy(std::string(kSpeaks));
  EXPECT_THAT(send(speaks, says("hi")), Not(HasSubstr("CALL")));
  listen({.print_traces = true});
  const std::string log = send(speaks, says("hi"));
  EXPECT_THAT(log, HasSubstr("\n    CALL " + speaks.substr(1, 42) + " 0x41304fac("));
  EXPECT_THAT(log, HasSubstr("\n      console.log hi\n"));
}

TEST_F(NodeLogTest, ShowsWhatContractsSay) {
  const std::string speaks = deploy(std::string(kSpeaks));
  EXPECT_THAT(send(speaks, says("hello\nworld")),
              EndsWith("\n    console.log: hello\n    console.log: world\n"));
}

TEST_F(NodeLogTest, ShowsWhatIsSaidBeforeAFailure) {
  const std::string speaks = deploy(std::string(kSpeaks) + std::string(kPanics));
  const std::string log = send(speaks, says("about to fail"));
  EXPECT_THAT(log, HasSubstr("\n    console.log: about to fail\n    CALL "));
  EXPECT_THAT(log, HasSubstr("\n      console.log about to fail\n"));
}

TEST_F(NodeLogTest, NeverPrintsWhatATerminalWouldObey) {
  const std::string speaks = deploy(std::string(kSpeaks) + std::string(kPanics));
  const std::string log = send(speaks, says("\x1b[2J\r\u202e\n2026-01-01T00:00:00.000Z ERROR"));
  EXPECT_THAT(log, HasSubstr("\n    console.log: \\u001b[2J\\u000d\\u202e\n"
                             "    console.log: 2026-01-01T00:00:00.000Z ERROR\n"));
  for (const char c : log) {
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
  }
}

TEST_F(NodeLogTest, SaysItOnceForASendThatIsEstimatedFirst) {
  const std::string speaks = deploy(std::string(kSpeaks));
  EXPECT_EQ(count(send(speaks, says("once"), false), "once"), 1u);
}

TEST_F(NodeLogTest, SaysItOnceForAnEstimate) {
  const std::string speaks = deploy(std::string(kSpeaks) + "5f5ff3");
  chain_.result("eth_estimateGas", call_object(speaks, says("once"), false));
  const std::string text = log();
  EXPECT_THAT(text, HasSubstr("INFO  rpc: eth_estimateGas from=" + chain_.account(0)));
  EXPECT_EQ(count(text, "once"), 1u);
}

TEST_F(NodeLogTest, TellsOfCallsThatFailOrSpeakAndOfNoOthers) {
  const std::string speaks = deploy(std::string(kSpeaks));
  const std::string panics = deploy(std::string(kPanics));
  chain_.result("eth_call", call_object('"' + chain_.account(1) + '"', kTransfer));
  chain_.result("eth_blockNumber");
  EXPECT_EQ(log(), "");
  chain_.result("eth_call", call_object(speaks, says("in a call")));
  EXPECT_THAT(log(), HasSubstr("\n    console.log: in a call\n"));
  chain_.error("eth_call", call_object(panics, kTransfer));
  EXPECT_THAT(log(), testing::MatchesRegex(
                         ".*rpc: eth_call from=.* method=transfer.address,uint256. status=failed "
                         "gas=[0-9]+ reason=.Panic.0x11.: arithmetic underflow or overflow.\n"));
  chain_.error("eth_estimateGas", call_object(panics, kTransfer, false));
  EXPECT_THAT(log(), HasSubstr("rpc: eth_estimateGas"));
  chain_.result("eth_sendTransaction", call_object(panics, kTransfer, false));
  EXPECT_THAT(log(), Not(HasSubstr("rpc: eth_estimateGas")));  // the transaction's line says it
}

TEST_F(NodeLogTest, SaysNothingOfTheConsoleWhenTold) {
  const std::string speaks = deploy(std::string(kSpeaks));
  listen({.console = false});
  chain_.result("eth_call", call_object(speaks, says("unheard")));
  EXPECT_EQ(log(), "");
}

TEST_F(NodeLogTest, TellsParametersAsJson) {
  listen({}, base::LogFormat::json);
  simdjson::dom::parser parser;
  chain_.result("anvil_setCode", fmt::format(R"(["{}","0x5f"])", chain_.account(1)));
  EXPECT_EQ(std::string_view(parser.parse(log())["params"].at(1)), "0x5f");
  chain_.result("anvil_setCode",
                fmt::format(R"(["{}","0x{:0600}"])", chain_.account(1), 0));  // is cut
  EXPECT_THAT(std::string(std::string_view(parser.parse(log())["params"])),
              HasSubstr("more bytes"));
}

TEST_F(NodeLogTest, TellsOfCheatsAndRefusals) {
  chain_.result("evm_increaseTime", "[3600]");
  EXPECT_THAT(log(), HasSubstr("INFO  rpc: evm_increaseTime params=[3600] result=3600\n"));
  chain_.result("anvil_setBalance", fmt::format(R"(["{}","0x5"])", chain_.account(0)));
  EXPECT_THAT(log(), HasSubstr(fmt::format(R"(anvil_setBalance params=["{}","0x5"])"
                                           "\n",
                                           chain_.account(0))));
  chain_.error("anvil_setBalance", R"(["0x12","0x5"])");
  const std::string refused = log();
  EXPECT_THAT(refused, HasSubstr("refused method=anvil_setBalance reason="));
  EXPECT_EQ(count(refused, "anvil_setBalance"), 1u);
  chain_.error("eth_noSuch", "[]");
  EXPECT_THAT(log(), HasSubstr("rpc: refused method=eth_noSuch reason=\"the method eth_noSuch"));
  chain_.error("eth_sendRawTransaction", R"(["0x02"])");
  EXPECT_THAT(log(), HasSubstr("refused method=eth_sendRawTransaction reason="));
  chain_.result("anvil_nodeInfo");
  EXPECT_EQ(log(), "");
}

TEST_F(NodeLogTest, TellsOfWhatIsNoRequest) {
  chain_.ask("{bad");
  EXPECT_THAT(log(), HasSubstr("INFO  rpc: refused reason=\"parse error: "));
}

TEST_F(NodeLogTest, TellsOnceOfACallThatHalts) {
  const std::string halts = deploy("fe");
  chain_.error("eth_call", call_object(halts, kTransfer));
  EXPECT_EQ(count(log(), "\n"), 1u);
  chain_.error("eth_estimateGas", call_object(halts, kTransfer, false));
  EXPECT_EQ(count(log(), "\n"), 1u);
}

TEST_F(NodeLogTest, TellsWhatATransactionWaitsFor) {
  const auto send_with = [&](std::string_view members) {
    chain_.result("eth_sendTransaction",
                  fmt::format(R"([{{"from":"{}","to":"{}"{}}}])", chain_.account(0),
                              chain_.account(1), members));
    chain_.result("anvil_setNonce", fmt::format(R"(["{}","0x0"])", chain_.account(9)));
    return log();  // behind one more command: what was sent before it has been told
  };
  EXPECT_THAT(
      send_with(R"(,"nonce":"0x5","gas":"0x5208")"),
      HasSubstr("nonce=5 to=" + chain_.account(1) + " reason=\"the account's next nonce is 0\"\n"));
  EXPECT_THAT(send_with(""), Not(HasSubstr("waits")));
  chain_.result("evm_setAutomine", "[false]");
  EXPECT_THAT(send_with(R"(,"value":"0xde0b6b3a7640000")"),
              HasSubstr("value=\"1 ether\" reason=\"blocks are made when asked for\"\n"));
  chain_.result("evm_setIntervalMining", "[3600000]");
  EXPECT_THAT(send_with(""), Not(HasSubstr("waits")));
  EXPECT_THAT(send_with(R"(,"nonce":"0x8","gas":"0x5208")"), HasSubstr("next nonce is 3"));
}

TEST_F(NodeLogTest, IsSilentWhileLoggingIsOff) {
  const std::string panics = deploy(std::string(kSpeaks) + std::string(kPanics));
  chain_.result("hardhat_setLoggingEnabled", "[false]");
  log();
  EXPECT_EQ(send(panics, says("unheard")), "");
  chain_.error("eth_call", call_object(panics, says("unheard")));
  chain_.result("evm_increaseTime", "[1]");
  EXPECT_EQ(log(), "");
  chain_.result("anvil_setLoggingEnabled", "[true]");
  EXPECT_THAT(send(panics, says("heard")), HasSubstr("console.log: heard"));
}

TEST_F(NodeLogTest, TellsTheSameFactsAsJson) {
  const std::string speaks = deploy(std::string(kSpeaks) + std::string(kPanics));
  listen({}, base::LogFormat::json);
  const std::string text = send(speaks, says("a \"b\"\n\x1b"));
  ASSERT_EQ(count(text, "\n"), 1u);
  simdjson::dom::parser parser;
  const simdjson::dom::element line = parser.parse(text);
  EXPECT_EQ(std::string_view(line["message"]), "mined");
  EXPECT_EQ(std::string_view(line["status"]), "failed");
  EXPECT_EQ(std::string_view(line["method"]), "0x41304fac");
  EXPECT_EQ(std::string_view(line["reason"]), "Panic(0x11): arithmetic underflow or overflow");
  EXPECT_EQ(std::uint64_t(line["limit"]), 0x30000u);
  EXPECT_EQ(std::string_view(line["console"].at(0)), "a \"b\"\n\x1b");
  EXPECT_EQ(std::string_view(line["calls"]["type"]), "CALL");
  EXPECT_EQ(std::uint64_t(line["calls"]["gasUsed"]), std::uint64_t(line["gas"]));
  EXPECT_EQ(std::string_view(line["calls"]["calls"].at(0)["type"]), "STATICCALL");
}

// Holds whoever writes until it is opened.
class Gate : public std::stringbuf {
 public:
  void open() { opened_.count_down(); }
  void wait_for_somebody() { somebody_.wait(); }

 protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    if (!somebody_.try_wait()) {
      somebody_.count_down();
    }
    opened_.wait();
    return std::stringbuf::xsputn(text, size);
  }

 private:
  std::latch somebody_{1};
  std::latch opened_{1};
};

TEST_F(NodeLogTest, LeavesOutAndCountsWhatIsTooMuch) {
  Gate gate;
  std::ostream out(&gate);
  NodeLog log(chain_.node(), base::Logger(chain_.clock(), out), {});
  log.tell_refusal("eth_noSuch", "none");
  gate.wait_for_somebody();
  const std::size_t more = NodeLog::kMostWaiting - 1 + 50;
  for (std::size_t i = 0; i < more; ++i) {
    log.tell_refusal("eth_noSuch", "none");
  }
  EXPECT_EQ(chain_.result("eth_blockNumber"), "\"0x0\"");  // nobody waits for the log
  gate.open();
  log.flush();
  log.tell_refusal("eth_noSuch", "none");
  log.flush();
  EXPECT_EQ(count(gate.str(), "refused"), NodeLog::kMostWaiting + 1);
  EXPECT_THAT(gate.str(), HasSubstr("the log fell behind and left entries out entries=50\n"));
}

TEST_F(NodeLogTest, TellsTheAnswerThatSaysMoreThanDone) {
  chain_.result("evm_snapshot");
  EXPECT_THAT(log(), EndsWith("rpc: evm_snapshot params=[] result=\"0x1\"\n"));
  chain_.result("evm_revert", R"(["0x2"])");
  EXPECT_THAT(log(), EndsWith("rpc: evm_revert params=[\"0x2\"] result=false\n"));
  chain_.result("evm_revert", R"(["0x1"])");
  EXPECT_THAT(log(), EndsWith("rpc: evm_revert params=[\"0x1\"]\n"));
  chain_.result("evm_mine");
  EXPECT_THAT(log(), EndsWith("rpc: evm_mine params=[]\n"));
}

TEST_F(NodeLogTest, TellsOfBlocksThatAreTakenBack) {
  chain_.result("evm_snapshot");
  send('"' + chain_.account(1) + '"', kTransfer);
  chain_.result("evm_revert", R"(["0x1"])");
  EXPECT_THAT(log(), HasSubstr("chain: taken back blocks=1 head=0\n"));
}

}  // namespace
}  // namespace cairn::api::test
