// A state in a store over another node's, against the whole state in maps.

#include <gtest/gtest.h>

#include <random>

#include "state/memory_state.hpp"
#include "state/overlay.hpp"
#include "state/state_writer.hpp"
#include "state/stored_state.hpp"
#include "store/rocks_store.hpp"

namespace cairn::state {
namespace {

constexpr std::uint64_t kAddresses = 12;
constexpr std::uint64_t kKeys = 12;

Address address_of(std::uint64_t number) {
  Address out;
  out[19] = static_cast<std::uint8_t>(number);
  return out;
}

std::map<Address, types::GenesisAccount> source_accounts() {
  std::map<Address, types::GenesisAccount> out;
  for (std::uint64_t i = 0; i < kAddresses; i += 2) {
    types::GenesisAccount& account = out[address_of(i)];
    account = {.nonce = 1, .balance = i + 1, .code = Bytes(i + 1, 0x5b), .storage = {}};
    for (std::uint64_t key = 0; key < kKeys; key += 2) {
      account.storage[key] = key % 4 + 1;
    }
  }
  return out;
}

// The source: another node can be asked for single slots, not for all of them.
class Source final : public StateView {
 public:
  std::optional<types::Account> account(const Address& address) const override {
    return whole_.account(address);
  }
  U256 storage(const Address& address, const U256& key) const override {
    return whole_.storage(address, key);
  }
  std::shared_ptr<const Bytes> code(const Hash256& hash) const override {
    return whole_.code(hash);
  }
  bool has_storage(const Address& address) const override { return whole_.has_storage(address); }
  void for_each_slot(const Address&, const SlotVisitor&) const override {
    FAIL() << "nobody can list a source's storage";
  }
  bool has_unlisted_storage(const Address&) const override { return true; }

 private:
  MemoryState whole_{source_accounts()};
};

class ForkedHistory {
 public:
  explicit ForkedHistory(std::uint64_t seed) : random_(seed) {
    records_.push_back({0, {}, MemoryState(source_accounts()), types::kEmptyTrieRoot});
  }

  void run(int steps) {
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
      compare(random_() % (head() + 1));
      compare(head());
    }
    for (std::uint64_t number = 0; number <= head(); ++number) {
      compare(number);
    }
    for (; records_.size() > 1; undo()) {
    }
    compare(0);
  }

 private:
  struct Record {
    std::uint64_t block;
    Changeset changes;
    MemoryState whole;
    Hash256 root;  // of what differs
  };

  std::uint64_t head() const { return records_.back().block; }

  // The same transactions over the fork and over the whole state.
  void run_transactions(std::uint64_t seed, Overlay& overlay) {
    std::mt19937_64 random(seed);
    for (std::uint64_t i = random() % 8; i > 0; --i) {
      const Address address = address_of(random() % kAddresses);
      const std::size_t before = overlay.snapshot();
      switch (random() % 7) {
        case 0:
          overlay.mark_destructed(address);
          break;
        case 1:
          overlay.create_account(address);
          overlay.set_nonce(address, 1);
          overlay.set_code(address, Bytes(random() % 40, 0x5b));
          break;
        case 2:
          overlay.set_balance(address, random() % 4);
          break;
        case 3:
          overlay.clear_storage(address);
          break;
        default:
          if (overlay.account(address) != nullptr) {
            overlay.set_storage(address, random() % kKeys, random() % 5);
          }
      }
      if (random() % 5 == 0) {
        overlay.revert_to(before);
      } else if (random() % 3 == 0) {
        overlay.end_transaction(types::Fork::london);
      }
    }
    overlay.end_transaction(types::Fork::london);
  }

  void change(std::uint64_t block, bool is_block) {
    const std::uint64_t seed = random_();
    MemoryState whole = records_.back().whole;
    Overlay over_whole(whole);
    run_transactions(seed, over_whole);
    const Changeset whole_changes = over_whole.changeset();
    whole.apply(whole_changes);

    const StoredState state(store_, source_);
    Overlay overlay(state);
    run_transactions(seed, overlay);
    Changeset changes = overlay.changeset();
    const auto decoded = decode_changeset(encode_changeset(changes));
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_EQ(decoded->accounts, changes.accounts);
    store::Batch batch;
    const Hash256 root = is_block ? add_block_changes(*store_, batch, block, changes, source_.get())
                                  : add_cheat(*store_, batch, block, changes, source_.get());
    ASSERT_TRUE(store_->commit(std::move(batch)));
    records_.push_back({block, std::move(changes), std::move(whole), root});
  }

  void undo() {
    store::Batch batch;
    const Hash256 root =
        undo_changes(*store_, batch, head(), records_.back().changes, source_.get());
    ASSERT_TRUE(store_->commit(std::move(batch)));
    records_.pop_back();
    ASSERT_EQ(root, records_.back().root) << "an undo restores the root";
  }

  void compare(std::uint64_t number) const {
    SCOPED_TRACE("block " + std::to_string(number) + " of " + std::to_string(head()));
    const auto last = std::find_if(records_.rbegin(), records_.rend(),
                                   [&](const Record& record) { return record.block <= number; });
    compare(PastState(store_, number, source_), last->whole);
    if (number == head()) {
      compare(StoredState(store_, source_), last->whole);
    }
  }

  static void compare(const StateView& view, const MemoryState& whole) {
    for (std::uint64_t i = 0; i < kAddresses; ++i) {
      const Address address = address_of(i);
      ASSERT_EQ(view.account(address), whole.account(address)) << i;
      for (std::uint64_t key = 0; key < kKeys; ++key) {
        ASSERT_EQ(view.storage(address, key), whole.storage(address, key)) << i << ' ' << key;
      }
      if (const auto account = whole.account(address); account && account->has_code()) {
        ASSERT_EQ(*view.code(account->code_hash), *whole.code(account->code_hash));
      }
    }
  }

  std::mt19937_64 random_;
  std::shared_ptr<store::Store> store_ = store::RocksStore::open_in_memory().value();
  std::shared_ptr<const Source> source_ = std::make_shared<const Source>();
  std::vector<Record> records_;
};

TEST(ForkedState, AnswersAsTheWholeStateWouldThroughARandomHistory) {
  for (std::uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ForkedHistory(seed).run(250);
  }
}

TEST(ForkedState, HoldsNothingOfWhatIsAsTheSourceHasIt) {
  const std::shared_ptr<store::Store> store = store::RocksStore::open_in_memory().value();
  const auto source = std::make_shared<const Source>();
  const StoredState state(store, source);
  EXPECT_EQ(state.root(), types::kEmptyTrieRoot);
  const Address address = address_of(2);
  const auto set = [&](std::uint64_t block, const U256& value) {
    Overlay overlay(state);
    overlay.set_storage(address, 2, value);
    (void)overlay.end_transaction(types::kLatestFork);
    store::Batch batch;
    const Hash256 root = add_block_changes(*store, batch, block, overlay.changeset(), source.get());
    EXPECT_TRUE(store->commit(std::move(batch)));
    return root;
  };
  const U256 there = source->storage(address, 2);
  EXPECT_NE(set(1, 77), types::kEmptyTrieRoot);
  EXPECT_EQ(set(2, there), types::kEmptyTrieRoot);
  EXPECT_FALSE(store->get(store::Column::accounts, address));
  EXPECT_EQ(PastState(store, 1, source).storage(address, 2), U256{77});
}

}  // namespace
}  // namespace cairn::state
