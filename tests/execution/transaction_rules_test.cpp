#include "execution/transaction_rules.hpp"

#include "tests/execution/story.hpp"

namespace cairn::execution::testing {
namespace {

constexpr std::uint64_t kMax64 = ~std::uint64_t{0};

// Types and form

struct TypeRow {
  TransactionType type;
  Fork last_without;
};

TEST(TransactionRules, RefuseATypeBeforeItsFork) {
  for (const auto& [type, fork] : {TypeRow{TransactionType::access_list, Fork::istanbul},
                                   TypeRow{TransactionType::dynamic_fee, Fork::berlin},
                                   TypeRow{TransactionType::blob, Fork::shanghai},
                                   TypeRow{TransactionType::set_code, Fork::cancun}}) {
    Story story(fork);
    story.of_type(type);
    EXPECT_EQ(story.refusal(), Refused::type_not_supported) << static_cast<int>(type);
    story.env.context.fork = static_cast<Fork>(static_cast<int>(fork) + 1);
    EXPECT_TRUE(story.run()) << static_cast<int>(type);
  }
}

TEST(TransactionRules, RefuseAnotherChainsTransaction) {
  Story story;
  story.transaction.chain_id = 2;
  EXPECT_EQ(story.refusal(), Refused::wrong_chain_id);
}

TEST(TransactionRules, KnowNoReplayProtectionBeforeSpuriousDragon) {
  Story story(Fork::tangerine_whistle);
  story.transaction.chain_id = 1;
  EXPECT_EQ(story.refusal(), Refused::invalid_signature);
}

TEST(TransactionRules, RefuseBlobTransactionsThatCreate) {
  Story story;
  story.of_type(TransactionType::blob);
  story.transaction.to.reset();
  EXPECT_EQ(story.refusal(), Refused::blob_transaction_creates);
}

TEST(TransactionRules, RefuseSetCodeTransactionsThatCreate) {
  Story story;
  story.of_type(TransactionType::set_code);
  story.transaction.to.reset();
  EXPECT_EQ(story.refusal(), Refused::set_code_transaction_creates);
}

TEST(TransactionRules, RefuseSetCodeTransactionsWithoutAuthorizations) {
  Story story;
  story.of_type(TransactionType::set_code);
  story.transaction.authorizations.clear();
  EXPECT_EQ(story.refusal(), Refused::no_authorizations);
}

// Gas

TEST(TransactionRules, RefuseLessThanIntrinsicGas) {
  Story story;
  story.transaction.gas_limit = 20'999;
  EXPECT_EQ(story.refusal(), Refused::intrinsic_gas_too_low);
}

TEST(TransactionRules, RefuseLessThanTheFloorOfCallDataFromPragueOn) {
  Story story(Fork::prague);
  story.transaction.data = Bytes(100, 1);
  story.transaction.gas_limit = 21'000 + 100 * 40 - 1;
  EXPECT_EQ(story.refusal(), Refused::floor_data_gas_too_low);
  story.env.context.fork = Fork::cancun;
  EXPECT_TRUE(story.run());
}

TEST(TransactionRules, RefuseTheLastNonce) {
  Story story;
  story.transaction.nonce = kMax64;
  EXPECT_EQ(story.refusal(), Refused::nonce_is_max);
}

TEST(TransactionRules, RefuseInitCodeAbove49152BytesFromShanghaiOn) {
  Story story(Fork::shanghai);
  story.transaction.to.reset();
  story.transaction.data = Bytes(49'153);
  story.transaction.gas_limit = 1'000'000;
  EXPECT_EQ(story.refusal(), Refused::init_code_too_large);
  story.transaction.data.pop_back();
  EXPECT_TRUE(story.run());
  story.transaction.data.push_back(0);
  story.env.context.fork = Fork::paris;
  EXPECT_TRUE(story.run());
}

TEST(TransactionRules, RefuseMoreThan16777216GasFromOsakaOn) {
  Story story(Fork::osaka);
  story.transaction.gas_limit = 16'777'217;
  EXPECT_EQ(story.refusal(), Refused::gas_limit_above_cap);
  story.env.gas_cap_per_transaction = false;
  EXPECT_TRUE(story.run());
  story.env.gas_cap_per_transaction = true;
  story.env.context.fork = Fork::prague;
  EXPECT_TRUE(story.run());
}

// Fees

TEST(TransactionRules, RefuseAFeeCapBelowTheBaseFee) {
  Story story;
  story.transaction.max_fee_per_gas = kBaseFee - 1;
  story.transaction.max_priority_fee_per_gas = 0;
  EXPECT_EQ(story.refusal(), Refused::fee_cap_below_base_fee);
}

TEST(TransactionRules, RefuseATipAboveTheFeeCap) {
  Story story;
  story.of_type(TransactionType::dynamic_fee);
  story.transaction.max_priority_fee_per_gas = kPrice + 1;
  EXPECT_EQ(story.refusal(), Refused::priority_fee_above_fee_cap);
}

TEST(TransactionRules, RefuseAPriceThatDoesNotFit) {
  Story story;
  story.transaction.max_fee_per_gas = ~U256{};
  EXPECT_EQ(story.refusal(), Refused::gas_price_overflow);
}

// Blobs

TEST(TransactionRules, RefuseBlobTransactionsWithoutBlobs) {
  Story story;
  story.of_type(TransactionType::blob);
  story.transaction.blob_hashes.clear();
  EXPECT_EQ(story.refusal(), Refused::no_blobs);
}

TEST(TransactionRules, RefuseMoreThanSixBlobsInATransactionFromOsakaOn) {
  Story story(Fork::osaka);
  story.of_type(TransactionType::blob);
  story.transaction.blob_hashes = std::vector(7, Story::kBlobHash);
  EXPECT_EQ(story.refusal(), Refused::too_many_blobs_in_transaction);
  story.env.context.fork = Fork::prague;  // its block takes nine
  EXPECT_TRUE(story.run());
}

TEST(TransactionRules, RefuseABlobOfAnUnknownVersion) {
  Story story;
  story.of_type(TransactionType::blob);
  story.transaction.blob_hashes = {Hash256{}};
  EXPECT_EQ(story.refusal(), Refused::invalid_blob_version);
}

TEST(TransactionRules, RefuseABlobFeeCapBelowTheBlobBaseFee) {
  Story story;
  story.of_type(TransactionType::blob);
  story.env.context.blob_base_fee = 2;
  EXPECT_EQ(story.refusal(), Refused::blob_fee_cap_below_base_fee);
}

// Signatures

types::Transaction signed_with_key_one() {
  types::Transaction transaction;
  transaction.to = kReceiver;
  transaction.signature = *crypto::sign(types::signing_hash(transaction), base::to_hash(U256{1}));
  return transaction;
}

TEST(SenderOf, IsWhoSigned) {
  const auto sender = sender_of(signed_with_key_one(), Fork::frontier, 1);
  ASSERT_TRUE(sender);
  EXPECT_EQ(*sender, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"_address);
}

TEST(SenderOf, RefusesAHighSFromHomesteadOn) {
  types::Transaction transaction = signed_with_key_one();
  const Address sender = *sender_of(transaction, Fork::frontier, 1);
  transaction.signature.s = crypto::kSecp256k1Order - transaction.signature.s;
  transaction.signature.y_parity = !transaction.signature.y_parity;
  EXPECT_EQ(*sender_of(transaction, Fork::frontier, 1), sender);
  EXPECT_EQ(sender_of(transaction, Fork::homestead, 1).error().code, Refused::invalid_signature);
}

TEST(SenderOf, RefusesAnImpossibleSignature) {
  types::Transaction transaction = signed_with_key_one();
  transaction.signature.r = 0;
  EXPECT_EQ(sender_of(transaction, Fork::osaka, 1).error().code, Refused::invalid_signature);
}

TEST(SenderOf, RefusesAnotherChainBeforeItLooksAtTheSignature) {
  types::Transaction transaction = signed_with_key_one();
  transaction.chain_id = 5;
  transaction.signature.r = 0;
  EXPECT_EQ(sender_of(transaction, Fork::osaka, 1).error().code, Refused::wrong_chain_id);
}

TEST(Refused, IsCalledAsItIsWritten) {
  EXPECT_EQ(refused_name(Refused::nonce_too_low), "nonce_too_low");
  EXPECT_EQ(refused_name(Refused::system_call_failed), "system_call_failed");
}

}  // namespace
}  // namespace cairn::execution::testing
