#include "txpool/txpool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/kzg_setup.hpp"
#include "tests/txpool/txpool_fixture.hpp"
#include "txpool/admission.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::txpool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Txpool, TakesByTipAndKeepsEachAccountsNonces) {
  PoolFixture f;
  ASSERT_TRUE(f.add({.from = 1, .nonce = 0, .tip = 1}));
  ASSERT_TRUE(f.add({.from = 1, .nonce = 1, .tip = 9}));
  ASSERT_TRUE(f.add({.from = 2, .nonce = 0, .tip = 5}));
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(2, 0), Pair(1, 0), Pair(1, 1)));
}

TEST(Txpool, TakesByArrivalWhenAsked) {
  PoolFixture f(Limits::dev(), Order::fifo);
  ASSERT_TRUE(f.add({.from = 1, .tip = 1}));
  ASSERT_TRUE(f.add({.from = 2, .tip = 50}));
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(1, 0), Pair(2, 0)));
}

TEST(Txpool, EqualTipsGoByArrival) {
  PoolFixture f;
  ASSERT_TRUE(f.add({.from = 3}));
  ASSERT_TRUE(f.add({.from = 1}));
  ASSERT_TRUE(f.add({.from = 2}));
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(3, 0), Pair(1, 0), Pair(2, 0)));
}

TEST(Txpool, KeepsGapNonceUntilTheGapIsFilled) {
  PoolFixture f;
  const auto gap = f.add({.from = 1, .nonce = 1});
  ASSERT_TRUE(gap);
  EXPECT_FALSE(gap->executable);
  EXPECT_EQ(f.pool.status().queued, 1u);
  EXPECT_THAT(f.order_of_block(), IsEmpty());

  ASSERT_TRUE(f.add({.from = 1, .nonce = 0}));
  EXPECT_EQ(f.pool.status().pending, 2u);
  EXPECT_EQ(f.pool.next_nonce(account_number(1)), 2u);
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(1, 0), Pair(1, 1)));
}

TEST(Txpool, RefusesTheSameTransactionAgain) {
  PoolFixture f;
  ASSERT_TRUE(f.add({.from = 1}));
  const auto again = f.add({.from = 1});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, PoolRefused::already_known);
  EXPECT_EQ(again.error().message, "already known");
}

TEST(Txpool, ReplacesOnlyForTenPerCentMoreOfBothFees) {
  PoolFixture f;
  const auto old = f.add({.from = 1, .tip = 10, .cap = 100});
  const std::pair<std::uint64_t, std::uint64_t> too_little[] = {{11, 109}, {10, 200}, {20, 100}};
  for (const auto& [tip, cap] : too_little) {
    const auto refused = f.add({.from = 1, .tip = tip, .cap = cap});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "replacement transaction underpriced");
  }
  const auto fresh = f.add({.from = 1, .tip = 11, .cap = 110});
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->replaced, old->entry);
  EXPECT_EQ(f.pool.find(old->entry->hash), nullptr);
  EXPECT_EQ(f.pool.why_dropped(old->entry->hash)->reason.code, PoolRefused::replaced);
  EXPECT_EQ(f.pool.status().pending, 1u);
}

