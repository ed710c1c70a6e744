#include "state/overlay.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "crypto/keccak.hpp"
#include "state/memory_state.hpp"

namespace cairn::state {
namespace {

using types::Fork;

constexpr Address kAlice = "0x00000000000000000000000000000000000a11ce"_address;
constexpr Address kBob = "0x0000000000000000000000000000000000000b0b"_address;
constexpr Address kRipemd = "0x0000000000000000000000000000000000000003"_address;
const Bytes kCode = {0x60, 0x00};

MemoryState contract_with_slots(std::map<U256, U256> storage) {
  return MemoryState{{{kAlice, {.nonce = 1, .balance = 7, .code = kCode, .storage = storage}}}};
}

TEST(Overlay, ShowsTheBaseUntilItIsWritten) {
  const MemoryState base = contract_with_slots({{1, 10}});
  Overlay overlay(base);
  EXPECT_EQ(overlay.account(kAlice)->balance, U256{7});
  EXPECT_EQ(*overlay.code(kAlice), kCode);
  EXPECT_EQ(overlay.storage(kAlice, 1), U256{10});
  EXPECT_EQ(overlay.account(kBob), nullptr);
  EXPECT_TRUE(overlay.code(kBob)->empty());
  EXPECT_TRUE(overlay.changeset().empty());
}

TEST(Overlay, ABalanceStaysAt256Bits) {
  const MemoryState base;
  Overlay overlay(base);
  overlay.set_balance(kBob, ~U256{} - U256{2});
  EXPECT_TRUE(overlay.add_balance(kBob, 2));
  EXPECT_FALSE(overlay.add_balance(kBob, 1));
  EXPECT_EQ(overlay.account(kBob)->balance, ~U256{});
}

TEST(Overlay, RevertTakesBackEverythingSinceTheSnapshot) {
  const MemoryState base = contract_with_slots({{1, 10}});
  Overlay overlay(base);
  overlay.set_storage(kAlice, 1, 11);
  const auto before = overlay.snapshot();
  overlay.set_storage(kAlice, 1, 12);
  overlay.set_transient_storage(kAlice, 1, 5);
  overlay.add_balance(kBob, 3);
  overlay.set_code(kBob, kCode);
  overlay.add_log({kBob, {}, {}});
  EXPECT_TRUE(overlay.warm_slot(kAlice, 1));
  EXPECT_TRUE(overlay.warm_account(kBob));
  EXPECT_TRUE(overlay.mark_destructed(kAlice));
  overlay.revert_to(before);
  EXPECT_EQ(overlay.storage(kAlice, 1), U256{11});
  EXPECT_EQ(overlay.transient_storage(kAlice, 1), U256{});
  EXPECT_EQ(overlay.account(kBob), nullptr);
  EXPECT_TRUE(overlay.logs().empty());
  EXPECT_TRUE(overlay.warm_slot(kAlice, 1));
  EXPECT_TRUE(overlay.warm_account(kBob));
  overlay.end_transaction(Fork::osaka);
  EXPECT_NE(overlay.account(kAlice), nullptr);
}

TEST(Overlay, OriginalIsTheValueWhenTheTransactionBegan) {
  const MemoryState base = contract_with_slots({{1, 10}});
  Overlay overlay(base);
  overlay.set_storage(kAlice, 1, 11);
  const SlotValues second = overlay.set_storage(kAlice, 1, 12);
  EXPECT_EQ(second.original, U256{10});
  EXPECT_EQ(second.current, U256{11});
  overlay.end_transaction(Fork::osaka);
  EXPECT_EQ(overlay.set_storage(kAlice, 1, 13).original, U256{12});
}

TEST(Overlay, TouchedEmptyAccountsGoFromSpuriousDragonOn) {
  for (const Fork fork : {Fork::tangerine_whistle, Fork::spurious_dragon}) {
    const MemoryState base;
    Overlay overlay(base);
    overlay.add_balance(kBob, 0);
    overlay.end_transaction(fork);
    EXPECT_EQ(overlay.account(kBob) != nullptr, fork < Fork::spurious_dragon);
  }
}

TEST(Overlay, EmptyAccountsStayWhileNobodyTouchesThem) {
  const MemoryState base{{{kBob, {}}}};
  Overlay overlay(base);
  overlay.account(kBob);
  const auto before = overlay.snapshot();
  overlay.add_balance(kBob, 0);
  overlay.revert_to(before);
  overlay.end_transaction(Fork::osaka);
  EXPECT_NE(overlay.account(kBob), nullptr);
}

TEST(Overlay, TouchOfEmptyRipemdSurvivesARevert) {
  const MemoryState base{{{kRipemd, {}}, {kBob, {}}}};
  Overlay overlay(base);
  const auto before = overlay.snapshot();
  overlay.add_balance(kRipemd, 0);
  overlay.add_balance(kBob, 0);
  overlay.revert_to(before);
  overlay.end_transaction(Fork::spurious_dragon);
  EXPECT_EQ(overlay.account(kRipemd), nullptr);
  EXPECT_NE(overlay.account(kBob), nullptr);
}

TEST(Overlay, DestructedContractListsEverySlotItHad) {
  const MemoryState base = contract_with_slots({{1, 10}, {2, 20}});
  Overlay overlay(base);
  overlay.set_storage(kAlice, 1, 11);
  EXPECT_TRUE(overlay.mark_destructed(kAlice));
  EXPECT_FALSE(overlay.mark_destructed(kAlice));
  overlay.end_transaction(Fork::london);
  EXPECT_FALSE(overlay.has_storage(kAlice));
  const Changeset changes = overlay.changeset();
  const AccountChange& change = changes.accounts.at(kAlice);
  EXPECT_FALSE(change.after);
  const std::map<U256, SlotChange> all_gone{{1, {10, 0}}, {2, {20, 0}}};
  EXPECT_EQ(change.slots, all_gone);
}

TEST(Overlay, RecreatedContractKeepsOnlyItsNewSlots) {
  const MemoryState base = contract_with_slots({{1, 10}, {2, 20}, {3, 30}});
  Overlay overlay(base);
  overlay.mark_destructed(kAlice);
  overlay.end_transaction(Fork::london);
  overlay.create_account(kAlice);
  overlay.set_nonce(kAlice, 1);
  EXPECT_TRUE(overlay.is_created_here(kAlice));
  EXPECT_EQ(overlay.storage(kAlice, 2), U256{});
  EXPECT_EQ(overlay.set_storage(kAlice, 2, 21).original, U256{});
  overlay.set_storage(kAlice, 3, 30);
  overlay.end_transaction(Fork::london);
  EXPECT_FALSE(overlay.is_created_here(kAlice));
  const Changeset changes = overlay.changeset();
  const std::map<U256, SlotChange> expected{{1, {10, 0}}, {2, {20, 21}}};
  EXPECT_EQ(changes.accounts.at(kAlice).slots, expected);
}

TEST(Overlay, CreationKeepsTheBalance) {
  const MemoryState base = contract_with_slots({{1, 10}});
  Overlay overlay(base);
  overlay.create_account(kAlice);
  EXPECT_EQ(*overlay.account(kAlice), (types::Account{.balance = 7}));
  EXPECT_FALSE(overlay.has_storage(kAlice));
}

TEST(Overlay, HasStorageCountsSlotsZeroedHere) {
  const MemoryState base = contract_with_slots({{1, 10}, {2, 20}});
  Overlay overlay(base);
  overlay.set_storage(kAlice, 1, 0);
  EXPECT_TRUE(overlay.has_storage(kAlice));
  overlay.set_storage(kAlice, 2, 0);
  EXPECT_FALSE(overlay.has_storage(kAlice));
}

TEST(Overlay, AppliedChangesetCountsAsWrittenBefore) {
  const MemoryState base = contract_with_slots({{1, 10}});
  Overlay first(base);
  first.set_storage(kAlice, 1, 11);
  first.set_code(kBob, kCode);
  first.end_transaction(Fork::osaka);
  Overlay second(base);
  second.apply(first.changeset());
  EXPECT_EQ(*second.code(kBob), kCode);
  EXPECT_EQ(second.set_storage(kAlice, 1, 12).original, U256{11});
}

TEST(Overlay, RefusesABalanceBelowZero) {
  const MemoryState base = contract_with_slots({});
  Overlay overlay(base);
  EXPECT_THROW(overlay.subtract_balance(kAlice, 8), std::logic_error);
}

// The slow obvious overlay: everything in maps, a snapshot is a copy.
struct Twin {
  struct World {
    std::map<Address, MemoryState::Entry> accounts;
    std::map<Address, std::map<U256, U256>> originals;
    std::map<std::pair<Address, U256>, U256> transient;
    std::set<Address> warm_accounts;
    std::set<std::pair<Address, U256>> warm_slots;
    std::set<Address> touched, created, destructed;
    std::size_t logs = 0;
  };

