#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

TEST(Keccak256, MeetsKnownAnswers) {
  EXPECT_EQ(keccak256({}), kEmptyCodeHash);
  EXPECT_EQ(keccak256(base::bytes_of("abc")),
            "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"_hash);
  // The root of an empty trie: the hash of RLP's empty string.
  EXPECT_EQ(keccak256(Bytes{0x80}),
            "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash);
}

}  // namespace
}  // namespace cairn::crypto