TEST(Txpool, NamesTheLeastFeesThatReplaceATransaction) {
  const Limits limits = Limits::dev();
  types::Transaction old = entry_of({.from = 1}).transaction;
  for (const auto& [tip, cap] : {std::pair{0, 1}, {1, 9}, {7, 15}, {10, 1'001}, {999, 999}}) {
    old.max_priority_fee_per_gas = tip;
    old.max_fee_per_gas = cap;
    const Fees least = least_replacement(old, limits);
    types::Transaction fresh = old;
    fresh.max_priority_fee_per_gas = least.tip;
    fresh.max_fee_per_gas = least.cap;
    EXPECT_TRUE(pays_for_replacement(old, fresh, limits)) << cap;
    fresh.max_priority_fee_per_gas = least.tip - 1;
    EXPECT_FALSE(pays_for_replacement(old, fresh, limits)) << cap;
    fresh.max_priority_fee_per_gas = least.tip;
    fresh.max_fee_per_gas = least.cap - 1;
    EXPECT_FALSE(pays_for_replacement(old, fresh, limits)) << cap;
  }
}

TEST(Txpool, DoublesTheFeesOfBlobsToReplaceThem) {
  types::Transaction old = entry_of({.from = 1}).transaction;
  old.type = types::TransactionType::blob;
  old.max_fee_per_gas = 100;
  old.max_priority_fee_per_gas = 7;
  old.max_fee_per_blob_gas = 3;
  const Fees least = least_replacement(old, Limits{});
  EXPECT_EQ(least.cap, 200);
  EXPECT_EQ(least.tip, 14);
  EXPECT_EQ(least.blob_cap, 6);
}

TEST(Txpool, NamesNoFeesBelowThePoolsOwnLeast) {
  types::Transaction old = entry_of({.from = 1}).transaction;
  old.max_fee_per_gas = 100;
  old.max_priority_fee_per_gas = 10;
  Limits limits;
  limits.minimum_tip = 500;
  const Fees least = least_replacement(old, limits);
  EXPECT_EQ(least.tip, 500);
  EXPECT_EQ(least.cap, 500);
}

TEST(Txpool, SaysNonceTooLowInGethsWords) {
  PoolFixture f;
  f.accounts[1].nonce = 7;
  f.move_head();
  const auto low = f.add({.from = 1, .nonce = 6});
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().message, "nonce too low: next nonce 7, tx nonce 6");
}

TEST(Txpool, RefusesWhatTheAccountCannotPayTogether) {
  PoolFixture f;
  const U256 half = kEther / U256{2};
  ASSERT_TRUE(f.add({.from = 1, .nonce = 0, .value = half}));
  const auto second = f.add({.from = 1, .nonce = 1, .value = half});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().rule, execution::Refused::insufficient_funds);
  EXPECT_THAT(second.error().message, HasSubstr("insufficient funds for gas * price + value"));
}

TEST(Txpool, LeavesOutWhatPaysLessThanTheBaseFeeUntilItFalls) {
  PoolFixture f;
  f.base_fee = 50;
  f.move_head();
  ASSERT_TRUE(f.add({.from = 1, .cap = 40}));
  EXPECT_THAT(f.order_of_block(), IsEmpty());
  f.base_fee = 30;
  f.move_head();
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(1, 0)));
}

TEST(Txpool, RefusesBelowTheBaseFeeWhereNothingWaits) {
  Limits limits = Limits::dev();
  limits.refuse_below_base_fee = true;
  PoolFixture f(limits);
  f.base_fee = 50;
  f.move_head();
  const auto refused = f.add({.from = 1, .cap = 40});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("max fee per gas less than block base fee"));
}

TEST(Txpool, DropsWhatTheNonceHasPassedAndSaysSo) {
  PoolFixture f;
  const auto entry = f.add({.from = 1, .nonce = 0});
  ASSERT_TRUE(f.add({.from = 1, .nonce = 1}));
  f.accounts[1].nonce = 1;
  f.move_head({{account_number(1)}});
  EXPECT_EQ(f.pool.find(entry->entry->hash), nullptr);
  EXPECT_EQ(f.pool.why_dropped(entry->entry->hash)->reason.code, PoolRefused::nonce_used);
  EXPECT_THAT(f.order_of_block(), ElementsAre(Pair(1, 1)));
}

TEST(Txpool, MinedOnesLeaveWithoutAReason) {
  PoolFixture f;
  const auto entry = f.add({.from = 1, .nonce = 0});
  f.pool.remove_mined(std::vector{entry->entry->hash});
  f.accounts[1].nonce = 1;
  f.move_head({{account_number(1)}});
  EXPECT_FALSE(f.pool.why_dropped(entry->entry->hash));
  EXPECT_EQ(f.pool.status().pending, 0u);
}

