#include "execution/transaction_processor.hpp"

#include "evm/evm.hpp"
#include "tests/execution/story.hpp"

namespace cairn::execution::testing {
namespace {

// PUSH1 1 PUSH1 0 SSTORE STOP
const Bytes kStoreOne = {0x60, 0x01, 0x60, 0x00, 0x55, 0x00};
// PUSH1 0 PUSH1 0 SSTORE STOP
const Bytes kClearSlot = {0x60, 0x00, 0x60, 0x00, 0x55, 0x00};
// PUSH1 0 PUSH1 0 REVERT
const Bytes kRevert = {0x60, 0x00, 0x60, 0x00, 0xfd};
const Bytes kInvalid = {0xfe};

// Refusals by the state

TEST(Transaction, WithANonceBelowTheSendersIsRefused) {
  Story story;
  story.before[kSender].nonce = 3;
  story.transaction.nonce = 2;
  EXPECT_EQ(story.refusal(), Refused::nonce_too_low);
}

TEST(Transaction, WithANonceAheadIsRefused) {
  Story story;
  story.transaction.nonce = 1;
  EXPECT_EQ(story.refusal(), Refused::nonce_too_high);
}

TEST(Transaction, ThatTheSenderCannotPayIsRefused) {
  Story story;
  story.transaction.value = 1;
  story.before[kSender].balance = 100'000 * kPrice;
  EXPECT_EQ(story.refusal(), Refused::insufficient_funds);
  story.transaction.value = 0;
  EXPECT_TRUE(story.run());
}

TEST(Transaction, MustBePayableAtItsFeeCapNotAtItsPrice) {
  Story story;
  story.of_type(TransactionType::dynamic_fee);
  story.transaction.max_fee_per_gas = 1'000;
  story.transaction.max_priority_fee_per_gas = 0;
  story.before[kSender].balance = 100'000 * 1'000 - 1;
  EXPECT_EQ(story.refusal(), Refused::insufficient_funds);
}

TEST(Transaction, MustBePayableWithItsBlobs) {
  Story story;
  story.of_type(TransactionType::blob);
  story.transaction.max_fee_per_blob_gas = 2;
  story.before[kSender].balance = 100'000 * kPrice + 2 * kGasPerBlob - 1;
  EXPECT_EQ(story.refusal(), Refused::insufficient_funds);
}

TEST(Transaction, OfAContractIsRefused) {
  Story story;
  story.before[kSender].code = kStoreOne;
  EXPECT_EQ(story.refusal(), Refused::sender_not_eoa);
}

TEST(Transaction, OfADelegatedAccountIsAccepted) {
  Story story;
  story.before[kSender].code = Bytes{0xef, 0x01, 0x00};
  story.before[kSender].code.resize(23);
  EXPECT_TRUE(story.run());
}

TEST(Transaction, AboveWhatTheBlockHasLeftIsRefused) {
  Story story;
  story.used_before.gas = story.env.context.gas_limit - 99'999;
  EXPECT_EQ(story.refusal(), Refused::gas_limit_above_block);
  story.used_before.gas -= 1;
  EXPECT_TRUE(story.run());
}

TEST(Transaction, WithBlobsAboveWhatTheBlockHasLeftIsRefused) {
  Story story;
  story.of_type(TransactionType::blob);
  story.used_before.blob_gas = 9 * kGasPerBlob;
  EXPECT_EQ(story.refusal(), Refused::too_many_blobs_in_block);
}

TEST(Transaction, ThatIsRefusedLeavesNoTrace) {
  Story story;
  story.transaction.nonce = 1;
  story.refusal();
  EXPECT_EQ(story.after(kSender).balance, U256{kEther});
  EXPECT_EQ(story.after(kSender).nonce, 0u);
  EXPECT_FALSE(story.exists_after(kCoinbase));
}

// Fees

TEST(Transaction, PaysTipToTheCoinbaseAndBurnsTheBaseFee) {
  Story story;
  story.transaction.value = 7;
  EXPECT_EQ(story.gas_used(), 21'000u);
  EXPECT_EQ(story.after(kSender).balance, U256{kEther - 7 - 21'000 * kPrice});
  EXPECT_EQ(story.after(kReceiver).balance, U256{7});
  EXPECT_EQ(story.after(kCoinbase).balance, U256{21'000 * (kPrice - kBaseFee)});
  EXPECT_EQ(story.after(kSender).nonce, 1u);
}

TEST(Transaction, PaysAllToTheCoinbaseBeforeLondon) {
  Story story(Fork::berlin);
  story.run();
  EXPECT_EQ(story.after(kCoinbase).balance, U256{21'000 * kPrice});
}

TEST(Transaction, OfTypeTwoPaysNoMoreTipThanItOffers) {
  Story story;
  story.of_type(TransactionType::dynamic_fee);
  story.transaction.max_priority_fee_per_gas = 2;
  EXPECT_EQ(story.run()->effective_gas_price, U256{kBaseFee + 2});
  EXPECT_EQ(story.after(kCoinbase).balance, U256{21'000 * 2});
}

TEST(Transaction, BurnsTheBlobFee) {
  Story story;
  story.of_type(TransactionType::blob);
  story.env.context.blob_base_fee = 3;
  story.transaction.max_fee_per_blob_gas = 5;
  story.run();
  EXPECT_EQ(story.after(kSender).balance, U256{kEther - 21'000 * kPrice - 3 * kGasPerBlob});
}

TEST(Transaction, WithATipOfZeroMakesNoCoinbaseFromSpuriousDragonOn) {
  for (const auto& [fork, made] :
       {std::pair{Fork::tangerine_whistle, true}, {Fork::spurious_dragon, false}}) {
    Story story(fork);
    story.transaction.max_fee_per_gas = 0;
    story.transaction.max_priority_fee_per_gas = 0;
    EXPECT_TRUE(story.run());
    EXPECT_EQ(story.exists_after(kCoinbase), made);
  }
}

// Outcomes

TEST(Transaction, ThatRevertsKeepsItsFeeAndNonceAndNothingElse) {
  Story story;
  story.before[kReceiver].code = kRevert;
  story.transaction.value = 9;
  const auto outcome = story.run();
  EXPECT_EQ(outcome->status, evm::Status::revert);
  EXPECT_FALSE(outcome->receipt.success);
  EXPECT_EQ(story.after(kReceiver).balance, U256{});
  EXPECT_EQ(story.after(kSender).nonce, 1u);
  EXPECT_EQ(story.after(kSender).balance, U256{kEther} - U256{outcome->gas_used * kPrice});
}

TEST(Transaction, ThatHaltsExceptionallyUsesItsWholeLimit) {
  Story story;
  story.before[kReceiver].code = kInvalid;
  EXPECT_EQ(story.gas_used(), 100'000u);
}

TEST(Transaction, CountsItsGasAfterThatOfTheBlock) {
  Story story;
  story.used_before.gas = 1'000;
  EXPECT_EQ(story.run()->receipt.cumulative_gas_used, 22'000u);
}

TEST(Transaction, CreatesAContractAtTheAddressOfItsNonce) {
  Story story;
  story.before[kSender].nonce = 4;
  story.transaction.nonce = 4;
  story.transaction.to.reset();
  story.transaction.data = {0x60, 0x01, 0x60, 0x00, 0xf3};  // returns one zero byte
  const auto outcome = story.run();
  EXPECT_EQ(outcome->created, evm::create_address(kSender, 4));
  EXPECT_EQ(story.code_after(*outcome->created), Bytes{0x00});
  EXPECT_EQ(story.after(kSender).nonce, 5u);
}

// Refunds and floors

TEST(Transaction, GetsAFifthOfItsGasBackAtMostFromLondonOn) {
  Story story(Fork::london);
  story.before[kReceiver].code = kClearSlot;
  story.before[kReceiver].storage[0] = 1;
  const auto outcome = story.run();
  const std::uint64_t spent = 21'000 + 2 * 3 + 5'000;
  EXPECT_EQ(outcome->gas_spent_peak, spent);
  EXPECT_EQ(outcome->gas_used, spent - 4'800);  // EIP-3529: a fifth would be 5,201
  EXPECT_EQ(story.slot_after(kReceiver, 0), U256{});
}

TEST(Transaction, GetsHalfOfItsGasBackAtMostBeforeLondon) {
  Story story(Fork::berlin);
  story.before[kReceiver].code = kClearSlot;
  story.before[kReceiver].storage[0] = 1;
  EXPECT_EQ(story.gas_used(), (21'000 + 2 * 3 + 5'000) - (21'000 + 2 * 3 + 5'000) / 2);
}

TEST(Transaction, PaysTheFloorForItsCallDataFromPragueOn) {
  Story story(Fork::prague);
  story.transaction.data = Bytes(100, 1);
  EXPECT_EQ(story.gas_used(), 21'000u + 100 * 40);
  story.env.context.fork = Fork::cancun;
  EXPECT_EQ(story.gas_used(), 21'000u + 100 * 16);
}

// Warmth

TEST(Transaction, WarmsItsAccessList) {
  Story story;
  story.of_type(TransactionType::access_list);
  story.before[kReceiver].code = kStoreOne;
  const std::uint64_t cold = story.gas_used();
  story.transaction.access_list = {{kReceiver, {Hash256{}}}};
  EXPECT_EQ(story.gas_used(), cold - 2'100 + 2'400 + 1'900);
}

TEST(Transaction, WarmsTheCoinbaseFromShanghaiOn) {
  Story story(Fork::paris);
  story.before[kReceiver].code = {0x41, 0x31, 0x00};  // COINBASE BALANCE STOP
  const std::uint64_t cold = story.gas_used();
  story.env.context.fork = Fork::shanghai;
  EXPECT_EQ(story.gas_used(), cold - 2'500);
}

TEST(Transaction, FindsPrecompilesWarm) {
  Story story;
  story.before[kReceiver].code = {0x60, 0x01, 0x31, 0x00};  // PUSH1 1 BALANCE STOP
  EXPECT_EQ(story.gas_used(), 21'000u + 3 + 100);
}

// What a call of JSON-RPC leaves out

TEST(Leniency, OfBalanceMakesGasFree) {
  Story story;
  story.before[kSender].balance = 5;
  story.transaction.value = 5;
  story.leniency.balance = true;
  EXPECT_EQ(story.gas_used(), 21'000u);
  EXPECT_EQ(story.after(kReceiver).balance, U256{5});
  EXPECT_FALSE(story.exists_after(kCoinbase));
}

TEST(Leniency, OfNonceTakesAny) {
  Story story;
  story.transaction.nonce = 77;
  story.leniency.nonce = true;
  EXPECT_TRUE(story.run());
  EXPECT_EQ(story.after(kSender).nonce, 1u);
}

TEST(Leniency, OfTheBaseFeeLetsAPriceOfZeroPass) {
  Story story;
  story.transaction.max_fee_per_gas = 0;
  story.transaction.max_priority_fee_per_gas = 0;
  story.before[kReceiver].code = {0x48, 0x60, 0x00, 0x55, 0x00};  // slot 0 = BASEFEE
  EXPECT_EQ(story.refusal(), Refused::fee_cap_below_base_fee);
  story.leniency.base_fee = true;
  EXPECT_TRUE(story.run());
  EXPECT_EQ(story.slot_after(kReceiver, 0), U256{});
}

TEST(Leniency, OfSenderCodeLetsContractsSend) {
  Story story;
  story.before[kSender].code = kStoreOne;
  story.leniency.sender_code = true;
  EXPECT_TRUE(story.run());
}

TEST(Leniency, OfTheGasCapLetsLargeCallsPass) {
  Story story;
  story.transaction.gas_limit = kMaxTransactionGas + 1;
  story.leniency.gas_cap = true;
  EXPECT_TRUE(story.run());
}

}  // namespace
}  // namespace cairn::execution::testing
