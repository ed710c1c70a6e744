#include "execution/header_rules.hpp"

#include <gtest/gtest.h>

#include "execution/fees.hpp"

namespace cairn::execution {
namespace {

using types::Fork;
using types::Header;

class HeaderRules : public ::testing::Test {
 protected:
  HeaderRules() { begin(Fork::osaka); }

  // A parent and a child that is valid under the fork.
  void begin(Fork fork_of_both) {
    fork = fork_of_both;
    parent_fork = fork_of_both;
    config = types::config_at(fork);
    parent = {};
    parent.number = 99;
    parent.gas_limit = 30'000'000;
    parent.gas_used = 15'000'000;
    parent.timestamp = 1'000;
    parent.difficulty = fork < Fork::paris ? U256{1'000'000} : U256{};
    set_fields(parent);
    header = parent;
    header.number = 100;
    header.timestamp = 1'012;
    header.gas_used = 0;
    link();
  }
  void set_fields(Header& of) const {
    if (fork >= Fork::london) {
      of.base_fee_per_gas = 1'000;
    }
    if (fork >= Fork::shanghai) {
      of.withdrawals_root = types::kEmptyTrieRoot;
    }
    if (fork >= Fork::cancun) {
      of.blob_gas_used = 0;
      of.excess_blob_gas = 0;
      of.parent_beacon_block_root = Hash256{};
    }
    if (fork >= Fork::prague) {
      of.requests_hash = types::kEmptyRequestsHash;
    }
  }
  // What follows from the parent.
  void link() {
    header.parent_hash = header_hash(parent);
    if (fork < Fork::paris) {
      header.difficulty =
          next_difficulty(parent, header.timestamp, fork, config.bomb_delay_at(header.number));
    }
  }
  std::optional<Refused> refusal() const {
    const auto judged = validate_header(header, parent, config, fork, parent_fork);
    return judged ? std::nullopt : std::optional(judged.error().code);
  }