TEST(Txpool, KeepsQueuedOnesWhenTheNonceFallsBack) {
  PoolFixture f;
  f.accounts[1].nonce = 3;
  f.move_head();
  ASSERT_TRUE(f.add({.from = 1, .nonce = 3}));
  f.accounts[1].nonce = 2;
  f.move_head();
  EXPECT_EQ(f.pool.status().queued, 1u);
  f.accounts[1].nonce = 3;
  f.move_head();
  EXPECT_EQ(f.pool.status().pending, 1u);
}

TEST(Txpool, WaitsForABalanceThatWasTakenAway) {
  PoolFixture f;
  ASSERT_TRUE(f.add({.from = 1}));
  f.accounts[1].balance = 1;
  f.move_head({{account_number(1)}});
  EXPECT_EQ(f.pool.status().pending, 0u);
  EXPECT_EQ(f.pool.status().queued, 1u);
  f.accounts[1].balance = kEther;
  f.move_head({{account_number(1)}});
  EXPECT_EQ(f.pool.status().pending, 1u);
}

Bytes delegation() {
  Bytes out(23, 0x11);
  out[0] = 0xef;
  out[1] = 0x01;
  out[2] = 0x00;
  return out;
}

TEST(Txpool, RefusesContractsAsSendersButNotDelegatedAccounts) {
  PoolFixture f;
  f.accounts[1].code = {0x00};
  f.accounts[2].code = delegation();
  f.move_head();
  const auto contract = f.add({.from = 1});
  ASSERT_FALSE(contract);
  EXPECT_EQ(contract.error().rule, execution::Refused::sender_not_eoa);
  EXPECT_TRUE(f.add({.from = 2}));
}

TEST(Txpool, NetworkKeepsOneInFlightForADelegatedAccount) {
  PoolFixture f(Limits{});
  f.accounts[2].code = delegation();
  f.move_head();
  ASSERT_TRUE(f.add({.from = 2, .nonce = 0}));
  const auto second = f.add({.from = 2, .nonce = 1});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, PoolRefused::in_flight_limit);
}

struct Authority {
  crypto::SecretKey key = crypto::SecretKey::from_right(Bytes{7});
  Address address = crypto::address_of(*crypto::public_key_of(key));

  // A transaction of account `from` that lets code act for this one.
  Entry entry(std::uint64_t from, std::uint64_t nonce = 0) const {
    Entry out = entry_of({.from = from, .nonce = nonce});
    out.transaction.type = types::TransactionType::set_code;
    out.transaction.gas_limit = 100'000;
    types::Authorization& tuple = out.transaction.authorizations.emplace_back();
    tuple.chain_id = 1;
    tuple.address = account_number(9);
    const auto signature = *crypto::sign(types::authorization_hash(tuple), key);
    tuple.y_parity = signature.y_parity;
    tuple.r = signature.r;
    tuple.s = signature.s;
    out.hash = types::transaction_hash(out.transaction);
    return out;
  }
  // One of its own.
  Entry own(std::uint64_t nonce, std::uint64_t tip = 2) const {
    Entry out = entry_of({.from = 70, .nonce = nonce, .tip = tip, .cap = 50 * tip});
    out.sender = address;
    return out;
  }
  // The pool's accounts with it among them.
  Ground ground(PoolFixture& f) const {
    Ground out = f.ground();
    std::map<Address, types::GenesisAccount> alloc;
    for (std::uint64_t n = 0; n < 10; ++n) {
      alloc[account_number(n)].balance = kEther;
    }
    alloc[address].balance = kEther;
    out.state = std::make_shared<state::MemoryState>(alloc);
    return out;
  }
};

TEST(Txpool, NetworkKeepsOneInFlightForAnAccountThatIsToBeDelegated) {
  PoolFixture f(Limits{});
  const Authority authority;
  f.pool.set_ground(authority.ground(f), std::nullopt, f.now);
  const auto delegating = f.pool.add(authority.entry(1), f.now);
  ASSERT_TRUE(delegating) << delegating.error().message;
  ASSERT_TRUE(f.pool.add(authority.own(0), f.now));
  const auto second = f.pool.add(authority.own(1), f.now);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, PoolRefused::in_flight_limit);
  EXPECT_TRUE(f.pool.add(authority.own(0, 20), f.now));  // replaces the one that it may have
  f.pool.remove(delegating->entry->hash, f.now);
  EXPECT_TRUE(f.pool.add(authority.own(1), f.now));
}

