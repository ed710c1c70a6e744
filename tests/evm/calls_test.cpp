#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "evm/console.hpp"
#include "evm/evm.hpp"
#include "evm/threaded_code.hpp"
#include "evm/tracer.hpp"
#include "tests/evm/test_host.hpp"

// What happens between frames: value, gas, failure, creation, delegation.

namespace cairn::evm {
namespace {

constexpr Address kContract = "0x00000000000000000000000000000000000000c0"_address;
constexpr Address kOther = "0x00000000000000000000000000000000000000ca"_address;
constexpr Address kSender = "0x5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"_address;

Bytes code_of(std::string_view hex) { return base::from_hex(hex).value(); }

class Calls : public testing::Test {
 protected:
  BlockContext block;
  TransactionContext transaction;
  TestHost host;
  Message message;

  void SetUp() override {
    message.sender = kSender;
    message.recipient = kContract;
    message.code_address = kContract;
    message.gas = 10'000'000;
    host.accounts[kSender].balance = 1'000;
    host.accounts[kSender].nonce = 1;
  }

  CallResult call(Tracer* tracer = nullptr) {
    return Evm(host, block, transaction, tracer).call(message);
  }

  CallResult run(std::string_view hex) {
    host.add_contract(kContract, code_of(hex), host.accounts[kContract].balance);
    return call();
  }

  CallResult create(std::string_view init_code) {
    init_code_ = code_of(init_code);
    message.kind = CallKind::create;
    message.input = init_code_;
    return call();
  }

