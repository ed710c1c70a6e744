#include "crypto/blake2f.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

// The examples of EIP-152 compress "abc" and differ in the rounds and the final flag alone.
const std::string kAbc =
    "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b"
    "8c68059b6bbd41fbabd9831f79217e1319cde05b616263000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000003000000000000000000000000000000";

std::optional<FixedBytes<64>> compress(const std::string& rounds, const std::string& flag) {
  return blake2f(hex_bytes(rounds + kAbc + flag));
}

TEST(Blake2f, MeetsTheExamplesOfEip152) {
  EXPECT_EQ(compress("00000000", "01"),
            hex_fixed<64>("08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
                          "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b"));
  EXPECT_EQ(compress("0000000c", "01"),
            hex_fixed<64>("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                          "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"));
  EXPECT_EQ(compress("0000000c", "00"),
            hex_fixed<64>("75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
                          "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735"));
  EXPECT_EQ(compress("00000001", "01"),
            hex_fixed<64>("b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
                          "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421"));
}

TEST(Blake2f, RefusesOtherLengthsAndFlags) {
  EXPECT_FALSE(blake2f({}));
  EXPECT_FALSE(compress("00000c", "01"));
  EXPECT_FALSE(compress("000000000c", "01"));
  EXPECT_FALSE(compress("0000000c", "02"));
}

// Every count of rounds below thirty is reached by another mix of whole tens and single rounds.
TEST(Blake2f, GivesAnotherAnswerForEveryCountOfRounds) {
  std::set<FixedBytes<64>> answers;
  for (std::uint8_t rounds = 0; rounds < 30; ++rounds) {
    answers.insert(compress("000000" + base::to_hex_unprefixed(Bytes{rounds}), "01").value());
  }
  EXPECT_EQ(answers.size(), 30u);
}

}  // namespace
}  // namespace cairn::crypto