TEST(Txpool, NetworkDelegatesNoAccountThatHasMoreThanOneInFlight) {
  PoolFixture f(Limits{});
  const Authority authority;
  f.pool.set_ground(authority.ground(f), std::nullopt, f.now);
  ASSERT_TRUE(f.pool.add(authority.own(0), f.now));
  EXPECT_TRUE(f.pool.add(authority.entry(1), f.now));
  f.pool.remove_mined(std::vector{authority.entry(1).hash});
  ASSERT_TRUE(f.pool.add(authority.own(1), f.now));
  const auto refused = f.pool.add(authority.entry(2), f.now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "authority already reserved");
}

// With a blob whose proofs nobody looks at here.
Entry with_blob(Entry entry, std::uint64_t blob_fee) {
  types::BlobSidecar sidecar;
  sidecar.version = kCellProofs;
  sidecar.blobs.emplace_back(131'072, 0);
  sidecar.commitments.resize(1);
  sidecar.proofs.resize(128);
  entry.transaction.type = types::TransactionType::blob;
  entry.transaction.blob_hashes = {crypto::kzg_to_versioned_hash(sidecar.commitments[0])};
  entry.transaction.max_fee_per_blob_gas = blob_fee;
  entry.transaction.sidecar = std::make_shared<const types::BlobSidecar>(std::move(sidecar));
  entry.hash = types::transaction_hash(entry.transaction);
  return entry;
}

TEST(Txpool, NetworkTakesBlobsOnlyInTheOrderOfTheirNonces) {
  PoolFixture f(Limits{});
  const auto gap = f.pool.add(with_blob(entry_of({.from = 1, .nonce = 1}), 1), f.now);
  ASSERT_FALSE(gap);
  EXPECT_EQ(gap.error().message, "nonce too high: tx nonce 1, gapped nonce 0");
  const auto free = f.pool.add(with_blob(entry_of({.from = 1}), 0), f.now);
  ASSERT_FALSE(free);
  EXPECT_EQ(free.error().code, PoolRefused::underpriced);
  ASSERT_TRUE(f.pool.add(with_blob(entry_of({.from = 1}), 1), f.now));
  EXPECT_TRUE(f.pool.add(with_blob(entry_of({.from = 1, .nonce = 1}), 1), f.now));
}

TEST(Txpool, NetworkKeepsTransactionsWithBlobsApart) {
  PoolFixture f(Limits{});
  ASSERT_TRUE(f.pool.add(with_blob(entry_of({.from = 1}), 1), f.now));
  const auto other = f.add({.from = 1, .nonce = 1});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "address already reserved");
  ASSERT_TRUE(f.add({.from = 2}));
  EXPECT_FALSE(f.pool.add(with_blob(entry_of({.from = 2, .nonce = 1}), 1), f.now));
}

TEST(Txpool, DevChainTakesBlobsInAnyOrderAndBesideOthers) {
  PoolFixture f;
  EXPECT_TRUE(f.pool.add(with_blob(entry_of({.from = 1, .nonce = 1}), 0), f.now));
  EXPECT_TRUE(f.add({.from = 1}));
}

TEST(Txpool, NetworkTakesNoTransactionThatIsFreeUnprotectedOrTooLarge) {
  PoolFixture f(Limits{});
  Entry legacy = entry_of({.from = 1});
  legacy.transaction.type = types::TransactionType::legacy;
  legacy.transaction.max_priority_fee_per_gas = legacy.transaction.max_fee_per_gas;
  Entry unprotected = legacy;
  unprotected.transaction.chain_id.reset();
  EXPECT_EQ(f.pool.add(unprotected, f.now).error().message,
            "only replay-protected (EIP-155) transactions allowed over RPC");
  EXPECT_TRUE(f.pool.add(legacy, f.now));
  EXPECT_EQ(f.add({.from = 2, .tip = 0}).error().code, PoolRefused::underpriced);
  Entry large = entry_of({.from = 3});
  large.transaction.data = Bytes(128 * 1024, 0);
  large.transaction.gas_limit = 2'000'000;
  EXPECT_EQ(f.pool.add(large, f.now).error().code, PoolRefused::too_large);
}

