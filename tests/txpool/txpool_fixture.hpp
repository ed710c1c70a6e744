#pragma once
// A pool on a state in memory: accounts are made by number, transactions by sender and nonce.

#include "state/memory_state.hpp"
#include "txpool/txpool.hpp"

namespace cairn::txpool {

inline constexpr std::uint64_t kGwei = 1'000'000'000;
inline const U256 kEther = U256{kGwei} * U256{kGwei};

inline Address account_number(std::uint64_t n) {
  Address out;
  out[0] = 0xaa;
  for (std::size_t i = 0; i < 8; ++i) {
    out[19 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  }
  return out;
}

struct Sketch {
  std::uint64_t from = 0;
  std::uint64_t nonce = 0;
  std::uint64_t tip = 2;    // gwei
  std::uint64_t cap = 100;  // gwei
  U256 value{};             // wei
};

inline Entry entry_of(const Sketch& sketch) {
  Entry out;
  out.transaction.type = types::TransactionType::dynamic_fee;
  out.transaction.chain_id = 1;
  out.transaction.nonce = sketch.nonce;
  out.transaction.max_priority_fee_per_gas = U256{sketch.tip} * U256{kGwei};
  out.transaction.max_fee_per_gas = U256{sketch.cap} * U256{kGwei};
  out.transaction.gas_limit = 21'000;
  out.transaction.to = account_number(999);
  out.transaction.value = sketch.value;
  out.transaction.signature.r = base::from_be(account_number(sketch.from));  // tells hashes apart
  out.transaction.signature.s = 1;
  out.hash = types::transaction_hash(out.transaction);
  out.sender = account_number(sketch.from);
  return out;
}

class PoolFixture {
 public:
  explicit PoolFixture(const Limits& limits = Limits::dev(), Order order = Order::fees)
      : pool(limits, order, ground()) {}

  Ground ground() {
    Ground out;
    std::map<Address, types::GenesisAccount> alloc;
    for (const auto& [n, account] : accounts) {
      alloc[account_number(n)] = account;
    }
    out.state = std::make_shared<state::MemoryState>(alloc);
    out.next.context.fork = types::Fork::osaka;
    out.next.context.gas_limit = 60'000'000;
    out.next.context.base_fee = U256{base_fee} * U256{kGwei};
    out.next.blob_params = types::kPragueBlobParams;
    return out;
  }
  void move_head(const std::optional<std::vector<Address>>& touched = std::nullopt) {
    pool.set_ground(ground(), touched, now);
  }
  Admitted<Txpool::Admission> add(const Sketch& sketch) { return pool.add(entry_of(sketch), now); }

  // The order in which a block would take them: (account, nonce).
  std::vector<std::pair<std::uint64_t, std::uint64_t>> order_of_block() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    auto best = pool.best(U256{base_fee} * U256{kGwei}, 0);
    while (const EntryPtr entry = best.next()) {
      out.emplace_back(entry->sender[19], entry->transaction.nonce);
    }
    return out;
  }

  std::uint64_t base_fee = 1;  // gwei
  Time now{1'000};
  std::map<std::uint64_t, types::GenesisAccount> accounts = three_rich_accounts();
  Txpool pool;

 private:
  static std::map<std::uint64_t, types::GenesisAccount> three_rich_accounts() {
    types::GenesisAccount rich;
    rich.balance = kEther;
    return {{1, rich}, {2, rich}, {3, rich}};
  }
};

}  // namespace cairn::txpool
