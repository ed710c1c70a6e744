#include "api/fork_methods.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cairn::api
