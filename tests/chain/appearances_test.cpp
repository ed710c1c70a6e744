#include "chain/appearances.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "chain/chain.hpp"
#include "store/rocks_store.hpp"

namespace cairn::chain {
namespace {

using execution::Appearance;
using store::Column;

// Some end alike, as the index sees them.
Address person(int n) {
  Address out;
  out[0] = static_cast<std::uint8_t>(n);
  out[19] = static_cast<std::uint8_t>(n % 4);
  return out;
}

constexpr int kPersons = 9;

class PeopledChain {
 public:
  explicit PeopledChain(types::Fork fork = types::Fork::paris) {
    types::Genesis genesis;
    genesis.config = types::config_at(fork);
    genesis.header.gas_limit = 30'000'000;
    chain = *Chain::create(store, genesis);
  }

  void append(std::vector<Appearance> appearances, const Address& author = {},
              std::vector<types::Header> ommers = {}) {
    ProducedBlock block;
    block.block.header = chain->head()->header();
    block.block.header.parent_hash = chain->head()->hash();
    block.block.header.beneficiary = author;
    ++block.block.header.number;
    block.block.ommers = std::move(ommers);
    block.appearances = std::move(appearances);
    ASSERT_TRUE(chain->append(std::move(block)));
  }

  // As a chain is found that was written before there was a table.
  void forget_table() {
    const auto before = store->snapshot();
    store::Batch batch;
    const auto cursor = before->cursor(Column::appearances);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      batch.erase(Column::appearances, cursor->key());
    }
    batch.erase(Column::meta, base::bytes_of("appearances_from"));
    ASSERT_TRUE(store->commit(std::move(batch)));
    chain.reset();
    chain = *Chain::open(store);
  }

  std::size_t table_size() const {
    std::size_t count = 0;
    const auto cursor = store->cursor(Column::appearances);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      ++count;
    }
    return count;
  }

  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  std::unique_ptr<Chain> chain;
};

using Told = std::vector<BlockAppearances>;

Told forwards(const ChainView& chain, const Address& address) {
  Told out;
  AppearanceCursor cursor = chain.appearances_of({address});
  for (auto found = cursor.next(0); found; found = cursor.next(found->number + 1)) {
    out.push_back(*found);
  }
  return out;
}

Told backwards(const ChainView& chain, const Address& address) {
  Told out;
  AppearanceCursor cursor = chain.appearances_of({address});
  for (auto found = cursor.previous(chain.number()); found;
       found = found->number == 0 ? std::nullopt : cursor.previous(found->number - 1)) {
    out.insert(out.begin(), *found);
  }
  return out;
}

// Whoever appended a block remembers who was in it.
Told remembered(const std::vector<std::vector<Appearance>>& blocks, const Address& address) {
  Told out;
  for (std::uint64_t number = 0; number < blocks.size(); ++number) {
    BlockAppearances one{.number = number, .reward = false, .transactions = {}};
    for (const Appearance& appearance : blocks[number]) {
      if (appearance.address == address) {
        one.transactions.push_back(appearance.transaction);
      }
    }
    std::ranges::sort(one.transactions);
    const auto doubled = std::ranges::unique(one.transactions);
    one.transactions.erase(doubled.begin(), doubled.end());
    if (!one.transactions.empty()) {
      out.push_back(one);
    }
  }
  return out;
}

