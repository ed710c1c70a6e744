#pragma once
// A dev chain in memory without thread or queue, with accounts that sign.

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "chain/dev_genesis.hpp"
#include "node/dev_writer.hpp"
#include "store/rocks_store.hpp"

namespace cairn::node {

inline constexpr std::uint64_t kGwei = 1'000'000'000;
inline const U256 kEther = U256{kGwei} * U256{kGwei};

inline const std::vector<chain::DevAccount>& accounts() {
  static const std::vector<chain::DevAccount> all = *chain::dev_accounts();
  return all;
}

// A contract's creation code: stores this run-time code.
inline Bytes creation_of(BytesView runtime) {
  const auto size = static_cast<std::uint8_t>(runtime.size());
  Bytes out{0x60, size, 0x80, 0x60, 0x0b, 0x5f, 0x39, 0x5f, 0xf3, 0x00, 0x00};
  base::append(out, runtime);
  return out;
}

struct Request {
  std::size_t from = 0;         // number of a dev account
  std::optional<Address> to{};  // none: create
  U256 value{};
  Bytes data{};
  std::uint64_t gas = 500'000;
  std::optional<std::uint64_t> nonce{};  // none: the next free one
  U256 cap = U256{100} * U256{kGwei};
  U256 tip = kGwei;
};

inline Submission submission_of(const Request& request) {
  Submission out;
  out.transaction.type = types::TransactionType::dynamic_fee;
  out.transaction.chain_id = 31'337;
  out.transaction.nonce = request.nonce.value_or(0);
  out.transaction.to = request.to;
  out.transaction.value = request.value;
  out.transaction.data = request.data;
  out.transaction.gas_limit = request.gas;
  out.transaction.max_fee_per_gas = request.cap;
  out.transaction.max_priority_fee_per_gas = request.tip;
  out.key = accounts()[request.from].key;
  out.assign_nonce = !request.nonce;
  return out;
}

inline txpool::Admitted<Prepared> prepared(const Submission& submission) {
  static const crypto::KzgSetup kzg;
  return prepare(submission, types::Fork::osaka, 31'337, kzg);
}

class DevFixture {
 public:
  explicit DevFixture(const DevOptions& chosen = {}) : options(chosen) { restart(); }

  // As after the process has ended: only the store is left.
  void restart() {
    writer.reset();
    auto opened = DevWriter::open(store, chain::dev_genesis(accounts()), options, clock);
    if (!opened) {
      throw std::runtime_error(opened.error().message);
    }
    writer = *std::move(opened);
  }

  txpool::Admitted<Hash256> admit(const Request& request) {
    auto ready = prepared(submission_of(request));
    if (!ready) {
      return std::unexpected(ready.error());
    }
    return writer->admit(*std::move(ready));
  }
  // Admitted and settled.
  Hash256 send(const Request& request) {
    const auto hash = admit(request);
    if (!hash) {
      throw std::runtime_error(hash.error().message);
    }
    settle();
    return *hash;
  }
  void settle() {
    if (const auto settled = writer->settle(); !settled) {
      throw std::runtime_error(settled.error().message);
    }
  }
  Address deploy(std::string_view runtime_hex) {
    const Hash256 hash = send({.data = creation_of(*base::from_hex(runtime_hex))});
    const auto place = head()->place_of(hash);
    const auto block = head()->block_at(place->number);
    const types::Transaction& transaction = block->block.transactions[place->index];
    return evm::create_address(block->senders[place->index], transaction.nonce);
  }

  std::shared_ptr<const chain::ChainView> head() const { return writer->head(); }
  const types::Receipt& receipt_of(const Hash256& hash) const {
    const auto place = head()->place_of(hash);
    return head()->receipts_at(place->number)->at(place->index);
  }
  U256 balance(const Address& address) const {
    const auto account = head()->state()->account(address);
    return account ? account->balance : U256{};
  }
  std::uint64_t nonce(const Address& address) const {
    const auto account = head()->state()->account(address);
    return account ? account->nonce : 0;
  }
  void set_balance(const Address& address, const U256& wei) {
    const auto done = writer->cheat([&](state::Overlay& overlay) -> Result<void> {
      overlay.set_balance(address, wei);
      return {};
    });
    if (!done) {
      throw std::runtime_error(done.error().message);
    }
  }
  void set_automine(bool on) {
    const auto done = writer->change_settings([&](chain::Settings& settings) -> Result<void> {
      settings.automine = on;
      return {};
    });
    if (!done) {
      throw std::runtime_error(done.error().message);
    }
  }

  DevOptions options;
  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  std::shared_ptr<base::SimulatedClock> clock =
      std::make_shared<base::SimulatedClock>(1'700'000'000'000);
  std::unique_ptr<DevWriter> writer;
};

inline const Address kSomebody = "0x00000000000000000000000000000000005eb0d1"_address;

}  // namespace cairn::node