  Bytes init_code_;
};

// Each frame answers 1 + what its callee answered, and keeps 200,000 gas for itself.
TEST_F(Calls, NestTo1024AndNoDeeper) {
  block.fork = Fork::homestead;  // all gas is handed on, so that depth is the limit
  host.add_contract(kContract,
                    code_of("0x602060006000600060003062030d405a03f1506001600051016000526020"
                            "6000f3"));
  message.gas = std::int64_t{1} << 40;
  const CallResult r = call();
  EXPECT_EQ(r.status, Status::success);
  EXPECT_EQ(base::from_be(r.output), U256{1025});
}

// Says 0xdeadbeef to the console by STATICCALL.
constexpr std::string_view kSays = "63deadbeef5f525f5f6004601c6a636f6e736f6c652e6c6f675afa";

TEST_F(Calls, TellWhatIsSaidToTheConsole) {
  ConsoleLog console;
  transaction.console = &console;
  EXPECT_EQ(run(std::string(kSays) + "00").status, Status::success);
  EXPECT_EQ(console.messages(), std::vector<Bytes>{code_of("deadbeef")});
  transaction.console = nullptr;
  EXPECT_EQ(run(std::string(kSays) + "00").status, Status::success);
  EXPECT_EQ(console.messages().size(), 1u);
}

TEST_F(Calls, TellWhatIsSaidToTheConsoleByFramesThatRevert) {
  ConsoleLog console;
  transaction.console = &console;
  EXPECT_EQ(run(std::string(kSays) + "5f5ffd").status, Status::revert);
  EXPECT_EQ(console.messages().size(), 1u);
}

TEST_F(Calls, KeepLittleOfALotThatIsSaid) {
  ConsoleLog console;
  const Bytes half(ConsoleLog::kMostBytes / 2);
  for (int i = 0; i < 3; ++i) {
    console.add(half);
  }
  EXPECT_EQ(console.messages().size(), 2u);
  EXPECT_EQ(console.left_out(), 1u);
  console.forget();
  EXPECT_TRUE(console.messages().empty());
  EXPECT_EQ(console.left_out(), 3u);
  for (std::size_t i = 0; i < ConsoleLog::kMostMessages + 5; ++i) {
    console.add({});
  }
  EXPECT_EQ(console.messages().size(), ConsoleLog::kMostMessages);
  EXPECT_EQ(console.left_out(), 8u);
}

TEST_F(Calls, KeepA64thSinceTangerineWhistle) {
  host.add_contract(kOther, code_of("0x5a60005260206000f3"));
  const CallResult r =
      run("0x60206000600060006000"
          "60ca"
          "5a"
          "f1"
          "60206000f3");
  const std::int64_t given = static_cast<std::int64_t>(base::from_be(r.output).low64()) + 2;
  // Seven operands, memory, and a cold account before the gas is split.
  const std::int64_t left = message.gas - (5 * 3 + 3 + 2) - 3 - 2600;
  EXPECT_EQ(given, left - left / 64);
}

TEST_F(Calls, FailureTakesBackWhatTheCalleeDid) {
  host.add_contract(kOther, code_of("0x6001600055"
                                    "60006000a0"
                                    "fe"));
  const CallResult r = run("0x6000600060006000600060ca61fffff150600160005500");
  EXPECT_EQ(r.status, Status::success);
  EXPECT_EQ(host.storage(kOther, U256{0}), U256{});
  EXPECT_EQ(host.storage(kContract, U256{0}), U256{1});
  EXPECT_TRUE(host.logs.empty());
}

TEST_F(Calls, ValueMovesWithTheStipend) {
  message.value = 600;
  host.add_contract(kOther, code_of("0x5a60005260206000f3"));
  const CallResult r =
      run("0x6020600060006000606460ca6000f1"
          "60206000f3");
  EXPECT_EQ(base::from_be(r.output), U256{2300 - 2});
  EXPECT_EQ(host.account(kSender).balance, U256{400});
  EXPECT_EQ(host.account(kContract).balance, U256{500});
  EXPECT_EQ(host.account(kOther).balance, U256{105 - 5});
}

TEST_F(Calls, WithoutBalanceTheGasComesBack) {
  message.value = 1'001;
  message.gas = 777;
  const CallResult r = run("0x00");
  EXPECT_EQ(r.status, Status::insufficient_balance);
  EXPECT_EQ(r.gas_left, 777);
}

TEST_F(Calls, ThatWouldTakeABalancePast256BitsMoveNothing) {
  host.accounts[kContract].balance = ~U256{} - U256{9};
  message.gas = 777;
  message.value = 9;
  EXPECT_TRUE(run("0x00").succeeded());
  message.value = 1;
  const CallResult r = run("0x00");
  EXPECT_EQ(r.status, Status::balance_overflow);
  EXPECT_EQ(r.gas_left, 777);
  EXPECT_EQ(host.account(kContract).balance, ~U256{});
  EXPECT_EQ(host.account(kSender).balance, U256{991});
  message.sender = kContract;  // to itself
  EXPECT_TRUE(run("0x00").succeeded());
  EXPECT_EQ(host.account(kContract).balance, ~U256{});
}

TEST_F(Calls, CreationsThatWouldTakeABalancePast256BitsMoveNothing) {
  const Address address = create_address(kSender, 0);
  host.accounts[address].balance = ~U256{};
  message.value = 1;
  const CallResult r = create("0x00");
  EXPECT_EQ(r.status, Status::balance_overflow);
  EXPECT_EQ(r.gas_left, message.gas);
  EXPECT_EQ(host.account(address).balance, ~U256{});
  EXPECT_EQ(host.account(address).nonce, 0u);
  EXPECT_EQ(host.account(kSender).balance, U256{1'000});
}

TEST_F(Calls, DelegatecallKeepsSenderValueAndStorage) {
  message.value = 9;
  host.add_contract(kOther, code_of("0x336000553460015530600255"));
  EXPECT_TRUE(run("0x600060006000600060ca620ffffff4").succeeded());
  EXPECT_EQ(host.storage(kContract, U256{0}), base::to_u256(kSender));
  EXPECT_EQ(host.storage(kContract, U256{1}), U256{9});
  EXPECT_EQ(host.storage(kContract, U256{2}), base::to_u256(kContract));
}

TEST_F(Calls, ReturnDataIsTheLastCallees) {
  host.add_contract(kOther, code_of("0x602a60005260206000fd"));
  // RETURNDATASIZE after the call, then RETURNDATACOPY and return it.
  const CallResult r = run("0x600060006000600060ca61fffffa503d600060003e3d6000f3");
  EXPECT_EQ(base::from_be(r.output), U256{42});
  EXPECT_EQ(r.output.size(), 32u);
}

TEST_F(Calls, DelegationsAreFollowedOnce) {
  Bytes designator = code_of("0xef0100");
  base::append(designator, kOther);
  host.add_contract(kContract, designator);
  host.add_contract(kOther, code_of("0x600160005500"));
  block.fork = Fork::cancun;
  EXPECT_EQ(call().status, Status::undefined_instruction);
  block.fork = Fork::prague;
  EXPECT_TRUE(call().succeeded());
  EXPECT_EQ(host.storage(kContract, U256{0}), U256{1});
  // A delegation to a precompile runs nothing.
  Bytes to_identity = code_of("0xef0100");
  base::append(to_identity, "0x0000000000000000000000000000000000000004"_address);
  host.add_contract(kContract, to_identity);
  const Bytes input = {1, 2, 3};
  message.input = input;
  EXPECT_TRUE(call().output.empty());
}

TEST_F(Calls, CreationPaysForItsCode) {
  const CallResult r = create("0x600160005360016000f3");  // returns one byte, 0x01
  EXPECT_EQ(r.created, create_address(kSender, 0));
  EXPECT_EQ(base::to_bytes(host.code(r.created).bytes()), Bytes{1});
  EXPECT_EQ(host.account(r.created).nonce, 1u);
  EXPECT_EQ(message.gas - r.gas_left, 4 * 3 + 3 + 3 + 200);
}

TEST_F(Calls, CodeThatCannotBePaidForIsKeptOutFromHomesteadOn) {
  message.gas = 100;
  block.fork = Fork::homestead;
  EXPECT_EQ(create("0x600160005360016000f3").status, Status::code_store_out_of_gas);
  block.fork = Fork::frontier;
  const CallResult r = create("0x600160005360016000f3");
  EXPECT_EQ(r.status, Status::success);
  EXPECT_EQ(host.code(r.created).size(), 0u);
}

TEST_F(Calls, CodeMayNotBeginWithEfNorBeTooLarge) {
  EXPECT_EQ(create("0x60ef60005360016000f3").status, Status::invalid_code_prefix);
  EXPECT_EQ(create("0x6160016000f3").status, Status::code_too_large);  // 24577 zeros
  block.fork = Fork::berlin;
  EXPECT_EQ(create("0x60ef60005360016000f3").status, Status::success);
}

TEST_F(Calls, AddressesInUseAreNotCreatedAgain) {
  const Address address = create_address(kSender, 0);
  host.accounts[address].storage[U256{5}] = {1, 1};  // EIP-7610: storage alone is enough
  EXPECT_EQ(create("0x00").status, Status::create_collision);
  host.accounts[address].storage.clear();
  host.accounts[address].nonce = 1;
  const CallResult r = create("0x00");
  EXPECT_EQ(r.status, Status::create_collision);
  EXPECT_EQ(r.gas_left, 0);
}

TEST_F(Calls, AddressesOfCreationsFollowTheSpecifications) {
  // EIP-1014, examples 1 and 4.
  EXPECT_EQ(create2_address(Address{}, Hash256{}, code_of("0x00")),
            "0x4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38"_address);
  EXPECT_EQ(create_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"_address, 0),
            "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"_address);
  EXPECT_EQ(create_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"_address, 1),
            "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"_address);
}

TEST_F(Calls, SelfdestructSinceCancunOnlyMovesTheBalanceOfOldContracts) {
  message.value = 100;
  EXPECT_TRUE(run("0x60caff").succeeded());
  EXPECT_FALSE(host.accounts[kContract].destructed);
  EXPECT_EQ(host.account(kOther).balance, U256{100});
  block.fork = Fork::shanghai;
  EXPECT_TRUE(run("0x60caff").succeeded());
  EXPECT_TRUE(host.accounts[kContract].destructed);
}

TEST_F(Calls, SelfdestructRefundsOnceBeforeLondon) {
  block.fork = Fork::berlin;
  host.add_contract(kOther, code_of("0x30ff"));
  const CallResult r = run("0x6000600060006000600060ca61fffff16000600060006000600060ca61fffff1");
  EXPECT_EQ(r.gas_refund, 24'000);
}

struct Recorder final : Tracer {
  bool steps = true;
  std::vector<std::string> lines;
  bool wants_steps() const override { return steps; }
  void on_log(const types::Log& log) override {
    lines.push_back("log " + std::to_string(log.topics.size()));
  }
  void on_enter(const Message& m) override { lines.push_back("enter " + std::to_string(m.depth)); }
  void on_exit(Status status, std::int64_t, BytesView) override {
    lines.push_back("exit " + std::string(status_name(status)));
  }
  void on_selfdestruct(const Address&, const Address&, const U256& balance) override {
    lines.push_back("selfdestruct " + base::to_decimal(balance));
  }
  void on_step(const Step& step) override {
    lines.push_back(std::string(step.name) + " " + std::to_string(step.gas) + " [" +
                    std::to_string(step.stack.size()) + "]");
  }
  void on_cost(std::int64_t gas, std::int64_t) override {
    lines.back() += " -" + std::to_string(gas);
  }
  void on_fault(const Fault& fault) override {
    lines.push_back("fault " + std::string(status_name(fault.status)) + " at " +
                    std::to_string(fault.opcode.value_or(0)));
  }
};

TEST_F(Calls, TracersSeeStepsCostsAndFrames) {
  host.add_contract(kContract, code_of("0x600060006000600060006"
                                       "0ca6101f4f101"));
  host.add_contract(kOther, code_of("0x60015100"));
  message.gas = 10'000;
  Recorder recorder;
  EXPECT_EQ(call(&recorder).status, Status::stack_underflow);
  const std::vector<std::string> expected = {"enter 0",
                                             "PUSH1 10000 [0] -3",
                                             "PUSH1 9997 [1] -3",
                                             "PUSH1 9994 [2] -3",
                                             "PUSH1 9991 [3] -3",
                                             "PUSH1 9988 [4] -3",
                                             "PUSH1 9985 [5] -3",
                                             "PUSH2 9982 [6] -3",
                                             "CALL 9979 [7] -3100",
                                             "enter 1",
                                             "PUSH1 500 [0] -3",
                                             "MLOAD 497 [1] -9",
                                             "STOP 488 [1] -0",
                                             "exit success",
                                             "ADD 7367 [1]",
                                             "fault stack underflow at 1",
                                             "exit stack underflow"};
  EXPECT_EQ(recorder.lines, expected);
}

TEST_F(Calls, CodeThatLoopsChangesLoopsOnTheWay) {
  // Counts down from 1000: the fast loop takes over at the hundredth jump.
  const CallResult r = run("0x6103e85b60019003806003575a60005260206000f3");
  EXPECT_EQ(r.status, Status::success);
  const std::int64_t used = 3 + 1000 * (1 + 3 + 3 + 3 + 3 + 3 + 10) + 2;
  EXPECT_EQ(base::from_be(r.output), U256{static_cast<std::uint64_t>(message.gas - used)});
}

}  // namespace
}  // namespace cairn::evm
