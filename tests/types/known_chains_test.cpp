#include "types/known_chains.hpp"

#include <gtest/gtest.h>

#include "types/genesis.hpp"

namespace cairn::types {
namespace {

TEST(KnownChains, MainnetHadTheseForksAtTheseBlocks) {
  const ChainConfig config = known_chain(1).value();
  EXPECT_EQ(config.fork_at(1'149'999, 0, false), Fork::frontier);
  EXPECT_EQ(config.fork_at(12'964'999, 0, false), Fork::berlin);
  EXPECT_EQ(config.fork_at(15'537'393, 0, false), Fork::london);
  EXPECT_EQ(config.fork_at(15'537'394, 1'663'224'179, true), Fork::paris);
  EXPECT_EQ(config.fork_at(17'034'870, 1'681'338'479, true), Fork::shanghai);
  EXPECT_EQ(config.fork_at(22'431'083, 1'746'612'299, true), Fork::cancun);
  EXPECT_EQ(config.fork_at(22'431'084, 1'746'612'311, true), Fork::prague);
  EXPECT_EQ(config.fork_at(23'935'694, 1'764'798'551, true), Fork::osaka);
}

TEST(KnownChains, BlobsFollowTheScheduleOfTheirChain) {
  EXPECT_EQ(known_chain(1)->blob_params_at(1'765'290'071), kBpo1BlobParams);
  EXPECT_EQ(known_chain(11'155'111)->blob_params_at(1'761'607'008), kBpo2BlobParams);
  EXPECT_EQ(known_chain(560'048)->blob_params_at(0), kCancunBlobParams);
  EXPECT_EQ(known_chain(17'000)->blob_params_at(0), BlobParams{});
}

// A fork keeps its rules in its store as a genesis file.
TEST(KnownChains, SurviveAGenesisFile) {
  for (const std::uint64_t id : {1, 11'155'111, 17'000, 560'048}) {
    Genesis genesis;
    genesis.config = known_chain(id).value();
    genesis.header.gas_limit = 30'000'000;
    const auto parsed = parse_genesis(genesis_to_json(genesis));
    ASSERT_TRUE(parsed) << id << parsed.error().message;
    EXPECT_EQ(parsed->genesis.config, genesis.config) << id;
  }
}

TEST(KnownChains, NobodyKnowsTheOthers) { EXPECT_FALSE(known_chain(31'337)); }

}  // namespace
}  // namespace cairn::types
