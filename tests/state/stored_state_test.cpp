#include "state/stored_state.hpp"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <random>

#include "crypto/keccak.hpp"
#include "state/memory_state.hpp"
#include "state/overlay.hpp"
#include "state/state_writer.hpp"
#include "store/rocks_store.hpp"

namespace cairn::state {
namespace {

constexpr Address kAlice = "0x00000000000000000000000000000000000a11ce"_address;
constexpr Address kBob = "0x0000000000000000000000000000000000000b0b"_address;

std::shared_ptr<store::Store> memory_store() { return store::RocksStore::open_in_memory().value(); }

Changeset balance_change(std::optional<std::uint64_t> before, std::optional<std::uint64_t> after) {
  AccountChange change;
  if (before) {
    change.before = types::Account{.balance = *before};
  }
  if (after) {
    change.after = types::Account{.balance = *after};
  }
  return {{{kAlice, change}}, {}};
}

class SmallChain {
 public:
  void block(std::uint64_t number, const Changeset& changes) {
    commit([&](auto& batch) { add_block_changes(*store_, batch, number, changes); });
  }
  void cheat(std::uint64_t number, const Changeset& changes) {
    commit([&](auto& batch) { add_cheat(*store_, batch, number, changes); });
  }
  void undo(std::uint64_t number, const Changeset& changes) {
    commit([&](auto& batch) { undo_changes(*store_, batch, number, changes); });
  }
  std::uint64_t balance_at(std::uint64_t number) const {
    const auto account = PastState(store_, number).account(kAlice);
    return account ? account->balance.low64() : 0;
  }

 private:
  template <class Fill>
  void commit(Fill&& fill) {
    store::Batch batch;
    fill(batch);
    ASSERT_TRUE(store_->commit(std::move(batch)));
  }

  std::shared_ptr<store::Store> store_ = memory_store();
};

TEST(StoredState, CheatBelongsToTheHeadThatItWasMadeOn) {
  SmallChain chain;
  chain.block(0, balance_change({}, 1));
  chain.block(1, balance_change(1, 2));
  chain.cheat(1, balance_change(2, 3));
  chain.block(2, balance_change(3, 4));
  EXPECT_EQ(chain.balance_at(0), 1U);
  EXPECT_EQ(chain.balance_at(1), 3U);
  EXPECT_EQ(chain.balance_at(2), 4U);
}

TEST(StoredState, UndoneCheatLeavesNoTrace) {
  SmallChain chain;
  chain.block(0, balance_change({}, 1));
  chain.block(1, {});
  chain.cheat(1, balance_change(1, 9));
  EXPECT_EQ(chain.balance_at(0), 1U);
  chain.undo(1, balance_change(1, 9));
  chain.block(2, balance_change(1, 5));
  EXPECT_EQ(chain.balance_at(0), 1U);
  EXPECT_EQ(chain.balance_at(1), 1U);
}

TEST(StoredState, CheatsThatCancelABlockOutCanBeUndoneOneByOne) {
  SmallChain chain;
  chain.block(0, balance_change({}, 1));
  chain.block(1, balance_change(1, 2));
  chain.cheat(1, balance_change(2, 1));
  chain.cheat(1, balance_change(1, 7));
  EXPECT_EQ(chain.balance_at(0), 1U);
  chain.undo(1, balance_change(1, 7));
  EXPECT_EQ(chain.balance_at(0), 1U);
  chain.undo(1, balance_change(2, 1));
  EXPECT_EQ(chain.balance_at(0), 1U);
  EXPECT_EQ(chain.balance_at(1), 2U);
  chain.undo(1, balance_change(1, 2));
  EXPECT_EQ(chain.balance_at(0), 1U);
}

TEST(StoredState, RefusesChangesThatDoNotFit) {
  const auto store = memory_store();
  store::Batch batch;
  EXPECT_THROW(add_block_changes(*store, batch, 1, balance_change(1, 2)), StateFault);
  Changeset slot_of_nobody;
  slot_of_nobody.accounts[kBob].slots[1] = {0, 5};
  EXPECT_THROW(add_block_changes(*store, batch, 1, slot_of_nobody), StateFault);
}

TEST(StoredState, RootAfterWritesNothing) {
  const auto store = memory_store();
  const StoredState state(store);
  const Changeset changes = balance_change({}, 5);
  const Hash256 root = state.root_after(changes);
  EXPECT_EQ(state.root(), types::kEmptyTrieRoot);
  EXPECT_EQ(root, MemoryState().root_after(changes));
}

// A random history of blocks, cheats and reverts over a store, with a copy of every state in maps.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {
    options_.env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    reopen();
  }