  World now;
  std::vector<World> snapshots;
  std::map<Bytes, Hash256> hashes;

  void begin() {
    World next;
    next.accounts = now.accounts;
    for (const auto& [address, entry] : now.accounts) {
      next.originals[address] = entry.storage;
    }
    now = std::move(next);
    snapshots.clear();
  }

  void revert_to(std::size_t i) {
    const bool ripemd = now.touched.contains(kRipemd) &&
                        ripemd_touched_empty.upper_bound(i) != ripemd_touched_empty.end();
    now = snapshots[i];
    snapshots.resize(i);
    ripemd_stays |= ripemd;
    ripemd_touched_empty.erase(ripemd_touched_empty.upper_bound(i), ripemd_touched_empty.end());
  }

  // How many snapshots there were when 0x03 was touched while empty.
  std::set<std::size_t> ripemd_touched_empty;
  bool ripemd_stays = false;

  void add_balance(const Address& address, const U256& wei) {
    const auto found = now.accounts.find(address);
    if (address == kRipemd && wei.is_zero() && found != now.accounts.end() &&
        found->second.account.is_empty()) {
      ripemd_touched_empty.insert(snapshots.size());
    }
    now.accounts[address].account.balance += wei;
    now.touched.insert(address);
  }

  void clear(const Address& address) {
    now.accounts[address].storage.clear();
    now.originals[address].clear();
  }

