#include "chain/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "chain/dev_genesis.hpp"
#include "chain/draft.hpp"
#include "state/state_writer.hpp"
#include "store/rocks_store.hpp"
#include "tests/store/store_content.hpp"

namespace cairn::chain {
namespace {

using cairn::testing::content_of;
using ::testing::HasSubstr;

const Address kSomebody = "0x00000000000000000000000000000000005eb0d1"_address;

// A chain whose blocks only move one balance.
class ChainFixture {
 public:
  ChainFixture() { chain = *Chain::create(store, genesis); }

  void restart() {
    chain.reset();
    auto opened = Chain::open(store);
    ASSERT_TRUE(opened) << opened.error().message;
    chain = *std::move(opened);
  }

  state::Changeset set_balance(std::uint64_t wei) const { return set_balance(wei, *chain->head()); }
  static state::Changeset set_balance(std::uint64_t wei, const ChainView& head) {
    state::Changeset out;
    state::AccountChange change;
    change.before = head.state()->account(kSomebody);
    change.after = change.before.value_or(types::Account{});
    change.after->balance = wei;
    out.accounts.emplace(kSomebody, change);
    return out;
  }
  ProducedBlock block_with_balance(std::uint64_t wei) const {
    return block_with_balance(wei, *chain->head());
  }
  static ProducedBlock block_with_balance(std::uint64_t wei, const ChainView& head) {
    ProducedBlock out;
    types::Header& header = out.block.header;
    header = head.header();
    header.parent_hash = head.hash();
    ++header.number;
    out.block.withdrawals.emplace();
    types::Transaction transaction;
    transaction.nonce = header.number;
    transaction.to = kSomebody;
    transaction.signature = {.r = 1, .s = 1, .y_parity = false};
    out.block.transactions.push_back(transaction);
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
    out.senders.push_back(kSomebody);
    types::Receipt receipt;
    receipt.success = true;
    receipt.cumulative_gas_used = 21'000;
    out.receipts.push_back(receipt);
    out.appearances.push_back({.address = kSomebody});
    out.changes = set_balance(wei, head);
    return out;
  }
  void append(std::uint64_t wei) { ASSERT_TRUE(chain->append(block_with_balance(wei))); }
  std::uint64_t balance_at(std::uint64_t number) const {
    const auto account = chain->head()->state_at(number)->account(kSomebody);
    return account ? account->balance.low64() : 0;
  }

  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  types::Genesis genesis = dev_genesis(*dev_accounts());
  std::unique_ptr<Chain> chain;
};

TEST(Chain, KeepsItsGenesisAndNotTheProgramsOwn) {
  ChainFixture f;
  const Hash256 hash = f.chain->head()->hash();
  EXPECT_EQ(f.chain->head()->header().state_root, state::state_root(*f.store));
  f.restart();
  EXPECT_EQ(f.chain->head()->hash(), hash);
  EXPECT_EQ(f.chain->head()->genesis(), f.genesis);
  const auto twice = Chain::create(f.store, f.genesis);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
}

TEST(Chain, FindsBlocksByNumberHashAndTransaction) {
  ChainFixture f;
  f.append(1);
  f.append(2);
  f.restart();
  const auto head = f.chain->head();
  const auto block = head->block_at(1);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(head->number_of(block->hash), 1u);
  EXPECT_EQ(head->place_of(block->transaction_hashes[0]),
            (TransactionPlace{.number = 1, .index = 0}));
  EXPECT_EQ(head->receipts_at(1)->at(0).cumulative_gas_used, 21'000u);
  EXPECT_EQ(head->header_at(1)->hash, block->hash);
  EXPECT_EQ(head->block_hashes()(1), block->hash);
  EXPECT_EQ(head->block_at(3), nullptr);
  EXPECT_EQ(head->receipts_at(3), nullptr);
  EXPECT_EQ(head->state_at(3), nullptr);
  EXPECT_EQ(head->number_of(Hash256{}), std::nullopt);
}

TEST(Chain, ViewStaysAsItWas) {
  ChainFixture f;
  f.append(1);
  const auto old = f.chain->head();
  f.append(2);
  EXPECT_EQ(old->number(), 1u);
  EXPECT_EQ(old->state()->account(kSomebody)->balance, U256{1});
  EXPECT_EQ(old->block_at(2), nullptr);
}

TEST(Chain, RefusesABlockThatDoesNotFollowTheHead) {
  ChainFixture f;
  const ProducedBlock early = f.block_with_balance(1);
  f.append(2);
  const auto refused = f.chain->append(early);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("does not follow the head"));
}

TEST(Chain, CheatsBelongToTheStateOfTheirBlock) {
  ChainFixture f;
  f.append(1);
  ASSERT_TRUE(f.chain->cheat(f.set_balance(50)));
  f.append(51);
  EXPECT_EQ(f.balance_at(0), 0u);
  EXPECT_EQ(f.balance_at(1), 50u);
  EXPECT_EQ(f.balance_at(2), 51u);
  EXPECT_EQ(f.chain->head()->header().state_root, state::state_root(*f.store));
}

TEST(Chain, TruncationUndoesEverythingAfterTheRecord) {
  ChainFixture f;
  f.append(1);
  ASSERT_TRUE(f.chain->cheat(f.set_balance(9)));
  const std::uint64_t snapshot = f.chain->last_record();
  const Hash256 root = state::state_root(*f.store);
  const auto before = f.chain->head();
  Settings settings = before->settings();
  settings.clock_offset = 77;
  ASSERT_TRUE(f.chain->change_settings(settings));
  f.append(2);
  const Hash256 gone = f.chain->head()->hash();
  ASSERT_TRUE(f.chain->cheat(f.set_balance(3)));
  f.append(4);

  const auto removed = f.chain->truncate_to(snapshot);
  ASSERT_TRUE(removed) << removed.error().message;
  ASSERT_EQ(removed->size(), 2u);
  EXPECT_EQ((*removed)[0].block->block.header.number, 3u);
  EXPECT_EQ((*removed)[1].block->hash, gone);
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(f.chain->head()->hash(), before->hash());
    EXPECT_EQ(f.chain->head()->settings(), before->settings());
    EXPECT_TRUE(f.chain->head()->has_pending_cheats());
    EXPECT_EQ(f.balance_at(1), 9u);
    EXPECT_EQ(state::state_root(*f.store), root);
    EXPECT_EQ(f.chain->head()->number_of(gone), std::nullopt);
    f.restart();
  }
  f.append(10);
  EXPECT_EQ(f.balance_at(1), 9u);
  EXPECT_EQ(f.balance_at(2), 10u);
}

// Through two ends of the indices' sections, of which the first is taken back and made anew.
TEST(Chain, ADraftIsWhatItsStepsAreOneByOne) {
  constexpr std::uint64_t kBlocks = 260;
  constexpr std::uint64_t kKept = 250;
  constexpr std::uint64_t kNew = 270;
  ChainFixture stepwise;
  ChainFixture at_once;
  for (ChainFixture* f : {&stepwise, &at_once}) {
    for (std::uint64_t i = 1; i <= kBlocks; ++i) {
      f->append(i);
    }
    ASSERT_TRUE(f->chain->cheat(f->set_balance(5)));
  }
  const std::uint64_t kept = at_once.chain->record_upon(kKept).value();
  const auto coinbase = [](Settings& settings) { settings.coinbase = kSomebody; };
  ASSERT_TRUE(stepwise.chain->truncate_to(kept, {}, coinbase));
  Draft draft = at_once.chain->draft();
  ASSERT_TRUE(draft.truncate_to(kept, coinbase));
  EXPECT_EQ(draft.head()->number(), kKept);
  for (std::uint64_t i = 0; i < kNew; ++i) {
    ProducedBlock block = ChainFixture::block_with_balance(i + 1'000, *draft.head());
    block.begins_states = i == 7;
    ASSERT_TRUE(stepwise.chain->append(block));
    ASSERT_TRUE(draft.append(std::move(block)));
  }
  const state::Changeset cheat = stepwise.set_balance(9);
  ASSERT_TRUE(stepwise.chain->cheat(cheat));
  draft.cheat(cheat);

  const auto before = at_once.chain->head();
  EXPECT_EQ(before->number(), kBlocks);
  EXPECT_EQ(at_once.balance_at(kBlocks), 5u);
  const auto removed = at_once.chain->commit(std::move(draft));
  ASSERT_TRUE(removed);
  ASSERT_EQ(removed->size(), kBlocks - kKept);
  EXPECT_EQ(removed->front().block->hash, before->hash());
  EXPECT_TRUE(content_of(*at_once.store) == content_of(*stepwise.store));
  EXPECT_EQ(at_once.chain->head()->hash(), stepwise.chain->head()->hash());
  EXPECT_EQ(at_once.chain->head()->states_from(), kKept + 8);
  EXPECT_TRUE(at_once.chain->head()->has_pending_cheats());
  EXPECT_EQ(at_once.chain->head()->settings().coinbase, kSomebody);
  EXPECT_EQ(at_once.balance_at(kKept + kNew), 9u);
  at_once.restart();
  EXPECT_EQ(at_once.chain->head()->hash(), stepwise.chain->head()->hash());
  ASSERT_TRUE(at_once.chain->truncate_to(0));
  EXPECT_EQ(at_once.chain->head()->number(), 0u);
}

TEST(Chain, ADraftThatFailsOrIsDroppedChangesNothing) {
  ChainFixture f;
  f.append(1);
  const auto before = content_of(*f.store);
  Draft draft = f.chain->draft();
  EXPECT_FALSE(draft.truncate_to(17));
  ASSERT_TRUE(draft.truncate_to(0));
  ProducedBlock block = f.block_with_balance(2);  // on the block that was taken back
  EXPECT_FALSE(draft.append(std::move(block)));
  EXPECT_EQ(f.chain->head()->number(), 1u);
  EXPECT_TRUE(content_of(*f.store) == before);
  f.append(2);
  EXPECT_THROW((void)f.chain->commit(std::move(draft)), std::logic_error);
}

TEST(Chain, TruncatesAgainBehindAnEarlierTruncation) {
  ChainFixture f;
  const std::uint64_t start = f.chain->last_record();
  f.append(1);
  const std::uint64_t middle = f.chain->last_record();
  f.append(2);
  ASSERT_TRUE(f.chain->truncate_to(middle));
  f.append(3);
  EXPECT_FALSE(f.chain->truncate_to(middle + 1));  // that record was undone
  ASSERT_TRUE(f.chain->truncate_to(start));
  EXPECT_EQ(f.chain->head()->number(), 0u);
  EXPECT_EQ(f.balance_at(0), 0u);
  f.append(5);
  EXPECT_EQ(f.balance_at(1), 5u);
}

// One value of the store spoiled: opening says which.
void expect_refused(ChainFixture& f, store::Column column, BytesView key, BytesView value,
                    const std::string& sentence) {
  f.chain.reset();
  store::Batch batch;
  batch.put(column, key, value);
  ASSERT_TRUE(f.store->commit(std::move(batch)));
  const auto opened = Chain::open(f.store);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr(sentence));
}

TEST(Chain, ForeignRecordDoesNotOpenAndIsNamed) {
  ChainFixture f;
  f.append(1);
  ASSERT_TRUE(f.chain->cheat(f.set_balance(9)));
  const Bytes key{0, 0, 0, 0, 0, 0, 0, 2};
  expect_refused(f, store::Column::records, key, base::bytes_of("nonsense"), "record 2");
}

TEST(Chain, AnotherFormatDoesNotOpenAndIsNamed) {
  ChainFixture f;
  expect_refused(f, store::Column::meta, base::bytes_of("format"), Bytes{7}, "format 0x07");
}

TEST(Chain, SettingsUsedUpByABlockAreWrittenWithIt) {
  ChainFixture f;
  ProducedBlock block = f.block_with_balance(1);
  block.settings = f.chain->head()->settings();
  block.settings->clock_offset = 5;
  ASSERT_TRUE(f.chain->append(block));
  f.restart();
  EXPECT_EQ(f.chain->head()->settings().clock_offset, 5);
  ASSERT_TRUE(f.chain->truncate_to(0));
  EXPECT_EQ(f.chain->head()->settings().clock_offset, 0);
}

}  // namespace
}  // namespace cairn::chain
