#include "evm/code_cache.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"

namespace cairn::evm {
namespace {

Hash256 hash_number(std::uint8_t number) { return base::to_hash(U256{number}); }

TEST(CodeCache, FindsWhatWasPutIn) {
  CodeCache cache;
  EXPECT_EQ(cache.find(hash_number(1)), nullptr);
  const auto code = cache.insert(hash_number(1), Bytes{0x5b});
  EXPECT_EQ(cache.find(hash_number(1)), code);
  EXPECT_TRUE(base::equal(code->bytes(), Bytes{0x5b}));
}

TEST(CodeCache, KeepsOneCodeForAHash) {
  CodeCache cache;
  const auto first = cache.insert(hash_number(1), Bytes{0x5b});
  EXPECT_EQ(cache.insert(hash_number(1), Bytes{0x5b}), first);
  EXPECT_EQ(cache.bytes(), first->memory());
}

TEST(CodeCache, DropsWhatWasNotAskedForTheLongest) {
  CodeCache cache(2 * Code(Bytes(1000)).memory());
  const auto kept = cache.insert(hash_number(1), Bytes(1000));
  cache.insert(hash_number(2), Bytes(1000));
  cache.find(hash_number(1));
  cache.insert(hash_number(3), Bytes(1000));
  EXPECT_EQ(cache.find(hash_number(1)), kept);
  EXPECT_EQ(cache.find(hash_number(2)), nullptr);
  EXPECT_EQ(cache.bytes(), 2 * kept->memory());
}

TEST(CodeCache, HoldsOneCodeHoweverLarge) {
  CodeCache cache(5);
  const auto code = cache.insert(hash_number(1), Bytes(10));
  EXPECT_EQ(cache.find(hash_number(1)), code);
}

TEST(CodeCache, CountsWhatACodeIsTranslatedTo) {
  CodeCache cache;
  const auto code = cache.insert(hash_number(1), Bytes(1000, 0x5b));
  const std::size_t before = cache.bytes();
  EXPECT_TRUE(code->is_jump_destination(1));
  const std::size_t analysed = cache.bytes();
  EXPECT_GE(analysed, before + 1000 / 8);
  (void)code->threaded(types::Fork::osaka);
  const std::size_t translated = cache.bytes();
  EXPECT_GE(translated, analysed + 20 * 1000);
  (void)code->threaded(types::Fork::osaka);
  EXPECT_EQ(cache.bytes(), translated);
}

TEST(CodeCache, MakesRoomWhenACodeItHoldsGrows) {
  const Bytes bytecode(1000, 0x5b);
  CodeCache cache(4 * Code(bytecode).memory());
  for (std::uint8_t number = 1; number <= 3; ++number) {
    cache.insert(hash_number(number), bytecode);
  }
  (void)cache.find(hash_number(1))->threaded(types::Fork::osaka);
  EXPECT_NE(cache.find(hash_number(1)), nullptr);
  EXPECT_EQ(cache.find(hash_number(2)), nullptr);
  EXPECT_EQ(cache.find(hash_number(3)), nullptr);
}

TEST(CodeCache, CountsWhatItDroppedAsLongAsSomebodyHoldsIt) {
  CodeCache cache(1);
  auto held = cache.insert(hash_number(1), Bytes(1000));
  const auto last = cache.insert(hash_number(2), Bytes(10));
  EXPECT_EQ(cache.find(hash_number(1)), nullptr);
  EXPECT_EQ(cache.bytes(), held->memory() + last->memory());
  held.reset();
  EXPECT_EQ(cache.bytes(), last->memory());
}

TEST(Code, IsNotTranslatedWhereItIsLongerThanAnyChainAllows) {
  EXPECT_NE(Code(Bytes(Code::kLongestTranslated)).threaded(types::Fork::osaka), nullptr);
  EXPECT_EQ(Code(Bytes(Code::kLongestTranslated + 1)).threaded(types::Fork::osaka), nullptr);
}

}  // namespace
}  // namespace cairn::evm
