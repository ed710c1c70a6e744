#include "crypto/secp256k1.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/keccak.hpp"
#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

const SecretKey kOne = FixedBytes<32>::from_right(Bytes{1});

TEST(Secp256k1, GivesTheGeneratorForTheKeyOne) {
  EXPECT_EQ(public_key_of(kOne),
            hex_fixed<64>("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                          "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
  EXPECT_EQ(address_of(*public_key_of(kOne)), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"_address);
}

TEST(Secp256k1, SignsTheTransactionOfEip155AsItsExampleSays) {
  const auto signature =
      sign("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"_hash,
           "0x4646464646464646464646464646464646464646464646464646464646464646"_hash);
  ASSERT_TRUE(signature);
  EXPECT_EQ(base::to_decimal(signature->r),
            "18515461264373351373200002665853028612451056578545711640558177340181847433846");
  EXPECT_EQ(base::to_decimal(signature->s),
            "46948507304638947509940763649030358759909902576025900602547168820602576006531");
  EXPECT_FALSE(signature->y_parity);
}

TEST(Secp256k1, KnowsItsOrder) {
  EXPECT_EQ(base::to_hex(base::to_hash(kSecp256k1Order)),
            "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
  EXPECT_EQ(kSecp256k1HalfOrder * 2 + 1, kSecp256k1Order);
}

TEST(Secp256k1, RefusesKeysThatAreZeroOrTheOrder) {
  EXPECT_FALSE(public_key_of(SecretKey{}));
  EXPECT_FALSE(sign(keccak256({}), SecretKey{}));
  EXPECT_FALSE(public_key_of(base::to_hash(kSecp256k1Order)));
  EXPECT_FALSE(sign(keccak256({}), base::to_hash(kSecp256k1Order)));
  EXPECT_TRUE(public_key_of(base::to_hash(kSecp256k1Order - 1)));
}

TEST(Secp256k1, RefusesSignaturesOutOfRange) {
  const Hash256 digest = keccak256({});
  const RecoverableSignature good = *sign(digest, kOne);
  for (const U256& bad : {U256{}, kSecp256k1Order, ~U256{}}) {
    EXPECT_FALSE(recover_address(digest, {bad, good.s, good.y_parity}));
    EXPECT_FALSE(recover_address(digest, {good.r, bad, good.y_parity}));
  }
  // x = 5 is on no point of y^2 = x^3 + 7.
  EXPECT_FALSE(recover_address(digest, {5, good.s, false}));
}

TEST(Secp256k1, RecoversFromAHighSWithTheOtherParity) {
  const Hash256 digest = keccak256({});
  const RecoverableSignature low = *sign(digest, kOne);
  EXPECT_LE(low.s, kSecp256k1HalfOrder);
  EXPECT_EQ(recover_public_key(digest, {low.r, kSecp256k1Order - low.s, !low.y_parity}),
            public_key_of(kOne));
}

RC_GTEST_PROP(Secp256k1, RecoversTheSignerOfAnyDigest, (const std::array<std::uint8_t, 40>& seed)) {
  const SecretKey key = keccak256(BytesView(seed).first(20));
  const Hash256 digest = keccak256(BytesView(seed).last(20));
  const auto signature = sign(digest, key);
  RC_ASSERT(signature.has_value());
  RC_ASSERT(recover_public_key(digest, *signature) == public_key_of(key));
  RC_ASSERT(recover_address(digest, *signature) == address_of(*public_key_of(key)));
  RC_ASSERT(recover_address(digest, {signature->r, signature->s, !signature->y_parity}) !=
            address_of(*public_key_of(key)));
}

}  // namespace
}  // namespace cairn::crypto
