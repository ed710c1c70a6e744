#include "types/chain_config.hpp"

#include <gtest/gtest.h>

namespace cairn::types {
namespace {

TEST(ChainConfig, AtAForkHasThatForkFromTheFirstBlockOn) {
  for (std::size_t i = 0; i < kForkCount; ++i) {
    const auto fork = static_cast<Fork>(i);
    EXPECT_EQ(config_at(fork).fork_at(0, 0, true), fork);
    EXPECT_EQ(config_at(fork).fork_at(1'000, 1'000'000, true), fork);
  }
}

ChainConfig scheduled() {
  ChainConfig config;
  const auto begin = [&](Fork fork, std::uint64_t at) {
    config.activation[static_cast<std::size_t>(fork)] = at;
  };
  begin(Fork::homestead, 10);
  begin(Fork::byzantium, 20);
  begin(Fork::london, 30);
  begin(Fork::shanghai, 500);
  begin(Fork::cancun, 600);
  config.terminal_total_difficulty = U256{1'000};
  return config;
}

TEST(ChainConfig, ForksBeginAtTheirBlockUntilTheMergeAndAtTheirTimeAfterIt) {
  const ChainConfig config = scheduled();
  EXPECT_EQ(config.fork_at(9, 0, false), Fork::frontier);
  EXPECT_EQ(config.fork_at(10, 0, false), Fork::homestead);
  EXPECT_EQ(config.fork_at(29, 0, false), Fork::byzantium);
  EXPECT_EQ(config.fork_at(30, 599, false), Fork::london);
  EXPECT_EQ(config.fork_at(31, 499, true), Fork::paris);
  EXPECT_EQ(config.fork_at(31, 500, true), Fork::shanghai);
  EXPECT_EQ(config.fork_at(31, 600, true), Fork::cancun);
}

// Sepolia's `mergeNetsplitBlock` came long after its merge.
TEST(ChainConfig, TheMergesBlockCountsOnlyWithoutATerminalTotalDifficulty) {
  ChainConfig config = scheduled();
  config.activation[static_cast<std::size_t>(Fork::paris)] = 40;
  EXPECT_EQ(config.fork_at(35, 400, true), Fork::paris);
  EXPECT_EQ(config.fork_at(45, 400, false), Fork::london);
  config.terminal_total_difficulty.reset();
  EXPECT_EQ(config.fork_at(39, 400, true), Fork::london);
  EXPECT_EQ(config.fork_at(40, 400, false), Fork::paris);
  config.activation[static_cast<std::size_t>(Fork::paris)].reset();
  EXPECT_EQ(config.fork_at(45, 499, false), Fork::london);
  EXPECT_EQ(config.fork_at(45, 500, false), Fork::shanghai);
}

TEST(ChainConfig, ABlockWithoutDifficultyStandsAfterTheMerge) {
  Header header;
  header.number = 31;
  header.timestamp = 500;
  EXPECT_EQ(scheduled().fork_of(header), Fork::shanghai);
  header.difficulty = 131'072;
  EXPECT_EQ(scheduled().fork_of(header), Fork::london);
}

TEST(ChainConfig, EachForkOrGlacierDelaysTheBombFurther) {
  ChainConfig config;
  const auto begin = [&](Fork fork, std::uint64_t at) {
    config.activation[static_cast<std::size_t>(fork)] = at;
  };
  begin(Fork::byzantium, 10);
  begin(Fork::constantinople, 20);
  config.muir_glacier_block = 30;
  begin(Fork::london, 40);
  config.arrow_glacier_block = 50;
  config.gray_glacier_block = 60;
  EXPECT_EQ(config.bomb_delay_at(9), 0u);
  EXPECT_EQ(config.bomb_delay_at(10), 3'000'000u);
  EXPECT_EQ(config.bomb_delay_at(20), 5'000'000u);
  EXPECT_EQ(config.bomb_delay_at(30), 9'000'000u);
  EXPECT_EQ(config.bomb_delay_at(40), 9'700'000u);
  EXPECT_EQ(config.bomb_delay_at(50), 10'700'000u);
  EXPECT_EQ(config.bomb_delay_at(60), 11'400'000u);
}

TEST(ChainConfig, BlobParametersAreThoseOfTheLastChange) {
  ChainConfig config;
  config.blob_schedule = {{100, kCancunBlobParams}, {200, kPragueBlobParams}};
  EXPECT_EQ(config.blob_params_at(99), BlobParams{});
  EXPECT_EQ(config.blob_params_at(100), kCancunBlobParams);
  EXPECT_EQ(config.blob_params_at(199), kCancunBlobParams);
  EXPECT_EQ(config.blob_params_at(200), kPragueBlobParams);
  EXPECT_EQ(config_at(Fork::osaka).blob_params_at(0), kPragueBlobParams);
}

TEST(ForkNames, AreKnownWithTheirSynonymsInAnyCase) {
  EXPECT_EQ(fork_from_name("osaka"), Fork::osaka);
  EXPECT_EQ(fork_from_name("Merge"), Fork::paris);
  EXPECT_EQ(fork_from_name("SpuriousDragon"), Fork::spurious_dragon);
  EXPECT_EQ(fork_from_name("Atlantis"), std::nullopt);
  for (std::size_t i = 0; i < kForkCount; ++i) {
    EXPECT_EQ(fork_from_name(fork_name(static_cast<Fork>(i))), static_cast<Fork>(i));
  }
}

}  // namespace
}  // namespace cairn::types
