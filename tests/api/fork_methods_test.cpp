#include "api/fork_methods.hpp"

#include <gtest/gtest.h>

#include "types/known_chains.hpp"

namespace cairn::api {
namespace {

using types::Fork;

// EIP-2124 and EIP-6122 give mainnet's identifiers.
TEST(ForkId, IsMainnetsAtEachFork) {
  types::ChainConfig mainnet;
  const auto begin = [&mainnet](Fork fork, std::uint64_t position) {
    mainnet.activation[static_cast<std::size_t>(fork)] = position;
  };
  begin(Fork::homestead, 1'150'000);
  mainnet.dao_fork_block = 1'920'000;
  begin(Fork::tangerine_whistle, 2'463'000);
  begin(Fork::spurious_dragon, 2'675'000);
  begin(Fork::byzantium, 4'370'000);
  begin(Fork::constantinople, 7'280'000);
  begin(Fork::petersburg, 7'280'000);
  begin(Fork::istanbul, 9'069'000);
  const Hash256 genesis = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"_hash;
  const auto at = [&](std::uint64_t number) { return fork_id(mainnet, genesis, 0, number, 0); };
  EXPECT_EQ(at(0), 0xfc64ec04);
  EXPECT_EQ(at(1'149'999), 0xfc64ec04);
  EXPECT_EQ(at(1'150'000), 0x97c2c34c);
  EXPECT_EQ(at(1'920'000), 0x91d1f948);
  EXPECT_EQ(at(2'463'000), 0x7a64da13);
  EXPECT_EQ(at(2'675'000), 0x3edd5b10);
  EXPECT_EQ(at(4'370'000), 0xa00bc324);
  EXPECT_EQ(at(7'280'000), 0x668db0af);
  EXPECT_EQ(at(9'069'000), 0x879d6e30);
}

TEST(ForkId, IsMainnetsWhereForksBeginAtATime) {
  const auto mainnet = types::known_chain(1);
  ASSERT_TRUE(mainnet);
  const Hash256 genesis = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"_hash;
  const auto at = [&](std::uint64_t timestamp) {
    return fork_id(*mainnet, genesis, 0, 50'000'000, timestamp);
  };
  EXPECT_EQ(at(1'681'338'454), 0xf0afd0e3);
  EXPECT_EQ(at(1'681'338'455), 0xdce96c2d);  // Shanghai
  EXPECT_EQ(at(1'710'338'135), 0x9f3d2254);  // Cancun
  EXPECT_EQ(at(1'746'612'311), 0xc376cf8b);  // Prague
  EXPECT_EQ(at(1'764'798'551), 0x5167e2a6);  // Osaka
  EXPECT_EQ(at(1'765'290'071), 0xcba2a1c0);  // BPO1
  EXPECT_EQ(at(1'767'747'671), 0x07c9462e);  // BPO2
}

TEST(ForkId, IsSepoliasWhereTheMergeHasABlockOfItsOwn) {
  const auto sepolia = types::known_chain(11'155'111);
  ASSERT_TRUE(sepolia);
  const Hash256 genesis = "0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9"_hash;
  const auto at = [&](std::uint64_t number, std::uint64_t timestamp) {
    return fork_id(*sepolia, genesis, 1'633'267'481, number, timestamp);
  };
  EXPECT_EQ(at(1'735'370, 0), 0xfe3366e7);
  EXPECT_EQ(at(1'735'371, 0), 0xb96cbd13);
  EXPECT_EQ(at(1'735'372, 1'677'557'088), 0xf7f9bc08);
  EXPECT_EQ(at(1'735'372, 1'761'607'008), 0x268956b6);
}

}  // namespace
}  // namespace cairn::api
