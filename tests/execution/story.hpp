#pragma once
// A test of execution as a short story: before, transaction, expectation. All else has a default:
// the newest fork, a block of 30 M gas with a base fee of 10 wei, a rich sender, a plain transfer.

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "execution/transaction_processor.hpp"
#include "state/memory_state.hpp"

namespace cairn::execution::testing {

using types::Fork;
using types::TransactionType;

inline constexpr Address kSender = "0x1000000000000000000000000000000000000001"_address;
inline constexpr Address kReceiver = "0x2000000000000000000000000000000000000002"_address;
inline constexpr Address kCoinbase = "0xc000000000000000000000000000000000000003"_address;
inline constexpr std::uint64_t kEther = 1'000'000'000'000'000'000;
inline constexpr std::uint64_t kBaseFee = 10;
inline constexpr std::uint64_t kPrice = 15;

class Story {
 public:
  explicit Story(Fork fork = Fork::osaka) {
    env.context.fork = fork;
    env.context.number = 1;
    env.context.gas_limit = 30'000'000;
    env.context.coinbase = kCoinbase;
    env.context.base_fee = fork >= Fork::london ? U256{kBaseFee} : U256{};
    env.context.blob_base_fee = 1;
    env.blob_params = types::kPragueBlobParams;
    before[kSender].balance = kEther;
    transaction.to = kReceiver;
    transaction.gas_limit = 100'000;
    transaction.max_fee_per_gas = kPrice;
    transaction.max_priority_fee_per_gas = kPrice;
  }

  // A typed transaction of this kind with what such a kind must have.
  void of_type(TransactionType type) {
    transaction.type = type;
    transaction.chain_id = env.context.chain_id;
    if (type == TransactionType::blob) {
      transaction.blob_hashes = {kBlobHash};
      transaction.max_fee_per_blob_gas = 1;
    }
    if (type == TransactionType::set_code) {
      transaction.authorizations = {{}};
    }
  }

  Judged<TransactionOutcome> run() {
    after_ = state::MemoryState(before);
    const state::MemoryState base = after_;
    state::Overlay overlay(base);
    auto outcome = execute_transaction(overlay, env, transaction, sender, used_before, leniency);
    after_.apply(overlay.changeset());
    return outcome;
  }

  // The refusal's code; a failure of the test where the transaction was executed.
  std::optional<Refused> refusal() {
    const auto outcome = run();
    return outcome ? std::nullopt : std::optional(outcome.error().code);
  }

  std::uint64_t gas_used() {
    const auto outcome = run();
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? outcome->gas_used : 0;
  }

  // After run().
  types::Account after(const Address& address) const {
    return after_.account(address).value_or(types::Account{});
  }
  bool exists_after(const Address& address) const { return after_.account(address).has_value(); }
  U256 slot_after(const Address& address, const U256& slot) const {
    return after_.storage(address, slot);
  }
  Bytes code_after(const Address& address) const {
    const auto code = after_.code(after(address).code_hash);
    return code != nullptr ? *code : Bytes{};
  }
  U256 total_after() const {
    U256 sum;
    for (const auto& [address, entry] : after_.accounts()) {
      sum += entry.account.balance;
    }
    return sum;
  }

  static constexpr Hash256 kBlobHash =
      "0x0100000000000000000000000000000000000000000000000000000000000000"_hash;

  std::map<Address, types::GenesisAccount> before;
  BlockEnvironment env;
  types::Transaction transaction;
  Address sender = kSender;
  BlockUsage used_before;
  Leniency leniency;

 private:
  state::MemoryState after_;
};

}  // namespace cairn::execution::testing
