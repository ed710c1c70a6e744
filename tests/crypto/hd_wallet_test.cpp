#include "crypto/hd_wallet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crypto/hex_bytes.hpp"

namespace cairn::crypto {
namespace {

using testing::HasSubstr;

constexpr std::string_view kDevelopment =
    "test test test test test test test test test test test junk";

std::string error_of(std::string_view mnemonic) {
  const auto seed = seed_of_mnemonic(mnemonic);
  return seed ? "no error" : seed.error().message;
}

TEST(Bip39, MakesTheSeedsOfItsVectors) {
  EXPECT_EQ(seed_of_mnemonic("abandon abandon abandon abandon abandon abandon abandon abandon "
                             "abandon abandon abandon about",
                             "TREZOR"),
            hex_bytes("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
                      "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"));
  EXPECT_EQ(
      seed_of_mnemonic(
          "legal winner thank year wave sausage worth useful legal winner thank yellow", "TREZOR"),
      hex_bytes("2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6f"
                "a457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607"));
}

TEST(Bip39, TakesEveryLengthThatItNames) {
  EXPECT_TRUE(
      seed_of_mnemonic("letter advice cage absurd amount doctor acoustic avoid letter "
                       "advice cage absurd amount doctor acoustic avoid letter always"));
  EXPECT_TRUE(
      seed_of_mnemonic("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
                       "zoo zoo zoo zoo zoo zoo zoo vote"));
  EXPECT_THAT(error_of("zoo zoo zoo"), HasSubstr("not 3"));
  EXPECT_THAT(error_of(""), HasSubstr("not 0"));
}

TEST(Bip39, DoesNotMindTheSpaceBetweenTheWords) {
  EXPECT_EQ(seed_of_mnemonic("  test test\ttest test test test test test test test test\n junk "),
            seed_of_mnemonic(kDevelopment));
}

TEST(Bip39, NamesTheWordThatIsNotInTheList) {
  EXPECT_THAT(error_of("test test testt test test test test test test test test junk"),
              HasSubstr("word 3 of the mnemonic, 'testt'"));
}

TEST(Bip39, RefusesAWrongChecksum) {
  EXPECT_THAT(error_of("test test test test test test test test test test test test"),
              HasSubstr("checksum"));
  EXPECT_THAT(error_of("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
                       "zoo zoo zoo zoo zoo zoo"),
              HasSubstr("checksum"));
}

TEST(Bip32, DerivesTheKeysOfItsVectors) {
  const Bytes first_seed = hex_bytes("000102030405060708090a0b0c0d0e0f");
  const Bytes second_seed = hex_bytes(
      "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
      "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542");
  EXPECT_EQ(derive(first_seed, "m"),
            "0xe8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"_hash);
  EXPECT_EQ(derive(first_seed, "m/0'"),
            "0xedb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"_hash);
  EXPECT_EQ(derive(first_seed, "m/0h/1/2'/2/1000000000"),
            "0x471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8"_hash);
  EXPECT_EQ(derive(second_seed, "m"),
            "0x4b03d6fc340455b363f51020ad3ecca4f0850280cf436c70c727923f6db46c3e"_hash);
  EXPECT_EQ(derive(second_seed, "m/0"),
            "0xabe74a98f6c7eabee0428f53798f0ab8aa1bd37873999041703c742f15ac7e1e"_hash);
  EXPECT_EQ(derive(second_seed, "m/0/2147483647'/1/2147483646'/2"),
            "0xbb7d39bdb83ecf58f2fd82b6d918341cbef428661ef01ab97c28a4842125ac23"_hash);
}

TEST(Bip32, RefusesPathsThatAreNone) {
  for (const char* path : {"", "44'", "m/", "m//0", "m/x", "m/-1", "m/0''", "m/2147483648", "n/0",
                           "m/0/", "m/99999999999", "m 0", "m/ 0"}) {
    EXPECT_FALSE(parse_derivation_path(path)) << path;
  }
  EXPECT_EQ(parse_derivation_path("m/44'/60h/7"),
            (std::vector<std::uint32_t>{44 | kHardened, 60 | kHardened, 7}));
}

TEST(Bip32, RefusesSeedsOfOtherSizes) {
  EXPECT_FALSE(derive(Bytes(15), "m"));
  EXPECT_FALSE(derive(Bytes(65), "m"));
}

TEST(Bip44, GivesTheAccountsThatDevelopersKnow) {
  const auto seed = seed_of_mnemonic(kDevelopment);
  ASSERT_TRUE(seed);
  EXPECT_EQ(derive_account(*seed, 0),
            "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"_hash);
  EXPECT_EQ(derive_account(*seed, 0), derive(*seed, "m/44'/60'/0'/0/0"));
  EXPECT_EQ(address_of(*public_key_of(*derive_account(*seed, 0))),
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"_address);
  EXPECT_EQ(address_of(*public_key_of(*derive_account(*seed, 9))),
            "0xa0ee7a142d267c1f36714e4a8f75612f20a79720"_address);
  EXPECT_FALSE(derive_account(*seed, kHardened));
}

// The vectors of BIP-39.
TEST(HdWallet, MakesTheWordsOfEntropy) {
  EXPECT_EQ(mnemonic_of_entropy(Bytes(16, 0x00)),
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
            "abandon about");
  EXPECT_EQ(mnemonic_of_entropy(Bytes(32, 0x7f)),
            "legal winner thank year wave sausage worth useful legal winner thank year wave "
            "sausage worth useful legal winner thank year wave sausage worth title");
  EXPECT_EQ(mnemonic_of_entropy(Bytes(32, 0xff)),
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
            "zoo zoo vote");
  for (const std::size_t size : {0u, 15u, 17u, 33u, 36u}) {
    EXPECT_FALSE(mnemonic_of_entropy(Bytes(size)));
  }
}

TEST(HdWallet, TakesBackTheWordsThatItMakes) {
  for (const std::size_t size : {16u, 20u, 24u, 28u, 32u}) {
    Bytes entropy(size);
    for (std::size_t i = 0; i < size; ++i) {
      entropy[i] = static_cast<std::uint8_t>(i * 37 + size);
    }
    EXPECT_TRUE(seed_of_mnemonic(mnemonic_of_entropy(entropy).value()));
  }
}

}  // namespace
}  // namespace cairn::crypto
