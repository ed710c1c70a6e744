// Many empty blocks: made in runs, each of which is one write.

#include <gtest/gtest.h>

#include <map>

#include "state/state_writer.hpp"
#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

std::map<Bytes, Bytes> content_of(const store::Store& store, store::Column column) {
  std::map<Bytes, Bytes> out;
  const auto cursor = store.cursor(column);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    out.emplace(base::to_bytes(cursor->key()), base::to_bytes(cursor->value()));
  }
  return out;
}

// A contract that logs, before and behind the run, and what is for the next block alone.
void begin(DevFixture& f) {
  const Address logs = f.deploy("6001602a5f5260205fa100");
  f.send({.to = logs});
  ASSERT_TRUE(f.writer->set_next_block_timestamp(1'800'000'000));
}

TEST(MinedRun, IsWhatMiningOneByOneGives) {
  DevFixture together;
  DevFixture one_by_one;
  begin(together);
  begin(one_by_one);
  constexpr std::uint64_t kCount = 600;  // over the ends of two sections of an index
  const auto hashes = together.writer->mine({.count = kCount, .interval = 7});
  ASSERT_TRUE(hashes);
  ASSERT_EQ(hashes->size(), kCount);
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const auto hash = one_by_one.writer->mine({.interval = 7, .jump_first = i > 0});
    ASSERT_TRUE(hash);
    ASSERT_EQ(hash->at(0), hashes->at(i)) << i;
  }
  EXPECT_EQ(together.head()->header().timestamp, 1'800'000'000 + 7 * (kCount - 1));
  for (std::size_t i = 0; i < store::kColumnCount; ++i) {
    const auto column = static_cast<store::Column>(i);
    EXPECT_EQ(content_of(*together.store, column), content_of(*one_by_one.store, column)) << i;
  }
}

TEST(MinedRun, IsToldInFewStepsWithoutAGap) {
  DevFixture f;
  std::uint64_t next = 1;
  std::size_t steps = 0;
  const auto listening = f.writer->events().subscribe([&](const Event& event) {
    if (const auto* changed = std::get_if<HeadChanged>(&event)) {
      EXPECT_EQ(changed->first_added, next);
      next = changed->head->number() + 1;
      ++steps;
    }
  });
  ASSERT_TRUE(f.writer->mine({.count = 600}));
  EXPECT_EQ(next, 601u);
  EXPECT_LE(steps, 4u);
}

TEST(MinedRun, CanBeTakenBack) {
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  const std::uint64_t mark = *f.writer->snapshot();
  const Hash256 root = state::state_root(*f.store);
  ASSERT_TRUE(f.writer->mine({.count = 300}));
  EXPECT_NE(state::state_root(*f.store), root);
  EXPECT_EQ(f.writer->revert(mark), true);
  EXPECT_EQ(f.head()->number(), 1u);
  EXPECT_EQ(state::state_root(*f.store), root);
  f.restart();
  EXPECT_EQ(f.head()->number(), 1u);
}

TEST(MinedRun, LeavesBlocksToTransactionsThatWait) {
  DevFixture f;
  f.set_automine(false);
  const auto hash = f.admit({.to = kSomebody, .value = 1});
  ASSERT_TRUE(hash);
  f.settle();
  ASSERT_TRUE(f.writer->mine({.count = 300}));
  EXPECT_EQ(f.head()->number(), 300u);
  EXPECT_EQ(f.head()->place_of(*hash), (chain::TransactionPlace{.number = 1, .index = 0}));
}

// The first block fits into 64 bits, the third does not.
TEST(MinedRun, KeepsTheBlocksBeforeATimestampThatCannotBe) {
  DevFixture f;
  const auto mined = f.writer->mine({.count = 5, .interval = std::uint64_t{1} << 63});
  ASSERT_FALSE(mined);
  EXPECT_EQ(mined.error().message, "the timestamp leaves 64 bits");
  EXPECT_EQ(f.head()->number(), 2u);
}

}  // namespace
}  // namespace cairn::node
