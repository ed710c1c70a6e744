#include "chain/bad_blocks.hpp"

#include <gtest/gtest.h>

#include "chain/dev_genesis.hpp"
#include "store/memory_store.hpp"

namespace cairn::chain {
namespace {

TEST(BadBlocks, TheLastTenAreKeptAndNoneTwice) {
  const auto store = std::make_shared<store::MemoryStore>();
  const auto chain = Chain::create(store, dev_genesis(*dev_accounts())).value();
  EXPECT_EQ(read_bad_blocks(*store), std::vector<Bytes>{});
  for (const std::uint8_t n : Bytes{1, 2, 3, 1, 4, 5, 6, 7, 8, 9, 10, 11}) {
    ASSERT_TRUE(keep_bad_block(*chain, Bytes{n}));
  }
  const auto kept = read_bad_blocks(*store).value();
  ASSERT_EQ(kept.size(), kMostBadBlocks);
  EXPECT_EQ(kept.front(), Bytes{11});
  EXPECT_EQ(kept[8], Bytes{1});
  EXPECT_EQ(kept.back(), Bytes{3});
}

}  // namespace
}  // namespace cairn::chain
