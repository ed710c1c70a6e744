// The pool against a list that is searched anew for every question.

#include <gtest/gtest.h>

#include <random>

#include "tests/txpool/txpool_fixture.hpp"

namespace cairn::txpool {
namespace {

constexpr std::uint64_t kAccounts = 3;

// What the pool promises, written out without any structure.
class NaivePool {
 public:
  struct Item {
    Sketch sketch;
    Hash256 hash;
    std::size_t arrival;
  };

  void put(const Sketch& sketch, const Hash256& hash) {
    std::erase_if(items_, [&](const Item& item) {
      return item.sketch.from == sketch.from && item.sketch.nonce == sketch.nonce;
    });
    items_.push_back({sketch, hash, ++arrivals_});
  }
  void remove_below(std::uint64_t account, std::uint64_t nonce) {
    std::erase_if(items_, [&](const Item& item) {
      return item.sketch.from == account && item.sketch.nonce < nonce;
    });
  }
  void remove(const Hash256& hash) {
    std::erase_if(items_, [&](const Item& item) { return item.hash == hash; });
  }
  const Item* find(std::uint64_t account, std::uint64_t nonce) const {
    for (const Item& item : items_) {
      if (item.sketch.from == account && item.sketch.nonce == nonce) {
        return &item;
      }
    }
    return nullptr;
  }
  const std::vector<Item>& items() const { return items_; }

  // The block's order: again and again the best among the first of every run.
  std::vector<Hash256> block(std::map<std::uint64_t, std::uint64_t> nonces,
                             std::uint64_t base_fee) const {
    std::vector<Hash256> out;
    while (true) {
      const Item* best = nullptr;
      for (const auto& [account, nonce] : nonces) {
        const Item* item = find(account, nonce);
        if (item && item->sketch.cap >= base_fee && (!best || before(*item, *best, base_fee))) {
          best = item;
        }
      }
      if (!best) {
        return out;
      }
      out.push_back(best->hash);
      ++nonces[best->sketch.from];
    }
  }

 private:
  static bool before(const Item& a, const Item& b, std::uint64_t base_fee) {
    const auto tip = [&](const Item& item) {
      return std::min(item.sketch.tip, item.sketch.cap - base_fee);
    };
    return tip(a) != tip(b) ? tip(a) > tip(b) : a.arrival < b.arrival;
  }

  std::vector<Item> items_;
  std::size_t arrivals_ = 0;
};

std::vector<Hash256> block_of(const PoolFixture& f) {
  std::vector<Hash256> out;
  auto best = f.pool.best(U256{f.base_fee} * U256{kGwei}, 0);
  while (const EntryPtr entry = best.next()) {
    out.push_back(entry->hash);
  }
  return out;
}

class Twins {
 public:
  explicit Twins(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t account = 1; account <= kAccounts; ++account) {
      fixture_.accounts[account].balance = kEther * U256{1'000};
      nonces_[account] = 0;
    }
    fixture_.move_head();
  }

  void step() {
    const std::uint64_t what = pick(10);
    if (what < 7) {
      add();
    } else if (what == 7) {
      move_nonce();
    } else if (what == 8) {
      fixture_.base_fee = pick(6);
      fixture_.move_head({std::vector<Address>{}});
    } else {
      remove();
    }
    ASSERT_EQ(block_of(fixture_), naive_.block(nonces_, fixture_.base_fee));
    const Status status = fixture_.pool.status();
    ASSERT_EQ(status.pending + status.queued, naive_.items().size());
  }

 private:
  std::uint64_t pick(std::uint64_t bound) { return random_() % bound; }

  void add() {
    const std::uint64_t account = 1 + pick(kAccounts);
    const std::uint64_t tip = 1 + pick(8);
    const Sketch sketch{
        .from = account, .nonce = nonces_[account] + pick(5), .tip = tip, .cap = tip + pick(8)};
    const NaivePool::Item* old = naive_.find(account, sketch.nonce);
    const bool pays = !old || (sketch.tip * 100 >= old->sketch.tip * 110 &&
                               sketch.cap * 100 >= old->sketch.cap * 110);
    const auto admitted = fixture_.add(sketch);
    ASSERT_EQ(admitted.has_value(), pays);
    if (admitted) {
      naive_.put(sketch, admitted->entry->hash);
    }
  }

  void move_nonce() {
    const std::uint64_t account = 1 + pick(kAccounts);
    const std::uint64_t back = std::min(nonces_[account], pick(2));
    nonces_[account] = nonces_[account] - back + pick(3);
    fixture_.accounts[account].nonce = nonces_[account];
    naive_.remove_below(account, nonces_[account]);
    fixture_.move_head({{account_number(account)}});
  }

  void remove() {
    if (!naive_.items().empty()) {
      const Hash256 hash = naive_.items()[pick(naive_.items().size())].hash;
      naive_.remove(hash);
      ASSERT_TRUE(fixture_.pool.remove(hash, fixture_.now));
    }
  }

  std::mt19937_64 random_;
  PoolFixture fixture_;
  NaivePool naive_;
  std::map<std::uint64_t, std::uint64_t> nonces_;
};

TEST(TxpoolTwin, AgreesWithASortedList) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Twins twins(seed);
    for (int i = 0; i < 200; ++i) {
      twins.step();
      if (testing::Test::HasFatalFailure()) {
        return;
      }
    }
  }
}

}  // namespace
}  // namespace cairn::txpool