  Fork fork = Fork::osaka;
  Fork parent_fork = Fork::osaka;
  types::ChainConfig config;
  Header parent;
  Header header;
};

TEST_F(HeaderRules, AcceptAValidHeaderOfEveryFork) {
  for (std::size_t i = 0; i < types::kForkCount; ++i) {
    begin(static_cast<Fork>(i));
    EXPECT_EQ(refusal(), std::nullopt) << types::fork_name(fork);
  }
}

TEST_F(HeaderRules, RefuseAnotherParent) {
  header.parent_hash = Hash256{};
  EXPECT_EQ(refusal(), Refused::unknown_parent);
}

TEST_F(HeaderRules, RefuseAGapInNumbers) {
  header.number = 101;
  EXPECT_EQ(refusal(), Refused::invalid_number);
}

TEST_F(HeaderRules, RefuseATimeThatDoesNotGrow) {
  header.timestamp = 1'000;
  EXPECT_EQ(refusal(), Refused::invalid_timestamp);
}

TEST_F(HeaderRules, BoundTheGasLimitToA1024thOfTheParents) {
  header.gas_limit = 30'000'000 + 30'000'000 / 1'024 - 1;
  EXPECT_EQ(refusal(), std::nullopt);
  header.gas_limit += 1;
  EXPECT_EQ(refusal(), Refused::invalid_gas_limit);
  header.gas_limit = 30'000'000 - 30'000'000 / 1'024;
  EXPECT_EQ(refusal(), Refused::invalid_gas_limit);
}

TEST_F(HeaderRules, RefuseAGasLimitBelow5000) {
  parent.gas_limit = 5'000;
  parent.gas_used = 2'500;
  header.gas_limit = 4'999;
  link();
  EXPECT_EQ(refusal(), Refused::invalid_gas_limit);
}

TEST_F(HeaderRules, DoubleTheGasLimitWithTheFirstLondonBlock) {
  begin(Fork::london);
  parent_fork = Fork::berlin;
  parent.base_fee_per_gas.reset();
  header.base_fee_per_gas = kInitialBaseFee;
  header.gas_limit = 60'000'000;
  link();
  EXPECT_EQ(refusal(), std::nullopt);
  header.gas_limit = 30'000'000;
  EXPECT_EQ(refusal(), Refused::invalid_gas_limit);
}

TEST_F(HeaderRules, RefuseMoreGasUsedThanTheLimit) {
  header.gas_used = header.gas_limit + 1;
  EXPECT_EQ(refusal(), Refused::gas_used_above_limit);
}

TEST_F(HeaderRules, RefuseAnotherBaseFee) {
  header.base_fee_per_gas = 1'001;
  EXPECT_EQ(refusal(), Refused::invalid_base_fee);
}

TEST_F(HeaderRules, RefuseMissingAndUnknownFields) {
  header.requests_hash.reset();
  EXPECT_EQ(refusal(), Refused::missing_field);
  begin(Fork::cancun);
  header.requests_hash = types::kEmptyRequestsHash;
  EXPECT_EQ(refusal(), Refused::unexpected_field);
}

TEST_F(HeaderRules, RefuseAnotherExcessBlobGas) {
  header.excess_blob_gas = 1;
  EXPECT_EQ(refusal(), Refused::invalid_excess_blob_gas);
}

TEST_F(HeaderRules, RefuseMoreThan32BytesOfExtraData) {
  header.extra_data = Bytes(33);
  EXPECT_EQ(refusal(), Refused::invalid_extra_data);
}

TEST_F(HeaderRules, WantTheDaoForksExtraDataForTenBlocks) {
  begin(Fork::homestead);
  config.dao_fork_block = 91;
  EXPECT_EQ(refusal(), Refused::invalid_dao_extra_data);
  header.extra_data = base::to_bytes(base::bytes_of("dao-hard-fork"));
  EXPECT_EQ(refusal(), std::nullopt);
  config.dao_fork_block = 90;
  header.extra_data.clear();
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(HeaderRules, WantNoProofOfWorkAfterTheMerge) {
  header.difficulty = 1;
  EXPECT_EQ(refusal(), Refused::invalid_difficulty);
  begin(Fork::osaka);
  header.nonce.bytes[7] = 1;
  EXPECT_EQ(refusal(), Refused::invalid_nonce);
  begin(Fork::osaka);
  header.ommers_hash = Hash256{};
  EXPECT_EQ(refusal(), Refused::invalid_ommers);
}

TEST_F(HeaderRules, WantTheRightDifficultyBeforeIt) {
  begin(Fork::london);
  header.difficulty += U256{1};
  EXPECT_EQ(refusal(), Refused::invalid_difficulty);
}

// Yellow Paper 4.3.4, EIP-2, EIP-100: a 2048th of 1,000,000 is 488.
TEST(Difficulty, FollowsTheTimeBetweenBlocks) {
  Header parent;
  parent.difficulty = 1'000'000;
  EXPECT_EQ(next_difficulty(parent, 12, Fork::frontier, 0), U256{1'000'488});
  EXPECT_EQ(next_difficulty(parent, 13, Fork::frontier, 0), U256{999'512});
  EXPECT_EQ(next_difficulty(parent, 9, Fork::homestead, 0), U256{1'000'488});
  EXPECT_EQ(next_difficulty(parent, 15, Fork::homestead, 0), U256{1'000'000});
  EXPECT_EQ(next_difficulty(parent, 35, Fork::homestead, 0), U256{1'000'000 - 2 * 488});
  EXPECT_EQ(next_difficulty(parent, 100'000, Fork::homestead, 0), U256{1'000'000 - 99 * 488});
  parent.ommers_hash = Hash256{};
  EXPECT_EQ(next_difficulty(parent, 8, Fork::byzantium, 0), U256{1'000'000 + 2 * 488});
}

TEST(Difficulty, NeverFallsBelowItsMinimum) {
  Header parent;
  parent.difficulty = 131'072;
  EXPECT_EQ(next_difficulty(parent, 1'000, Fork::london, 0), U256{131'072});
}

TEST(Difficulty, GrowsByTheBombUntilAForkDelaysIt) {
  Header parent;
  parent.number = 3'200'000 - 1;
  parent.difficulty = 1'000'000;
  EXPECT_EQ(next_difficulty(parent, 15, Fork::homestead, 0), U256{1'000'000} + (U256{1} << 30));
  EXPECT_EQ(next_difficulty(parent, 15, Fork::homestead, 3'000'000), U256{1'000'001});
  EXPECT_EQ(next_difficulty(parent, 15, Fork::homestead, 5'000'000), U256{1'000'000});
}

// Ommers

class OmmerRules : public ::testing::Test {
 protected:
  OmmerRules() : config(types::config_at(Fork::berlin)) {
    Header block;
    block.gas_limit = 10'000'000;
    block.difficulty = 1'000'000;
    for (int i = 0; i < 9; ++i) {
      chain.push_back(block);
      block = child_of(block, 20);
    }
    header = block;
    for (std::size_t i = 0; i < 7; ++i) {
      const Header& ancestor = chain[chain.size() - 1 - i];
      ancestors.push_back({.header = ancestor, .hash = header_hash(ancestor), .ommers = {}});
    }
  }
  Header child_of(const Header& parent, std::uint64_t seconds) const {
    Header child = parent;
    child.parent_hash = header_hash(parent);
    child.number = parent.number + 1;
    child.timestamp = parent.timestamp + seconds;
    child.difficulty = next_difficulty(parent, child.timestamp, Fork::berlin, 9'000'000);
    return child;
  }
  std::optional<Refused> refusal(const std::vector<Header>& ommers) const {
    const auto judged = validate_ommers(header, ommers, ancestors, config);
    return judged ? std::nullopt : std::optional(judged.error().code);
  }

  types::ChainConfig config;
  std::vector<Header> chain;
  Header header;
  std::vector<Ancestor> ancestors;  // the parent is the first
};

TEST_F(OmmerRules, AcceptTwoSiblingsOfAncestors) {
  EXPECT_EQ(refusal({child_of(chain[7], 30), child_of(chain[6], 30)}), std::nullopt);
}

TEST_F(OmmerRules, RefuseThree) {
  EXPECT_EQ(refusal({child_of(chain[7], 30), child_of(chain[7], 31), child_of(chain[7], 32)}),
            Refused::too_many_ommers);
}

TEST_F(OmmerRules, RefuseTheSameTwice) {
  EXPECT_EQ(refusal({child_of(chain[7], 30), child_of(chain[7], 30)}), Refused::ommer_in_chain);
}

TEST_F(OmmerRules, RefuseOneThatWasIncludedBefore) {
  const Header ommer = child_of(chain[6], 30);
  ancestors[0].ommers = {header_hash(ommer)};
  EXPECT_EQ(refusal({ommer}), Refused::ommer_in_chain);
}

TEST_F(OmmerRules, RefuseAnAncestor) { EXPECT_EQ(refusal({chain[7]}), Refused::ommer_in_chain); }

TEST_F(OmmerRules, RefuseASiblingOfTheBlockItself) {
  EXPECT_EQ(refusal({child_of(chain[8], 30)}), Refused::ommer_is_brother);
}

TEST_F(OmmerRules, RefuseOneOfMoreThanSixGenerationsAgo) {
  EXPECT_EQ(refusal({child_of(chain[2], 30)}), std::nullopt);
  EXPECT_EQ(refusal({child_of(chain[1], 30)}), Refused::ommer_parent_unknown);
}

TEST_F(OmmerRules, RefuseAnInvalidHeader) {
  Header ommer = child_of(chain[7], 30);
  ommer.difficulty += U256{1};
  EXPECT_EQ(refusal({ommer}), Refused::invalid_difficulty);
}

}  // namespace
}  // namespace cairn::execution
