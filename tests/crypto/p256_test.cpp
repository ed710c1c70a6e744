#include "crypto/p256.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

struct Vector {
  const char* what;
  const char* input;  // digest, r, s, x, y
  bool valid;
};

// Out of the Wycheproof set that EIP-7951 names.
constexpr Vector kVectors[] = {
    {"signature malleability",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
     "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76"
     "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
     "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
     true},
    {"k*G has a large x-coordinate",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "000000000000000000000000000000004319055358e8617b0c46353d039cdaab"
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e"
     "0ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103"
     "c5011e6ef2c42dcd50d5d3d29f99ae6eba2c80c9244f4c5422f0979ff0c3ba5e",
     true},
    {"point at infinity during verify",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70"
     "b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f287"
     "1b134ee58cc583278456863f33c3a85d881f7d4a39850143e29d4eaf009afe47",
     false},
    {"point duplication during verification",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "6f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569"
     "bb726660235793aa9957a61e76e00c2c435109cf9a15dd624d53f4301047856b"
     "5b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc46963"
     "838a40f2a36092e9004e92d8d940cf5638550ce672ce8b8d4e15eba5499249e9",
     true},
    {"pseudorandom signature",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
     "b292a619339f6e567a305c951c0dcbcc42d16e47f219f9e98e76e09d8770b34a"
     "0177e60492c5a8242f76f07bfe3661bde59ec2a17ce5bd2dab2abebdf89a62e2"
     "04aaec73635726f213fb8a9e64da3b8632e41495a944d0045b522eba7240fad5"
     "87d9315798aaa3a5ba01775787ced05eaaf7b4e09fc81d6d1aa546e8365d525d",
     true},
    {"testing point duplication",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2"
     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
     false},
    {"u1 == 1",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70"
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
     "69da0364734d2e530fece94019265fefb781a0f1b08f6c8897bdf6557927c8b8"
     "66d2d3c7dcd518b23d726960f069ad71a933d86ef8abbcce8b20f71e2a847002",
     true},
    {"special case hash",
     "00000000690ed426ccf17803ebe2bd0884bcd58a1bb5e7477ead3645f356e7a9"
     "16aea964a2f6506d6f78c81c91fc7e8bded7d397738448de1e19a0ec580bf266"
     "252cd762130c6667cfe8b7bc47d27d78391e8e80c578d1cd38c3ff033be928e9"
     "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
     "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
     true},
};

TEST(P256Verify, MeetsTheVectorsOfEip7951) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(p256_verify(hex_bytes(vector.input)), vector.valid) << vector.what;
  }
}

TEST(P256Verify, RefusesEveryOtherLength) {
  Bytes input = hex_bytes(kVectors[0].input);
  EXPECT_FALSE(p256_verify({}));
  EXPECT_FALSE(p256_verify(BytesView(input).first(159)));
  input.push_back(0);
  EXPECT_FALSE(p256_verify(input));
}

TEST(P256Verify, RefusesFieldsOutOfRangeAndPointsOffTheCurve) {
  const Bytes good = hex_bytes(kVectors[0].input);
  for (const std::size_t field : {1, 2, 3, 4}) {
    for (const int fill : {0x00, 0xff}) {
      Bytes bad = good;
      std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(32 * field), 32, fill);
      EXPECT_FALSE(p256_verify(bad)) << field;
    }
  }
  Bytes infinity = good;
  std::fill(infinity.begin() + 96, infinity.end(), 0);
  EXPECT_FALSE(p256_verify(infinity));
}

TEST(P256Verify, NoticesAFlippedBitAnywhere) {
  const Bytes good = hex_bytes(kVectors[0].input);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(p256_verify(bad)) << i;
  }
}

}  // namespace
}  // namespace cairn::crypto
