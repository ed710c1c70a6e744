#include "types/transaction.hpp"

#include <gtest/gtest.h>

#include "any.hpp"
#include "base/hex.hpp"
#include "codec/rlp.hpp"

namespace cairn::types {
namespace {

Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

// The example of EIP-155, signed with the key 0x4646...46 for chain 1.
constexpr std::string_view kEip155Example =
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028"
    "ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800"
    "ccf555c9f3dc64214b297fb1966a3b6d83";

crypto::SecretKey example_key() {
  crypto::SecretKey key;
  key.bytes.fill(0x46);
  return key;
}

Address example_address() {
  return crypto::address_of(crypto::public_key_of(example_key()).value());
}

std::string error_of(const Bytes& bytes) {
  const auto decoded = decode_transaction(bytes);
  return decoded ? "no error" : decoded.error().message;
}

TEST(Transaction, DecodesTheExampleOfEip155) {
  const Transaction transaction = decode_transaction(hex(kEip155Example)).value();
  EXPECT_EQ(transaction.chain_id, 1u);
  EXPECT_EQ(transaction.nonce, 9u);
  EXPECT_EQ(transaction.value, base::from_decimal("1000000000000000000"));
  EXPECT_EQ(base::to_hex(signing_hash(transaction)),
            "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
  EXPECT_EQ(recover_sender(transaction), "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"_address);
  EXPECT_EQ(signature_v(transaction), U256{37});
}

TEST(Transaction, EveryKindIsRecoveredToItsSigner) {
  EXPECT_TRUE(rc::check([] {
    Transaction transaction = any::transaction();
    transaction.signature = crypto::sign(signing_hash(transaction), example_key()).value();
    RC_ASSERT((recover_sender(transaction) == example_address()));
    transaction.nonce += 1;
    RC_ASSERT((recover_sender(transaction) != example_address()));
  }));
}

TEST(Transaction, AnAuthorizationIsRecoveredUnlessItsSignatureIsImpossible) {
  Authorization authorization;
  authorization.chain_id = 1;
  authorization.nonce = 7;
  const auto signature = crypto::sign(authorization_hash(authorization), example_key()).value();
  authorization.y_parity = signature.y_parity ? 1 : 0;
  authorization.r = signature.r;
  authorization.s = signature.s;
  EXPECT_EQ(recover_authority(authorization), example_address());

  Authorization high = authorization;
  high.s = crypto::kSecp256k1Order - authorization.s;
  high.y_parity = U256{1} - authorization.y_parity;
  EXPECT_EQ(recover_authority(high), std::nullopt);
  authorization.y_parity = 2;
  EXPECT_EQ(recover_authority(authorization), std::nullopt);
}

// A legacy transaction whose fields are replaced one by one.
struct Fields {
  std::string nonce = "09", gas_price = "01", gas = "825208", to = "80", value = "80", data = "80",
              v = "1b", r = "01", s = "01", more = {};

  Bytes encoded() const {
    const Bytes items = hex(nonce + gas_price + gas + to + value + data + v + r + s + more);
    return codec::encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
  }
};

TEST(Transaction, DecodingNamesTheFieldThatIsWrong) {
  EXPECT_EQ(error_of(Fields{}.encoded()), "no error");
  EXPECT_EQ(error_of(Fields{.nonce = "00"}.encoded()), "nonce: has leading zeros");
  EXPECT_EQ(error_of(Fields{.nonce = "88ffffffffffffffff"}.encoded()), "no error");
  EXPECT_EQ(error_of(Fields{.gas = "89010000000000000000"}.encoded()),
            "gas: does not fit into 64 bits");
  EXPECT_EQ(error_of(Fields{.to = "01"}.encoded()), "to: has 1 bytes instead of 20");
  EXPECT_EQ(error_of(Fields{.value = "a1" + std::string(66, '1')}.encoded()),
            "value: does not fit into 256 bits");
  EXPECT_EQ(error_of(Fields{.data = "c0"}.encoded()), "data: is a list where bytes should be");
  EXPECT_EQ(error_of(Fields{.v = "1d"}.encoded()), "v: 29 is neither 27, 28 nor 35 or more");
  EXPECT_EQ(error_of(Fields{.v = "89ffffffffffffffffff"}.encoded()),
            "v: its chain id does not fit into 64 bits");
  EXPECT_EQ(error_of(Fields{.more = "01"}.encoded()), "transaction: has more items than it should");
  EXPECT_EQ(error_of(Fields{.s = ""}.encoded()), "s: is missing");
}

TEST(Transaction, DecodingRefusesUnknownTypesAndTrailingBytes) {
  EXPECT_EQ(error_of({}), "the transaction has no bytes");
  EXPECT_EQ(error_of(hex("02")), "the transaction ends after its type, 0x02");
  EXPECT_EQ(error_of(hex("05c0")), "transaction: type 0x05 is not supported");
  EXPECT_EQ(error_of(hex("00c0")), "transaction: type 0x00 is not supported");
  EXPECT_EQ(error_of(hex("7f")), "transaction: type 0x7f is not supported");
  Bytes bytes = hex(kEip155Example);
  bytes.push_back(0);
  EXPECT_EQ(error_of(bytes), "transaction: bytes follow after its end");
}

Transaction with_sidecar(BlobSidecar sidecar) {
  Transaction transaction;
  transaction.type = TransactionType::blob;
  transaction.chain_id = 1;
  transaction.sidecar = std::make_shared<const BlobSidecar>(std::move(sidecar));
  return transaction;
}

TEST(Transaction, ASidecarIsInThePoolsFormAndNotInTheHash) {
  BlobSidecar sidecar;
  sidecar.version = 1;
  sidecar.blobs = {Bytes(131'072)};
  sidecar.commitments.resize(1);
  sidecar.proofs.resize(128);
  const Transaction transaction = with_sidecar(sidecar);
  const Transaction decoded = decode_transaction(encode_pooled_transaction(transaction)).value();
  EXPECT_EQ(decoded, transaction);
  EXPECT_EQ(*decoded.sidecar, sidecar);

  const Transaction in_block = decode_transaction(encode_transaction(transaction)).value();
  EXPECT_EQ(in_block.sidecar, nullptr);
  EXPECT_NE(in_block, transaction);
  EXPECT_EQ(transaction_hash(in_block), transaction_hash(transaction));
}

TEST(Transaction, AWrapperOfUnknownVersionOrABlobOfWrongSizeIsRefused) {
  BlobSidecar sidecar;
  sidecar.version = 2;
  EXPECT_EQ(error_of(encode_pooled_transaction(with_sidecar(sidecar))),
            "wrapperVersion: 2 is unknown");
  sidecar.version = 0;
  sidecar.blobs = {Bytes(131'071)};
  EXPECT_EQ(error_of(encode_pooled_transaction(with_sidecar(sidecar))),
            "blobs: has 131071 bytes instead of 131072");
}

TEST(Transaction, TheEffectivePriceIsCappedAndDoesNotOverflow) {
  Transaction transaction;
  transaction.type = TransactionType::dynamic_fee;
  transaction.max_fee_per_gas = 100;
  transaction.max_priority_fee_per_gas = 10;
  EXPECT_EQ(effective_gas_price(transaction, U256{50}), U256{60});
  EXPECT_EQ(effective_gas_price(transaction, U256{95}), U256{100});
  EXPECT_EQ(effective_gas_price(transaction, std::nullopt), U256{100});
  transaction.max_fee_per_gas = transaction.max_priority_fee_per_gas = ~U256{};
  EXPECT_EQ(effective_gas_price(transaction, U256{95}), ~U256{});
}

}  // namespace
}  // namespace cairn::types