  void run(int steps) {
    change(0, true);
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      const std::uint64_t kind = random_() % 10;
      if (kind < 6) {
        change(head() + 1, true);
      } else if (kind < 9) {
        change(head(), false);
      } else {
        for (std::uint64_t back = random_() % 6; back > 0 && records_.size() > 1; --back) {
          undo();
        }
      }
      if (random_() % 8 == 0) {
        compare(random_() % (head() + 1));
      }
      if (random_() % 60 == 0) {
        reopen();
      }
    }
    reopen();
    for (std::uint64_t number = 0; number <= head(); ++number) {
      compare(number);
    }
    for (; records_.size() > 1; undo()) {
    }
    compare(0);
    EXPECT_FALSE(has_history()) << "undoing everything leaves no history";
  }

  std::uint64_t blocks_seen() const { return blocks_seen_; }

 private:
  struct Record {
    std::uint64_t block;
    bool is_block;
    Changeset changes;
    MemoryState after;
  };

  std::uint64_t head() const { return records_.back().block; }
  const MemoryState& state() const { return records_.back().after; }

  void reopen() {
    store_.reset();
    store_ = store::RocksStore::open("/history", options_).value();
  }

  Address some_address() {
    Address address;
    address[19] = static_cast<std::uint8_t>(random_() % 12);
    return address;
  }

  Changeset some_changes(const MemoryState& base) {
    Overlay overlay(base);
    for (std::uint64_t i = random_() % 8; i > 0; --i) {
      const Address address = some_address();
      switch (random_() % 6) {
        case 0:
          overlay.mark_destructed(address);
          break;
        case 1:
          overlay.create_account(address);
          overlay.set_nonce(address, 1);
          overlay.set_code(address, Bytes(random_() % 40, 0x5b));
          break;
        case 2:
          overlay.set_balance(address, random_() % 4);
          break;
        default:
          if (overlay.account(address) != nullptr) {
            overlay.set_storage(address, random_() % 40, random_() % 3);
          }
      }
      if (random_() % 3 == 0) {
        overlay.end_transaction(types::Fork::london);
      }
    }
    overlay.end_transaction(types::Fork::london);
    return overlay.changeset();
  }

  void change(std::uint64_t block, bool is_block) {
    MemoryState after = records_.empty() ? MemoryState() : state();
    Changeset changes = some_changes(after);
    after.apply(changes);
    store::Batch batch;
    const Hash256 root = is_block ? add_block_changes(*store_, batch, block, changes)
                                  : add_cheat(*store_, batch, block, changes);
    ASSERT_EQ(root, after.root());
    ASSERT_TRUE(store_->commit(std::move(batch)));
    records_.push_back({block, is_block, std::move(changes), std::move(after)});
    blocks_seen_ += is_block ? 1 : 0;
  }

  void undo() {
    store::Batch batch;
    const Hash256 root = undo_changes(*store_, batch, head(), records_.back().changes);
    ASSERT_TRUE(store_->commit(std::move(batch)));
    records_.pop_back();
    ASSERT_EQ(root, state().root());
  }

  // The state that block `number` + 1 was built on, or the head's.
  const MemoryState& copy_at(std::uint64_t number) const {
    const auto last = std::find_if(records_.rbegin(), records_.rend(),
                                   [&](const Record& record) { return record.block <= number; });
    return last->after;
  }

  template <class View>
  static std::map<Address, MemoryState::Entry> all_of(const View& view) {
    std::map<Address, MemoryState::Entry> out;
    view.for_each_account(
        [&](const Address& address, const types::Account& account, const Hash256&) {
          MemoryState::Entry& entry = out[address];
          entry.account = account;
          view.for_each_slot(address, [&](const U256& key, const U256& value) {
            entry.storage[key] = value;
            return true;
          });
          return true;
        });
    return out;
  }

  void compare(std::uint64_t number) const {
    SCOPED_TRACE("block " + std::to_string(number));
    const MemoryState& copy = copy_at(number);
    const PastState past(store_, number);
    for (std::uint8_t i = 0; i < 12; ++i) {
      Address address;
      address[19] = i;
      ASSERT_EQ(past.account(address), copy.account(address));
      ASSERT_EQ(past.has_storage(address), copy.has_storage(address));
      for (std::uint64_t key = 0; key < 40; ++key) {
        ASSERT_EQ(past.storage(address, key), copy.storage(address, key));
      }
      if (const auto account = copy.account(address); account && account->has_code()) {
        ASSERT_EQ(*past.code(account->code_hash), *copy.code(account->code_hash));
      }
    }
    ASSERT_EQ(all_of(past), copy.accounts());
    if (number == head()) {
      const StoredState now(store_);
      ASSERT_EQ(now.root(), copy.root());
      ASSERT_EQ(all_of(now), copy.accounts());
    }
  }

  bool has_history() const {
    for (const auto column : {store::Column::account_history, store::Column::slot_history}) {
      const auto cursor = store_->cursor(column);
      cursor->seek({});
      if (cursor->valid()) {
        return true;
      }
    }
    return false;
  }

  std::mt19937_64 random_;
  store::RocksOptions options_;
  std::shared_ptr<store::Store> store_;
  std::vector<Record> records_;
  std::uint64_t blocks_seen_ = 0;
};

TEST(StoredState, EveryBlockOfARandomHistoryStaysReadable) {
  std::uint64_t blocks = 0;
  for (std::uint64_t seed = 1; seed <= 4 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomHistory history(seed);
    history.run(500);
    blocks += history.blocks_seen();
  }
  EXPECT_GT(blocks, 1'000U);
}

}  // namespace
}  // namespace cairn::state
