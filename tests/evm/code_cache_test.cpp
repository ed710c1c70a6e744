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
  EXPECT_EQ(cache.bytes(), 1u);
}

TEST(CodeCache, DropsWhatWasNotAskedForTheLongest) {
  CodeCache cache(20);
  const auto kept = cache.insert(hash_number(1), Bytes(10));
  cache.insert(hash_number(2), Bytes(10));
  cache.find(hash_number(1));
  cache.insert(hash_number(3), Bytes(10));
  EXPECT_EQ(cache.find(hash_number(1)), kept);
  EXPECT_EQ(cache.find(hash_number(2)), nullptr);
  EXPECT_EQ(cache.bytes(), 20u);
}

TEST(CodeCache, HoldsOneCodeHoweverLarge) {
  CodeCache cache(5);
  const auto code = cache.insert(hash_number(1), Bytes(10));
  EXPECT_EQ(cache.find(hash_number(1)), code);
}

}  // namespace
}  // namespace cairn::evm
