#include "spec/network.hpp"

#include <gtest/gtest.h>

namespace cairn::spec {
namespace {

using types::Fork;

types::ChainConfig config_of(std::string_view name, const BlobSchedule& schedule = {}) {
  return chain_config_from_name(name, schedule, 1).value();
}

TEST(Network, OneNameIsOneSetOfRulesFromGenesisOn) {
  EXPECT_EQ(config_of("Frontier").fork_at(1'000, 0, false), Fork::frontier);
  EXPECT_EQ(config_of("Constantinople").fork_at(1'000, 0, false), Fork::constantinople);
  EXPECT_EQ(config_of("ConstantinopleFix").fork_at(0, 0, false), Fork::petersburg);
  EXPECT_EQ(config_of("Osaka").fork_at(0, 0, true), Fork::osaka);
  EXPECT_EQ(config_of("GrayGlacier").bomb_delay_at(0), 11'400'000u);
  EXPECT_EQ(config_of("BPO1").blob_params_at(0), types::kBpo1BlobParams);
}

TEST(Network, AChangeIsAtABlockATimeOrATotalDifficulty) {
  const auto homestead = config_of("FrontierToHomesteadAt5");
  EXPECT_EQ(homestead.fork_at(4, 0, false), Fork::frontier);
  EXPECT_EQ(homestead.fork_at(5, 0, false), Fork::homestead);
  EXPECT_EQ(config_of("HomesteadToDaoAt5").dao_fork_block, 5u);
  const auto prague = config_of("CancunToPragueAtTime15k");
  EXPECT_EQ(prague.fork_at(1, 14'999, true), Fork::cancun);
  EXPECT_EQ(prague.fork_at(1, 15'000, true), Fork::prague);
  EXPECT_EQ(prague.blob_params_at(14'999), types::kCancunBlobParams);
  EXPECT_EQ(prague.blob_params_at(15'000), types::kPragueBlobParams);
  EXPECT_EQ(config_of("ArrowGlacierToParisAtDiffC0000").terminal_total_difficulty, U256{0xc0000});
}

TEST(Network, AFilesBlobScheduleComesFirst) {
  const types::BlobParams params{1, 2, 3};
  const auto config = config_of("BPO1ToBPO2AtTime15k", {{"BPO2", params}});
  EXPECT_EQ(config.blob_params_at(0), types::kBpo1BlobParams);
  EXPECT_EQ(config.blob_params_at(15'000), params);
}

TEST(Network, KnowsNoOtherNames) {
  for (const std::string_view name :
       {"", "Atlantis", "FrontierToAtlantisAt5", "FrontierToHomestead", "FrontierToHomesteadAtX"}) {
    EXPECT_FALSE(chain_config_from_name(name, {}, 1)) << name;
  }
}

}  // namespace
}  // namespace cairn::spec
