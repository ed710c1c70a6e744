#include "tests/evm/twin.hpp"

#include <fmt/core.h>

#include "base/hex.hpp"
#include "evm/threaded_code.hpp"
#include "evm/tracer.hpp"
#include "tests/evm/reference_evm.hpp"
#include "tests/evm/test_host.hpp"

namespace cairn::evm {
namespace {

constexpr Address kSender = "0x5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"_address;

struct SilentTracer final : Tracer {
  bool wants_steps() const override { return true; }
  void on_log(const types::Log&) override {}
  void on_enter(const Message&) override {}
  void on_exit(Status, std::int64_t, BytesView) override {}
  void on_selfdestruct(const Address&, const Address&, const U256&) override {}
  void on_step(const Step&) override {}
  void on_cost(std::int64_t, std::int64_t) override {}
  void on_fault(const Fault&) override {}
};

enum class Loop { byte_by_byte, threaded, traced };

void fill(TestHost& host, const TwinCase& test) {
  host.accounts[kSender].balance = 1'000'000;
  host.add_contract(kTwinContract, test.code, 1'000);
  host.accounts[kTwinContract].storage[U256{1}] = {7, 7};
  host.add_contract(kTwinCallee, test.callee, 5);
}

// Failures are one thing: which of several reasons to fail is met first is not observable.
std::string outcome(const CallResult& result) {
  const char* status = result.status == Status::success  ? "success"
                       : result.status == Status::revert ? "revert"
                                                         : "failure";
  return fmt::format("{}, gas left {}, refund {}, output {}, created {}", status, result.gas_left,
                     result.gas_refund, base::to_hex(result.output), base::to_hex(result.created));
}

template <class Map>
std::string sorted(const Map& map, auto&& show) {
  std::vector<std::string> lines;
  for (const auto& [key, value] : map) {
    if (auto line = show(key, value); !line.empty()) {
      lines.push_back(std::move(line));
    }
  }
  std::ranges::sort(lines);
  std::string out;
  for (const std::string& line : lines) {
    out += line + "; ";
  }
  return out;
}

std::string show(const U256& value) { return base::to_quantity(value); }

std::string world(const TestHost& host) {
  std::string out = sorted(host.accounts, [](const Address& address, const TestAccount& account) {
    if (!account.exists && !account.warm) {
      return std::string();  // asked for, and undone
    }
    const std::string slots =
        sorted(account.storage, [](const U256& key, const StorageValues& value) {
          return value.current.is_zero() ? "" : show(key) + "=" + show(value.current);
        });
    const std::string transient = sorted(account.transient, [](const U256& key, const U256& value) {
      return value.is_zero() ? "" : show(key) + "=" + show(value);
    });
    return fmt::format(
        "{} {} nonce {} balance {} code {} warm {} slots {} transient {} new {} gone {}",
        base::to_hex(address), account.exists, account.nonce, show(account.balance),
        base::to_hex(account.code->bytes()), account.warm, slots, transient, account.created_here,
        account.destructed);
  });
  for (const types::Log& log : host.logs) {
    out += fmt::format("\nlog {} {}", base::to_hex(log.address), base::to_hex(log.data));
    for (const Hash256& topic : log.topics) {
      out += " " + base::to_hex(topic);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> compare_with_twin(const TwinCase& test) {
  BlockContext block;
  block.fork = test.fork;
  block.number = 300;
  block.timestamp = 1'700'000'000;
  block.gas_limit = 30'000'000;
  block.base_fee = 7;
  block.blob_base_fee = 3;
  block.prev_randao = U256{11, 12, 13, 14};
  const std::array<Hash256, 2> blobs = {crypto::keccak256({}), Hash256{}};
  TransactionContext transaction;
  transaction.origin = kSender;
  transaction.gas_price = 9;
  transaction.blob_hashes = blobs;

  Message message;
  message.gas = test.gas;
  message.sender = kSender;
  message.recipient = kTwinContract;
  message.code_address = kTwinContract;
  message.value = test.is_static ? 0 : 3;
  message.kind = test.is_static ? CallKind::static_call : CallKind::call;
  message.is_static = test.is_static;
  message.input = test.input;

  TestHost twin_host;
  fill(twin_host, test);
  const CallResult expected = ReferenceEvm(twin_host, block, transaction).call(message);
  const std::string expected_outcome = outcome(expected);
  const std::string expected_world = world(twin_host);

  for (const Loop loop : {Loop::byte_by_byte, Loop::threaded, Loop::traced}) {
    TestHost host;
    fill(host, test);
    if (loop == Loop::threaded) {
      host.code(kTwinContract).threaded(test.fork);
      host.code(kTwinCallee).threaded(test.fork);
    }
    SilentTracer tracer;
    Evm evm(host, block, transaction, loop == Loop::traced ? &tracer : nullptr);
    const CallResult result = evm.call(message);
    const char* const name = loop == Loop::threaded ? "threaded"
                             : loop == Loop::traced ? "traced"
                                                    : "byte by byte";
    if (outcome(result) != expected_outcome || world(host) != expected_world) {
      return fmt::format(
          "{} loop, {}, gas {}, static {}\ncode {}\ncallee {}\ninput {}\ngot      {} "
          "({})\nexpected {} "
          "({})\ngot\n{}\nexpected\n{}",
          name, types::fork_name(test.fork), test.gas, test.is_static, base::to_hex(test.code),
          base::to_hex(test.callee), base::to_hex(test.input), outcome(result),
          status_name(result.status), expected_outcome, status_name(expected.status), world(host),
          expected_world);
    }
  }
  return std::nullopt;
}

}  // namespace cairn::evm