  void end(Fork fork) {
    for (const Address& address : now.destructed) {
      now.accounts.erase(address);
    }
    if (fork >= Fork::spurious_dragon) {
      if (ripemd_stays) {
        now.touched.insert(kRipemd);
      }
      for (const Address& address : now.touched) {
        const auto found = now.accounts.find(address);
        if (found != now.accounts.end() && found->second.account.is_empty()) {
          now.accounts.erase(found);
        }
      }
    }
    ripemd_stays = false;
    ripemd_touched_empty.clear();
    begin();
  }
};

Changeset difference(const std::map<Address, MemoryState::Entry>& before,
                     const std::map<Address, MemoryState::Entry>& after) {
  Changeset out;
  std::set<Address> addresses;
  for (const auto* side : {&before, &after}) {
    for (const auto& [address, entry] : *side) {
      addresses.insert(address);
    }
  }
  for (const Address& address : addresses) {
    AccountChange change;
    const auto old_entry = before.find(address);
    const auto new_entry = after.find(address);
    if (old_entry != before.end()) {
      change.before = old_entry->second.account;
      for (const auto& [key, value] : old_entry->second.storage) {
        change.slots[key].before = value;
      }
    }
    if (new_entry != after.end()) {
      change.after = new_entry->second.account;
      for (const auto& [key, value] : new_entry->second.storage) {
        change.slots[key].after = value;
      }
    }
    std::erase_if(change.slots, [](const auto& s) { return s.second.before == s.second.after; });
    if (change.before != change.after || !change.slots.empty()) {
      out.accounts[address] = change;
    }
  }
  return out;
}

class OverlayTwin {
 public:
  explicit OverlayTwin(std::uint64_t seed) : random_(seed), fork_(pick_fork()), overlay_(base_) {
    std::map<Address, types::GenesisAccount> accounts;
    for (const Address& address : kAddresses) {
      if (draw(2) == 0) {
        continue;
      }
      types::GenesisAccount& account = accounts[address];
      account.balance = draw(2);
      account.nonce = draw(2);
      if (!(account.balance.is_zero() && account.nonce == 0)) {
        for (std::uint64_t i = draw(5); i > 0; --i) {
          account.storage[draw(6)] = draw(3);
        }
      }
    }
    base_ = MemoryState(accounts);
    twin_.now.accounts = base_.accounts();
    twin_.begin();
  }

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      step();
      compare_something();
    }
    end_transaction();
  }

 private:
  static constexpr std::array<Address, 5> kAddresses{
      kAlice, kBob, kRipemd, "0x00000000000000000000000000000000000000c1"_address,
      "0x00000000000000000000000000000000000000c2"_address};

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  Fork pick_fork() { return draw(4) == 0 ? Fork::homestead : Fork::cancun; }

