#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "evm/evm.hpp"
#include "evm/threaded_code.hpp"
#include "tests/evm/test_host.hpp"

// The edges of single instructions, by the words of their specifications. Every case runs in both
// loops.

namespace cairn::evm {
namespace {

constexpr Address kContract = "0x00000000000000000000000000000000000000c0"_address;
constexpr Address kSender = "0x5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"_address;

const U256 kMax = ~U256{};
const U256 kMin = U256{1} << 255;  // the least signed number

class Instructions : public testing::TestWithParam<bool> {
 protected:
  BlockContext block;
  TransactionContext transaction;
  TestHost host;
  Message message;

  void SetUp() override {
    block.number = 1000;
    message.sender = kSender;
    message.recipient = kContract;
    message.code_address = kContract;
    message.gas = 1'000'000;
    host.accounts[kSender].balance = 1'000;
  }

  CallResult run(const Bytes& code) {
    host.add_contract(kContract, code, host.accounts[kContract].balance);
    if (GetParam()) {
      host.code(kContract).threaded(block.fork);
    }
    return Evm(host, block, transaction).call(message);
  }

  CallResult run(std::string_view hex) { return run(base::from_hex(hex).value()); }

  static void push(Bytes& code, const U256& value) {
    code.push_back(0x7f);
    base::append(code, base::to_hash(value));
  }

