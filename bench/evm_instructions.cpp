// Runs the call frame of one state test a number of times, for counting its instructions:
//   evm_instructions FILE TEST INDEX TIMES
// The contract's code is analysed before; the world is plain maps and keeps what an execution did.
// Prints the gas of the last one. Istanbul's rules, because the yardstick's gas follows from them
// (SLOAD 800: snailtracer's counts alone tell the forks apart).
// bench/evm_instructions.py counts with callgrind and compares.

#include <fmt/core.h>
#include <simdjson.h>

#include <cstdlib>

#include "base/hex.hpp"
#include "evm/evm.hpp"
#include "tests/evm/test_host.hpp"

namespace cairn::evm {
namespace {

U256 number(simdjson::dom::element value) {
  return base::from_hex_number(value.get_string().value()).value();
}

Bytes data(simdjson::dom::element value) {
  return base::from_hex(value.get_string().value()).value();
}

Address address(std::string_view text) { return base::fixed_from_hex<20>(text).value(); }

void load_accounts(TestHost& host, simdjson::dom::object pre) {
  for (const auto& [key, fields] : pre) {
    host.add_contract(address(key), data(fields["code"]), number(fields["balance"]));
    TestAccount& account = host.accounts[address(key)];
    const simdjson::dom::object storage = fields["storage"];
    for (const auto& [slot, value] : storage) {
      const U256 word = number(value);
      account.storage[base::from_hex_number(slot).value()] = {word, word};
    }
  }
}

std::int64_t run(const std::string& file, const std::string& test, std::size_t index, long times) {
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.load(file)[test];
  const simdjson::dom::element transaction = root["transaction"];
  const Bytes input = data(transaction["data"].at(index));
  const Address target = address(transaction["to"].get_string().value());

  BlockContext block;
  block.fork = Fork::istanbul;
  block.number = 1;
  block.gas_limit = 1'000'000'000;
  const TransactionContext context{};
  Message message;
  message.gas = 1'000'000'000;
  message.sender = address("0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b");
  message.recipient = target;
  message.code_address = target;
  message.input = input;

  TestHost host;
  load_accounts(host, root["pre"]);
  host.warm_account(message.sender);
  host.warm_account(target);
  host.code(target).threaded(block.fork);
  Workspace workspace;
  std::int64_t gas = 0;
  for (long i = 0; i < times; ++i) {
    Evm evm(host, block, context, workspace);
    const CallResult result = evm.call(message);
    gas = message.gas - result.gas_left;
  }
  return gas;
}

}  // namespace
}  // namespace cairn::evm

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: evm_instructions FILE TEST INDEX TIMES\n");
    return 2;
  }
  const auto index = static_cast<std::size_t>(std::atol(argv[3]));
  fmt::print("{}\n", cairn::evm::run(argv[1], argv[2], index, std::atol(argv[4])));
}
