#include "cli/mnemonic.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hd_wallet.hpp"

namespace cairn::cli {
namespace {

TEST(Mnemonic, RandomPhrasesHaveTheWordsAskedFor) {
  base::SeededRandom random(1);
  for (const std::uint64_t words : {12u, 15u, 18u, 21u, 24u}) {
    const auto phrase = random_mnemonic(words, random);
    ASSERT_TRUE(phrase) << words;
    EXPECT_EQ(std::ranges::count(*phrase, ' ') + 1, words);
    EXPECT_TRUE(crypto::seed_of_mnemonic(*phrase)) << *phrase;
    EXPECT_NE(*phrase, random_mnemonic(words, random));
  }
}

TEST(Mnemonic, RefusesOtherNumbersOfWords) {
  base::SeededRandom random(1);
  for (const std::uint64_t words : {0u, 1u, 9u, 27u, 3'000u}) {
    const auto phrase = random_mnemonic(words, random);
    ASSERT_FALSE(phrase) << words;
    EXPECT_EQ(phrase.error().code, ErrorCode::invalid_argument);
  }
}

// anvil's own words.
TEST(Mnemonic, SeedsGiveThePhrasesOfAnvil) {
  EXPECT_EQ(seeded_mnemonic(0),
            "leisure need topic clown code attend earn lounge baby omit vault crunch");
  EXPECT_EQ(seeded_mnemonic(42),
            "pen brief eager pepper brass detect problem vital physical tent assume damp");
  EXPECT_EQ(seeded_mnemonic(18'446'744'073'709'551'615u),
            "reunion eager public radio victory silver palm elite make sing accuse moon");
}

}  // namespace
}  // namespace cairn::cli
