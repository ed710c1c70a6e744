#include "spec/vm_test.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "evm/code.hpp"
#include "evm/evm.hpp"
#include "execution/overlay_host.hpp"
#include "spec/state_test.hpp"

namespace cairn::spec {
namespace {

using types::Fork;

Result<evm::BlockContext> read_block(const Json& env) {
  evm::BlockContext block;
  block.fork = Fork::frontier;
  CAIRN_TRY(const Json coinbase, env.at("currentCoinbase"));
  CAIRN_TRY(block.coinbase, coinbase.address());
  CAIRN_TRY(block.prev_randao, env.number_or("currentDifficulty", 0));
  CAIRN_TRY(const U256 gas_limit, env.number_or("currentGasLimit", 0));
  block.gas_limit = gas_limit.saturated64();
  CAIRN_TRY(block.number, env.u64_or("currentNumber", 0));
  CAIRN_TRY(block.timestamp, env.u64_or("currentTimestamp", 0));
  return block;
}

Result<> read_exec(const Json& exec, VmTest& test) {
  CAIRN_TRY(const Json address, exec.at("address"));
  CAIRN_TRY(test.message.recipient, address.address());
  test.message.code_address = test.message.recipient;
  CAIRN_TRY(const Json caller, exec.at("caller"));
  CAIRN_TRY(test.message.sender, caller.address());
  CAIRN_TRY(const Json origin, exec.at("origin"));
  CAIRN_TRY(test.origin, origin.address());
  CAIRN_TRY(test.gas_price, exec.number_or("gasPrice", 0));
  CAIRN_TRY(test.message.value, exec.number_or("value", 0));
  CAIRN_TRY(const std::uint64_t gas, exec.u64_or("gas", 0));
  test.message.gas = static_cast<std::int64_t>(gas);
  CAIRN_TRY(const Json data, exec.at("data"));
  CAIRN_TRY(test.input, data.bytes());
  CAIRN_TRY(const Json code, exec.at("code"));
  CAIRN_TRY(test.code, code.bytes());
  return {};
}

Result<VmTest::Expectation> read_expectation(const Json& test) {
  VmTest::Expectation expected;
  CAIRN_TRY(const Json gas, test.at("gas"));
  CAIRN_TRY(expected.gas_left, gas.u64());
  CAIRN_TRY(const Json output, test.at("out"));
  CAIRN_TRY(expected.output, output.bytes());
  CAIRN_TRY(const Json logs, test.at("logs"));
  CAIRN_TRY(expected.logs_hash, logs.hash());
  CAIRN_TRY(const Json post, test.at("post"));
  CAIRN_TRY(expected.accounts, read_accounts(post));
  return expected;
}

std::optional<std::string> judge(const VmTest::Expectation& expected, const evm::CallResult& result,
                                 std::span<const types::Log> logs) {
  if (static_cast<std::uint64_t>(result.gas_left) != expected.gas_left) {
    return fmt::format("gas {} instead of {}", result.gas_left, expected.gas_left);
  }
  if (result.output != expected.output) {
    return fmt::format("out {} instead of {}", base::to_hex(result.output),
                       base::to_hex(expected.output));
  }
  if (logs_hash(logs) != expected.logs_hash) {
    return fmt::format("logs hash {} instead of {}", base::to_hex(logs_hash(logs)),
                       base::to_hex(expected.logs_hash));
  }
  return std::nullopt;
}

}  // namespace

Result<VmTest> read_vm_test(std::string name, const Json& json) {
  VmTest test;
  test.name = std::move(name);
  CAIRN_TRY(const Json env, json.at("env"));
  CAIRN_TRY(test.block, read_block(env));
  CAIRN_TRY(const Json pre, json.at("pre"));
  CAIRN_TRY(const auto accounts, read_accounts(pre));
  test.before = state::MemoryState(accounts);
  CAIRN_TRY(const Json exec, json.at("exec"));
  CAIRN_CHECK(read_exec(exec, test));
  if (json.has("post")) {
    CAIRN_TRY(test.expected, read_expectation(json));
  }
  return test;
}

std::optional<std::string> run_vm_test(const VmTest& test) {
  state::Overlay overlay(test.before);
  const execution::BlockHashes block_hashes = block_hash_in_tests;
  execution::OverlayHost host(overlay, test.block.fork, block_hashes);
  const evm::TransactionContext transaction{
      .origin = test.origin, .gas_price = test.gas_price, .blob_hashes = {}};
  evm::Message message = test.message;
  message.input = test.input;
  const evm::Code code(test.code);
  const evm::CallResult result = evm::Evm(host, test.block, transaction).run_frame(message, code);
  if (!test.expected) {
    return result.succeeded() ? std::optional<std::string>("expected an exceptional halt")
                              : std::nullopt;
  }
  if (!result.succeeded()) {
    return fmt::format("failed: {}", status_name(result.status));
  }
  const std::vector<types::Log> logs = overlay.end_transaction(test.block.fork);
  if (auto wrong = judge(*test.expected, result, logs)) {
    return wrong;
  }
  const Hash256 expected_root = state::MemoryState(test.expected->accounts).root();
  const Hash256 root = test.before.root_after(overlay.changeset());
  if (root != expected_root) {
    return fmt::format("accounts differ: root {} instead of {}", base::to_hex(root),
                       base::to_hex(expected_root));
  }
  return std::nullopt;
}

}  // namespace cairn::spec
