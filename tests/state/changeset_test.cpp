#include "state/changeset.hpp"

#include <gtest/gtest.h>

#include <random>

#include "crypto/keccak.hpp"

namespace cairn::state {
namespace {

Changeset sample() {
  const auto code = std::make_shared<const Bytes>(Bytes{0x60, 0x01});
  const Hash256 code_hash = crypto::keccak256(*code);
  Changeset out;
  out.accounts["0x00000000000000000000000000000000000000aa"_address] = {
      std::nullopt, types::Account{1, U256{1} << 200, code_hash}, {{1, {0, 5}}, {2, {~U256{}, 0}}}};
  out.accounts["0x00000000000000000000000000000000000000ab"_address] = {
      types::Account{0, 1}, std::nullopt, {}};
  out.codes[code_hash] = code;
  return out;
}

TEST(Changeset, DecodesWhatItEncodes) {
  const Changeset changes = sample();
  const Bytes bytes = encode_changeset(changes);
  const auto decoded = decode_changeset(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->accounts, changes.accounts);
  EXPECT_EQ(encode_changeset(*decoded), bytes);
}

TEST(Changeset, InvertedTwiceIsItself) {
  const Changeset changes = sample();
  EXPECT_NE(inverted(changes).accounts, changes.accounts);
  EXPECT_EQ(inverted(inverted(changes)).accounts, changes.accounts);
}

TEST(Changeset, RefusesEveryTornRecord) {
  const Bytes bytes = encode_changeset(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_changeset(BytesView{bytes}.first(size))) << size;
  }
}

TEST(Changeset, DecodesNothingThatEncodeDoesNotWrite) {
  const Bytes good = encode_changeset(sample());
  std::mt19937_64 random(1);
  int accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    Bytes bytes = good;
    for (std::uint64_t flips = 1 + random() % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    if (const auto decoded = decode_changeset(bytes)) {
      ASSERT_EQ(encode_changeset(*decoded), bytes);
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 0);  // the loop sees both outcomes
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode_changeset(longer));
}

}  // namespace
}  // namespace cairn::state