TEST(Txpool, FullPoolTakesOnlyWhatPaysMoreThanItsCheapest) {
  Limits limits;
  limits.pending = 2;
  limits.pending_per_account = 0;
  PoolFixture f(limits);
  const auto cheap = f.add({.from = 1, .tip = 2});
  ASSERT_TRUE(f.add({.from = 2, .tip = 5}));
  const auto refused = f.add({.from = 3, .tip = 2});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "txpool is full");
  ASSERT_TRUE(f.add({.from = 3, .tip = 3}));
  EXPECT_EQ(f.pool.why_dropped(cheap->entry->hash)->reason.code, PoolRefused::pool_full);
  EXPECT_EQ(f.pool.status().pending, 2u);
}

TEST(Txpool, AccountMayQueueSoManyAndNoMore) {
  Limits limits;
  limits.queued_per_account = 2;
  PoolFixture f(limits);
  ASSERT_TRUE(f.add({.from = 1, .nonce = 5}));
  ASSERT_TRUE(f.add({.from = 1, .nonce = 6}));
  const auto third = f.add({.from = 1, .nonce = 7});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, PoolRefused::account_limit);
}

TEST(Txpool, QueuedOnesExpireOnNetworks) {
  PoolFixture f(Limits{});
  const auto queued = f.add({.from = 1, .nonce = 4});
  ASSERT_TRUE(f.add({.from = 2, .nonce = 0}));
  f.pool.expire(f.now + std::chrono::hours{4});
  EXPECT_EQ(f.pool.why_dropped(queued->entry->hash)->reason.code, PoolRefused::expired);
  EXPECT_EQ(f.pool.status().pending, 1u);
}

// A fork whose source is gone.
class UnreadableState final : public state::MemoryState {
 public:
  using MemoryState::MemoryState;
  std::optional<types::Account> account(const Address&) const override {
    throw state::StateUnavailable("the source is gone");
  }
};

TEST(Txpool, RestoresWhatItCannotReadTheAccountOfAndReadsItWithTheNext) {
  PoolFixture f;
  Entry first = entry_of({.from = 1});
  first.arrival = 7;
  Ground gone = f.ground();
  gone.state = std::make_shared<UnreadableState>();
  Txpool pool(Limits::dev(), Order::fees, gone);
  pool.restore({first}, f.now);
  EXPECT_EQ(pool.status().queued, 1u);
  EXPECT_EQ(pool.find(first.hash)->arrival, 7u);
  pool.set_ground(f.ground(), std::vector<Address>{}, f.now);
  ASSERT_TRUE(pool.add(entry_of({.from = 1, .nonce = 1}), f.now));
  EXPECT_EQ(pool.status().pending, 2u);
  EXPECT_EQ(pool.status().queued, 0u);
}

TEST(Txpool, RestoresNothingThatTheNonceHasPassed) {
  PoolFixture f;
  f.accounts[1].nonce = 1;
  f.move_head();
  const Entry used = entry_of({.from = 1, .nonce = 0});
  const Entry next = entry_of({.from = 1, .nonce = 1});
  f.pool.restore({used, next}, f.now);
  EXPECT_FALSE(f.pool.find(used.hash));
  EXPECT_EQ(f.pool.why_dropped(used.hash)->reason.code, PoolRefused::nonce_used);
  EXPECT_EQ(f.pool.status().pending, 1u);
}

TEST(Txpool, TellsWhatChangedOnce) {
  PoolFixture f;
  const auto entry = f.add({.from = 1});
  EXPECT_THAT(f.pool.take_changed(), ElementsAre(entry->entry->hash));
  EXPECT_THAT(f.pool.take_changed(), IsEmpty());
  f.pool.remove(entry->entry->hash, f.now);
  EXPECT_THAT(f.pool.take_changed(), ElementsAre(entry->entry->hash));
}

}  // namespace
}  // namespace cairn::txpool
