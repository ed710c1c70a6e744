#include "spec/state_test.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "spec/exceptions.hpp"

namespace cairn::spec {
namespace {

using execution::Judged;
using execution::Refused;
using execution::TransactionOutcome;
using types::Fork;

execution::BlockEnvironment environment_of(const StateTest& test, const StateTestEntry& entry,
                                           const Network& network) {
  execution::BlockEnvironment env;
  const Fork fork = network.fork;
  const auto scheduled = test.blob_schedule.find(entry.network);
  env.blob_params = scheduled != test.blob_schedule.end() ? scheduled->second : network.blob_params;
  env.context.fork = fork;
  env.context.chain_id = test.chain_id;
  env.context.number = test.block.number;
  env.context.timestamp = test.block.timestamp;
  env.context.gas_limit = test.block.gas_limit;
  env.context.coinbase = test.block.coinbase;
  env.context.prev_randao = fork >= Fork::paris ? test.block.prev_randao : test.block.difficulty;
  env.context.base_fee = fork >= Fork::london ? test.block.base_fee : U256{};
  if (fork >= Fork::cancun) {
    env.context.blob_base_fee =
        execution::blob_base_fee(test.block.excess_blob_gas, env.blob_params);
  }
  env.block_hashes = block_hash_in_tests;
  return env;
}

Judged<TransactionOutcome> execute(const StateTestEntry& entry,
                                   const execution::BlockEnvironment& env, state::Overlay& overlay,
                                   evm::Tracer* tracer) {
  if (!entry.transaction) {
    return execution::refuse(Refused::malformed, entry.transaction.error().message);
  }
  return execution::execute_transaction(overlay, env, *entry.transaction, entry.sender, {}, {},
                                        tracer);
}

std::optional<std::string> judge_refusal(const Judged<TransactionOutcome>& outcome,
                                         const std::optional<std::string>& expected) {
  if (!expected) {
    return std::nullopt;  // the state root tells whether it should have been refused
  }
  if (!is_known_exception(*expected)) {
    return fmt::format("unknown exception {}", *expected);
  }
  if (outcome) {
    return fmt::format("expected {}, but the transaction was executed", *expected);
  }
  if (!is_expected(outcome.error(), *expected)) {
    return fmt::format("expected {}, refused as {} ({})", *expected,
                       refused_name(outcome.error().code), outcome.error().message);
  }
  return std::nullopt;
}

std::string describe(const std::optional<types::Account>& account) {
  return account ? fmt::format("nonce {} balance {} code {}", account->nonce,
                               to_decimal(account->balance), base::to_hex(account->code_hash))
                 : "nothing";
}

// Where two states differ first; empty when they do not.
std::string first_difference(const state::MemoryState& have, const state::MemoryState& want) {
  for (const auto& accounts : {have.accounts(), want.accounts()}) {
    for (const auto& [address, unused] : accounts) {
      if (have.account(address) != want.account(address)) {
        return fmt::format("; {} has {} instead of {}", base::to_hex(address),
                           describe(have.account(address)), describe(want.account(address)));
      }
      for (const auto& [slot, value] : unused.storage) {
        if (have.storage(address, slot) != want.storage(address, slot)) {
          return fmt::format("; {} slot {} has {} instead of {}", base::to_hex(address),
                             to_quantity(slot), to_quantity(have.storage(address, slot)),
                             to_quantity(want.storage(address, slot)));
        }
      }
    }
  }
  return {};
}

std::optional<std::string> judge_state(const StateTest& test, const StateTestEntry& entry,
                                       const state::Changeset& changeset) {
  const Hash256 root = test.before.root_after(changeset);
  if (root == entry.state_root) {
    return std::nullopt;
  }
  std::string difference;
  if (entry.state) {
    state::MemoryState after = test.before;
    after.apply(changeset);
    difference = first_difference(after, state::MemoryState(*entry.state));
  }
  return fmt::format("state root {} instead of {}{}", base::to_hex(root),
                     base::to_hex(entry.state_root), difference);
}

}  // namespace

Hash256 logs_hash(std::span<const types::Log> logs) {
  return crypto::keccak256(codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& list) {
      for (const types::Log& log : logs) {
        list.list([&](auto& fields) {
          fields.string(log.address);
          fields.list([&](auto& topics) {
            for (const Hash256& topic : log.topics) {
              topics.string(topic);
            }
          });
          fields.string(log.data);
        });
      }
    });
  }));
}

Hash256 block_hash_in_tests(std::uint64_t number) {
  return crypto::keccak256(base::bytes_of(std::to_string(number)));
}

std::optional<std::string> run_state_test(const StateTest& test, const StateTestEntry& entry,
                                          evm::Tracer* tracer) {
  const auto network = network_from_name(entry.network);
  if (!network) {
    return fmt::format("unknown fork {}", entry.network);
  }
  const execution::BlockEnvironment env = environment_of(test, entry, *network);
  state::Overlay overlay(test.before);
  const auto outcome = execute(entry, env, overlay, tracer);
  if (auto wrong = judge_refusal(outcome, entry.exception)) {
    return wrong;
  }
  if (outcome) {
    // The block's reward, which is zero here, touches the coinbase even if it destroyed itself.
    overlay.add_balance(env.context.coinbase, 0);
    overlay.end_transaction(network->fork);
  }

  const Hash256 logs = logs_hash(outcome ? std::span<const types::Log>(outcome->receipt.logs)
                                         : std::span<const types::Log>());
  if (auto wrong = judge_state(test, entry, overlay.changeset())) {
    return outcome ? std::move(*wrong)
                   : fmt::format("{} (refused: {})", *wrong, outcome.error().message);
  }
  if (logs != entry.logs_hash) {
    return fmt::format("logs hash {} instead of {}", base::to_hex(logs),
                       base::to_hex(entry.logs_hash));
  }
  return std::nullopt;
}

}  // namespace cairn::spec