  void step() {
    const Address address = kAddresses[draw(kAddresses.size())];
    const U256 key = draw(6);
    auto& now = twin_.now;
    const bool exists = now.accounts.contains(address);
    switch (draw(15)) {
      case 0:
      case 1: {
        const U256 wei = draw(3);
        overlay_.add_balance(address, wei);
        twin_.add_balance(address, wei);
        break;
      }
      case 2:
        if (exists && !now.accounts[address].account.balance.is_zero()) {
          const U256 all = now.accounts[address].account.balance;
          overlay_.subtract_balance(address, all);
          now.accounts[address].account.balance = 0;
          now.touched.insert(address);
        }
        break;
      case 3: {
        const std::uint64_t nonce = draw(3);
        overlay_.set_nonce(address, nonce);
        now.accounts[address].account.nonce = nonce;
        now.touched.insert(address);
        break;
      }
      case 4: {
        const Bytes code(draw(3), 0x5b);
        overlay_.set_code(address, code);
        now.accounts[address].account.code_hash = crypto::keccak256(code);
        now.touched.insert(address);
        break;
      }
      case 5: {
        overlay_.create_account(address);
        const U256 balance = now.accounts[address].account.balance;
        now.accounts[address].account = {.balance = balance};
        twin_.clear(address);
        now.touched.insert(address);
        now.created.insert(address);
        break;
      }
      case 6:
        if (exists) {
          EXPECT_EQ(overlay_.mark_destructed(address), now.destructed.insert(address).second);
        }
        break;
      case 7:
        if (draw(8) == 0) {
          overlay_.delete_account(address);
          twin_.clear(address);
          now.accounts.erase(address);
        }
        break;
      case 8:
      case 9:
        if (exists) {
          set_storage(address, key, draw(3));
        }
        break;
      case 10: {
        const U256 value = draw(3);
        overlay_.set_transient_storage(address, key, value);
        now.transient[{address, key}] = value;
        break;
      }
      case 11:
        EXPECT_EQ(overlay_.warm_account(address), now.warm_accounts.insert(address).second);
        EXPECT_EQ(overlay_.warm_slot(address, key), now.warm_slots.insert({address, key}).second);
        break;
      case 12:
        overlay_.add_log({address, {}, {}});
        ++now.logs;
        break;
      case 13:
        marks_.push_back(overlay_.snapshot());
        twin_.snapshots.push_back(now);
        break;
      case 14:
        if (!marks_.empty() && draw(4) != 0) {
          const std::size_t to = draw(marks_.size());
          overlay_.revert_to(marks_[to]);
          marks_.resize(to);
          twin_.revert_to(to);
        } else if (draw(3) == 0) {
          end_transaction();
        }
        break;
    }
  }

  void set_storage(const Address& address, const U256& key, const U256& value) {
    auto& storage = twin_.now.accounts[address].storage;
    const SlotValues before = overlay_.set_storage(address, key, value);
    EXPECT_EQ(before.current, value_or_zero(storage, key));
    EXPECT_EQ(before.original, value_or_zero(twin_.now.originals[address], key));
    storage.erase(key);
    if (!value.is_zero()) {
      storage[key] = value;
    }
  }

  static U256 value_or_zero(const std::map<U256, U256>& map, const U256& key) {
    const auto found = map.find(key);
    return found == map.end() ? U256{} : found->second;
  }

  void compare_something() {
    const Address address = kAddresses[draw(kAddresses.size())];
    const U256 key = draw(6);
    const auto found = twin_.now.accounts.find(address);
    const types::Account* account = overlay_.account(address);
    ASSERT_EQ(account != nullptr, found != twin_.now.accounts.end());
    if (account != nullptr) {
      EXPECT_EQ(*account, found->second.account);
      EXPECT_EQ(overlay_.storage(address, key), value_or_zero(found->second.storage, key));
      EXPECT_EQ(overlay_.has_storage(address), !found->second.storage.empty());
      EXPECT_EQ(crypto::keccak256(*overlay_.code(address)), account->code_hash);
    }
    EXPECT_EQ(overlay_.transient_storage(address, key), (twin_.now.transient[{address, key}]));
    EXPECT_EQ(overlay_.is_created_here(address), twin_.now.created.contains(address));
    EXPECT_EQ(overlay_.logs().size(), twin_.now.logs);
  }

  void end_transaction() {
    EXPECT_EQ(overlay_.end_transaction(fork_).size(), twin_.now.logs);
    marks_.clear();
    twin_.end(fork_);
    const Changeset changes = overlay_.changeset();
    EXPECT_EQ(changes.accounts, difference(base_.accounts(), twin_.now.accounts).accounts);
    MemoryState after = base_;
    after.apply(changes);
    EXPECT_EQ(after.accounts(), twin_.now.accounts);
    after.apply(inverted(changes));
    EXPECT_EQ(after.accounts(), base_.accounts());
  }

  std::mt19937_64 random_;
  Fork fork_;
  MemoryState base_;
  Overlay overlay_;
  Twin twin_;
  std::vector<std::size_t> marks_;
};

TEST(Overlay, DoesWhatPlainMapsDo) {
  for (std::uint64_t seed = 1; seed <= 1'000 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OverlayTwin(seed).run(300);
  }
}

}  // namespace
}  // namespace cairn::state