  // The result of one instruction; the first operand is the top. Through call data as well, where
  // nothing can be computed beforehand.
  U256 result(Op op, std::vector<U256> operands) {
    Bytes with_constants;
    Bytes with_input;
    Bytes input;
    for (auto operand = operands.rbegin(); operand != operands.rend(); ++operand) {
      push(with_constants, *operand);
      with_input.insert(with_input.end(), {0x60, static_cast<std::uint8_t>(input.size()), 0x35});
      base::append(input, base::to_hash(*operand));
    }
    const Bytes tail = {static_cast<std::uint8_t>(op), 0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3};
    base::append(with_constants, tail);
    base::append(with_input, tail);
    const CallResult of_constants = run(with_constants);
    message.input = input;
    const CallResult of_input = run(with_input);
    message.input = {};
    EXPECT_EQ(of_constants.status, Status::success);
    EXPECT_EQ(of_input.output, of_constants.output);
    return base::from_be(of_constants.output);
  }
};

INSTANTIATE_TEST_SUITE_P(BothLoops, Instructions, testing::Bool(),
                         [](const auto& which) { return which.param ? "Threaded" : "ByteByByte"; });

TEST_P(Instructions, ArithmeticWrapsAndDividesByZeroToZero) {
  EXPECT_EQ(result(Op::add, {kMax, 2}), U256{1});
  EXPECT_EQ(result(Op::sub, {1, 2}), kMax);
  EXPECT_EQ(result(Op::mul, {kMax, kMax}), U256{1});
  EXPECT_EQ(result(Op::div, {7, 0}), U256{});
  EXPECT_EQ(result(Op::mod, {7, 0}), U256{});
  EXPECT_EQ(result(Op::sdiv, {kMin, kMax}), kMin);
  EXPECT_EQ(result(Op::sdiv, {U256{} - U256{7}, 2}), U256{} - U256{3});
  EXPECT_EQ(result(Op::smod, {U256{} - U256{7}, 4}), U256{} - U256{3});
  EXPECT_EQ(result(Op::smod, {7, 0}), U256{});
  EXPECT_EQ(result(Op::div, {kMax, U256{1} << 100}), kMax >> 100);
  EXPECT_EQ(result(Op::mod, {kMax, U256{1} << 40}), (U256{1} << 40) - U256{1});
}

TEST_P(Instructions, ModularArithmeticDoesNotWrap) {
  EXPECT_EQ(result(Op::addmod, {kMax, kMax, 10}), U256{0});
  EXPECT_EQ(result(Op::addmod, {kMax, 2, kMax}), U256{2});
  EXPECT_EQ(result(Op::mulmod, {kMax, kMax, 12}), U256{9});
  EXPECT_EQ(result(Op::mulmod, {3, 4, 0}), U256{});
  EXPECT_EQ(result(Op::exp, {0, 0}), U256{1});
  EXPECT_EQ(result(Op::exp, {2, 255}), kMin);
}

TEST_P(Instructions, ComparisonsKnowSigns) {
  EXPECT_EQ(result(Op::lt, {1, kMax}), U256{1});
  EXPECT_EQ(result(Op::gt, {1, kMax}), U256{0});
  EXPECT_EQ(result(Op::slt, {kMax, 1}), U256{1});
  EXPECT_EQ(result(Op::sgt, {kMin, kMax}), U256{0});
  EXPECT_EQ(result(Op::sgt, {kMax, kMin}), U256{1});
  EXPECT_EQ(result(Op::eq, {kMin, kMin}), U256{1});
  EXPECT_EQ(result(Op::iszero, {kMin}), U256{0});
}

TEST_P(Instructions, ShiftsPastTheWordLeaveNothingOrTheSign) {
  EXPECT_EQ(result(Op::shl, {256, kMax}), U256{});
  EXPECT_EQ(result(Op::shl, {U256{1} << 64, kMax}), U256{});
  EXPECT_EQ(result(Op::shr, {255, kMin}), U256{1});
  EXPECT_EQ(result(Op::shr, {kMax, kMax}), U256{});
  EXPECT_EQ(result(Op::sar, {300, kMin}), kMax);
  EXPECT_EQ(result(Op::sar, {1, kMin}), kMin | (kMin >> 1));
  EXPECT_EQ(result(Op::sar, {300, kMax >> 1}), U256{});
  for (const std::uint64_t n : {0, 1, 63, 64, 65, 127, 128, 191, 192, 255}) {
    EXPECT_EQ(result(Op::shl, {n, kMax}) >> n, kMax >> n) << n;
    EXPECT_EQ(result(Op::shr, {n, kMax}), kMax >> n) << n;
  }
}

TEST_P(Instructions, BytesAndSignsAreCountedFromTheirEnds) {
  EXPECT_EQ(result(Op::byte, {0, kMin}), U256{0x80});
  EXPECT_EQ(result(Op::byte, {31, 0xab}), U256{0xab});
  EXPECT_EQ(result(Op::byte, {32, kMax}), U256{});
  EXPECT_EQ(result(Op::signextend, {0, 0x80}), kMax - U256{0x7f});
  EXPECT_EQ(result(Op::signextend, {0, 0x17f}), U256{0x7f});
  EXPECT_EQ(result(Op::signextend, {31, kMin}), kMin);
  EXPECT_EQ(result(Op::signextend, {kMax, 0x80}), U256{0x80});
  EXPECT_EQ(result(Op::clz, {0}), U256{256});
  EXPECT_EQ(result(Op::clz, {1}), U256{255});
  EXPECT_EQ(result(Op::clz, {kMax}), U256{0});
}

TEST_P(Instructions, CallDataEndsInZeros) {
  const Bytes input = {1, 2, 3};
  message.input = input;
  const CallResult r = run("0x60013560005260206000f3");  // CALLDATALOAD(1)
  EXPECT_EQ(base::from_be(r.output), U256{0x0203} << 240);
}

TEST_P(Instructions, GasIsWhatIsLeftAfterGas) {
  message.gas = 100;
  const CallResult r = run("0x5a60005260206000f3");
  EXPECT_EQ(base::from_be(r.output), U256{98});
  EXPECT_EQ(r.gas_left, 100 - 2 - 3 - 6 - 3 - 3);  // GAS PUSH1 MSTORE+memory PUSH1 PUSH1
}

TEST_P(Instructions, GasIsExactBetweenCharges) {
  message.gas = 100;
  const CallResult r = run("0x6001506001505a6001505a60005260205260406000f3");
  const BytesView output = r.output;
  EXPECT_EQ(base::from_be(output.first(32)), U256{100 - 10 - 2 - 5 - 2});
  EXPECT_EQ(base::from_be(output.last(32)), U256{100 - 10 - 2});
}

TEST_P(Instructions, EveryReasonToHaltIsNamed) {
  EXPECT_EQ(run("0x01").status, Status::stack_underflow);
  EXPECT_EQ(run("0xfe").status, Status::invalid_instruction);
  EXPECT_EQ(run("0x0c").status, Status::undefined_instruction);
  EXPECT_EQ(run("0x600456fe5b").status, Status::success);
  EXPECT_EQ(run("0x600356fe5b").status, Status::bad_jump_destination);
  EXPECT_EQ(run("0x600456605b").status, Status::bad_jump_destination);  // inside PUSH1's data
  EXPECT_EQ(run("0x6001600660016008573e5b3e").status, Status::bad_jump_destination);
  EXPECT_EQ(run("0x60016000600060006000f3").status, Status::success);
  EXPECT_EQ(run("0x6001600060003e").status, Status::invalid_memory_access);
  EXPECT_EQ(run("0x5b600056").status, Status::out_of_gas);
  EXPECT_EQ(run("0x5b5a600056").status, Status::stack_overflow);
  const CallResult r = run("0x600160005260206000fd");
  EXPECT_EQ(r.status, Status::revert);
  EXPECT_EQ(base::from_be(r.output), U256{1});
}

TEST_P(Instructions, MemoryThatNobodyCanPayForRunsOutOfGas) {
  EXPECT_EQ(run("0x60ff60ff1b51").status, Status::out_of_gas);           // MLOAD(255 << 255)
  EXPECT_EQ(run("0x600163ffffffff52").status, Status::out_of_gas);       // MSTORE(2^32 - 1, 1)
  EXPECT_EQ(run("0x6000600019f3").status, Status::success);              // RETURN(max, 0)
  EXPECT_EQ(run("0x600067ffffffffffffffff20").status, Status::success);  // KECCAK256(2^64 - 1, 0)
}

TEST_P(Instructions, OverlappingCopiesMoveAsIfAtOnce) {
  // MSTORE(0, 0x0102...), MCOPY(1, 0, 31)
  Bytes code;
  push(code, U256{0x0102030405060708u} << 192);
  base::append(code, base::from_hex("0x600052601f600060015e60206000f3").value());
  EXPECT_EQ(base::from_be(run(code).output), (U256{0x0101020304050607u} << 192) | (U256{8} << 184));
}

TEST_P(Instructions, OnlyTheLast256BlocksHaveHashes) {
  const auto hash_of = [this](std::uint64_t number) { return result(Op::blockhash, {number}); };
  EXPECT_EQ(hash_of(1000), U256{});
  EXPECT_EQ(hash_of(999), to_u256(host.block_hash(999)));
  EXPECT_EQ(hash_of(744), to_u256(host.block_hash(744)));
  EXPECT_EQ(hash_of(743), U256{});
}

TEST_P(Instructions, StaticFramesChangeNothing) {
  message.kind = CallKind::static_call;
  message.is_static = true;
  for (const char* code : {"0x6001600055", "0x600160005d", "0x60006000a0", "0x600060006000f0",
                           "0x6000ff", "0x600060006000600060016001615000f1"}) {
    EXPECT_EQ(run(code).status, Status::static_violation) << code;
  }
  EXPECT_EQ(run("0x600060006000600060006001615000f1").status, Status::success);
}

TEST_P(Instructions, InstructionsComeWithTheirForks) {
  const auto status = [this](Fork fork, const char* code) {
    block.fork = fork;
    return run(code).status;
  };
  const auto comes_with = [&](Fork fork, const char* code) {
    const Fork before = static_cast<Fork>(static_cast<int>(fork) - 1);
    EXPECT_EQ(status(before, code), Status::undefined_instruction) << code;
    EXPECT_EQ(status(fork, code), Status::success) << code;
  };
  comes_with(Fork::homestead, "0x600060006000600060006000f4");
  comes_with(Fork::byzantium, "0x3d");
  comes_with(Fork::constantinople, "0x600160011b");
  comes_with(Fork::istanbul, "0x46");
  comes_with(Fork::london, "0x48");
  comes_with(Fork::shanghai, "0x5f");
  comes_with(Fork::cancun, "0x60005c");
  comes_with(Fork::osaka, "0x60011e");
}

TEST_P(Instructions, StoresCostWhatTheirHistorySays) {
  const auto cost_and_refund = [this](Fork fork, const char* code, std::uint64_t original) {
    host.accounts.clear();
    host.accounts[kContract].storage[U256{0}] = {original, original};
    block.fork = fork;
    const CallResult r = run(code);
    return std::pair(message.gas - r.gas_left, r.gas_refund);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  // The examples of EIP-2200, 2929 and 3529: two stores to slot 0; 12 gas are pushes.
  EXPECT_EQ(cost_and_refund(Fork::byzantium, "0x60006000556000600055", 1), Pair(10012, 15000));
  EXPECT_EQ(cost_and_refund(Fork::constantinople, "0x60006000556001600055", 1), Pair(5212, 4800));
  EXPECT_EQ(cost_and_refund(Fork::istanbul, "0x60006000556000600055", 0), Pair(1612, 0));
  EXPECT_EQ(cost_and_refund(Fork::istanbul, "0x60016000556000600055", 0), Pair(20812, 19200));
  EXPECT_EQ(cost_and_refund(Fork::istanbul, "0x60006000556001600055", 1), Pair(5812, 4200));
  EXPECT_EQ(cost_and_refund(Fork::berlin, "0x60016000556000600055", 0), Pair(22212, 19900));
  EXPECT_EQ(cost_and_refund(Fork::berlin, "0x60026000556000600055", 1), Pair(5112, 15000));
  EXPECT_EQ(cost_and_refund(Fork::london, "0x60026000556000600055", 1), Pair(5112, 4800));
  EXPECT_EQ(cost_and_refund(Fork::london, "0x60006000556001600055", 1), Pair(5112, 2800));
}

TEST_P(Instructions, StoresNeedMoreThanTheStipend) {
  block.fork = Fork::istanbul;
  host.accounts[kContract].storage[U256{0}] = {1, 1};
  message.gas = 2306;
  EXPECT_EQ(run("0x6001600055").status, Status::out_of_gas);
  message.gas = 2307;
  EXPECT_EQ(run("0x6001600055").status, Status::success);
}

}  // namespace
}  // namespace cairn::evm
