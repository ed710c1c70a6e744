#include <gtest/gtest.h>

#include "chain/chain.hpp"
#include "store/rocks_store.hpp"
#include "tests/fixtures.hpp"

namespace cairn::chain {
namespace {

// Accounts, storage, code and header fields all enter the hash.
TEST(ForeignGenesis, HashIsTheParentOfTheFirstBlockThatAnotherClientMade) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto folder = root / "execution-apis" / "tests";
  const auto parsed = types::parse_genesis(cairn::testing::read_text(folder / "genesis.json"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto chain = Chain::create(*store::RocksStore::open_in_memory(), parsed->genesis);
  ASSERT_TRUE(chain) << chain.error().message;

  // chain.rlp is block after block: of the first one only the header's first field is looked at.
  const std::string blocks = cairn::testing::read_text(folder / "chain.rlp");
  const auto parent = blocks.find(base::text_of((*chain)->head()->hash()));
  constexpr std::size_t kFurthest = 16;  // three list headers and one of a string
  EXPECT_LT(parent, kFurthest);
}

}  // namespace
}  // namespace cairn::chain