RC_GTEST_PROP(Appearances, TellWhatWasInTheBlocksAfterTruncations, ()) {
  PeopledChain f;
  std::vector<std::vector<Appearance>> blocks(1);
  const auto append = [&] {
    std::vector<Appearance> appearances;
    for (int left = std::max(0, *rc::gen::inRange(-4, 6)); left > 0; --left) {
      appearances.push_back({person(*rc::gen::inRange(0, kPersons)),
                             *rc::gen::element<std::uint32_t>(0, 1, 2, 200, 70'000)});
    }
    blocks.push_back(appearances);
    f.append(std::move(appearances));
  };
  // So that some runs come to the end of a section of the index, and back over it.
  for (int left = *rc::gen::element(0, 0, 245, 505); left > 0; --left) {
    append();
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> marks{{f.chain->last_record(), blocks.size()}};
  for (int step = *rc::gen::inRange(1, 30); step > 0; --step) {
    const int what = *rc::gen::inRange(0, 10);
    if (what == 0) {
      RC_ASSERT(f.chain->truncate_to(marks.back().first));
      blocks.resize(marks.back().second);
    } else if (what == 1) {
      marks.emplace_back(f.chain->last_record(), blocks.size());
    } else if (what == 2) {
      f.chain.reset();
      f.chain = *Chain::open(f.store);
    } else {
      append();
    }
  }
  const auto head = f.chain->head();
  for (int n = 0; n < kPersons; ++n) {
    const Told expected = remembered(blocks, person(n));
    RC_ASSERT(forwards(*head, person(n)) == expected);
    RC_ASSERT(backwards(*head, person(n)) == expected);
  }
}

TEST(Appearances, OfSeveralAddressesTellsBlocksOfAny) {
  PeopledChain f;
  f.append({{person(1), 0}, {person(2), 1}, {person(3), 2}});
  f.append({{person(3), 0}});
  f.append({{person(2), 4}});
  const auto head = f.chain->head();
  AppearanceCursor cursor = head->appearances_of({person(2), person(1)});
  EXPECT_EQ(cursor.next(0), (BlockAppearances{1, false, {0, 1}}));
  EXPECT_EQ(cursor.next(2), (BlockAppearances{3, false, {4}}));
  EXPECT_EQ(cursor.next(1), (BlockAppearances{1, false, {0, 1}}));
  EXPECT_EQ(cursor.next(4), std::nullopt);
  EXPECT_EQ(cursor.previous(2), (BlockAppearances{1, false, {0, 1}}));
  EXPECT_EQ(cursor.previous(3), (BlockAppearances{3, false, {4}}));
  EXPECT_EQ(cursor.previous(0), std::nullopt);
}

TEST(Appearances, NothingStaysOfWhatIsTruncated) {
  PeopledChain f;
  const std::uint64_t mark = f.chain->last_record();
  for (int block = 1; block <= 256; ++block) {
    f.append({{person(1), 0}, {person(2), 0}, {person(2), 1}});
  }
  EXPECT_EQ(f.table_size(), 256u + 1u);  // rows, and a bucket that both persons are in
  ASSERT_TRUE(f.chain->truncate_to(mark));
  EXPECT_EQ(f.table_size(), 0u);
  EXPECT_EQ(forwards(*f.chain->head(), person(1)), Told{});
}

TEST(Appearances, AnAuthorAppearsWhereItsBlockIsRewarded) {
  types::Header ommer;
  ommer.beneficiary = person(2);
  for (const types::Fork fork : {types::Fork::london, types::Fork::paris}) {
    PeopledChain f(fork);
    f.append({{person(1), 3}}, person(1), {ommer});
    const bool rewarded = fork == types::Fork::london;
    EXPECT_EQ(forwards(*f.chain->head(), person(1)), (Told{{1, rewarded, {3}}}));
    EXPECT_EQ(forwards(*f.chain->head(), person(2)), rewarded ? (Told{{1, true, {}}}) : Told{});
  }
}

TEST(Appearances, AChainFromBeforeTheTableSaysWhereItBegins) {
  PeopledChain f;
  EXPECT_EQ(f.chain->head()->appearances_from(), 0u);
  f.append({{person(1), 0}});
  f.forget_table();
  f.append({{person(1), 0}});
  EXPECT_EQ(f.chain->head()->appearances_from(), 2u);
  EXPECT_EQ(forwards(*f.chain->head(), person(1)), (Told{{2, false, {0}}}));
  f.chain.reset();
  f.chain = *Chain::open(f.store);
  EXPECT_EQ(f.chain->head()->appearances_from(), 2u);
}

// What the table costs: the figures in its header.
TEST(Appearances, ATransferInABlockOfItsOwnTakesFiftyOneBytes) {
  const Bytes row = appearance_row({{person(1), 0}, {person(2), 0}}, {});
  EXPECT_EQ(row.size() + 9, 51u);
}

}  // namespace
}  // namespace cairn::chain
