#include "execution/authorizations.hpp"

#include "tests/execution/story.hpp"

namespace cairn::execution::testing {
namespace {

const Hash256 kKey = base::to_hash(U256{1});
constexpr Address kAuthority = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"_address;
constexpr Address kTarget = "0x3000000000000000000000000000000000000003"_address;

types::Authorization signed_by_authority(const Address& target, std::uint64_t nonce,
                                         std::uint64_t chain_id = 1) {
  types::Authorization authorization{
      .chain_id = chain_id, .address = target, .nonce = nonce, .y_parity = 0, .r = 0, .s = 0};
  const auto signature = *crypto::sign(types::authorization_hash(authorization), kKey);
  authorization.y_parity = signature.y_parity ? 1 : 0;
  authorization.r = signature.r;
  authorization.s = signature.s;
  return authorization;
}

Bytes delegation_to(const Address& target) {
  Bytes code = {0xef, 0x01, 0x00};
  base::append(code, target);
  return code;
}

class Authorizations : public ::testing::Test {
 protected:
  Authorizations() {
    story.of_type(TransactionType::set_code);
    story.transaction.gas_limit = 200'000;
  }
  std::uint64_t run_with(std::vector<types::Authorization> authorizations) {
    story.transaction.authorizations = std::move(authorizations);
    return story.gas_used();
  }

  Story story;
};

TEST_F(Authorizations, DelegateTheAccountOfTheSigner) {
  EXPECT_EQ(run_with({signed_by_authority(kTarget, 0)}), 21'000u + 25'000);
  EXPECT_EQ(story.code_after(kAuthority), delegation_to(kTarget));
  EXPECT_EQ(story.after(kAuthority).nonce, 1u);
}

TEST_F(Authorizations, OfAnAccountThatIsThereGetHalfTheirGasBack) {
  story.before[kAuthority].balance = 1;
  // The refund of 12,500 is bounded by a fifth of 46,000.
  EXPECT_EQ(run_with({signed_by_authority(kTarget, 0)}), 46'000u - 9'200);
}

TEST_F(Authorizations, ToTheZeroAddressClearTheDelegation) {
  story.before[kAuthority].code = delegation_to(kTarget);
  run_with({signed_by_authority(Address{}, 0)});
  EXPECT_FALSE(story.after(kAuthority).has_code());
}

TEST_F(Authorizations, WithAWrongNonceAreSkipped) {
  run_with({signed_by_authority(kTarget, 1)});
  EXPECT_FALSE(story.exists_after(kAuthority));
}

TEST_F(Authorizations, ForAnotherChainAreSkippedAndForAnyChainAreNot) {
  run_with({signed_by_authority(kTarget, 0, 2)});
  EXPECT_FALSE(story.exists_after(kAuthority));
  run_with({signed_by_authority(kTarget, 0, 0)});
  EXPECT_EQ(story.code_after(kAuthority), delegation_to(kTarget));
}

TEST_F(Authorizations, OfContractsAreSkipped) {
  story.before[kAuthority].code = {0x00};
  run_with({signed_by_authority(kTarget, 0)});
  EXPECT_EQ(story.code_after(kAuthority), Bytes{0x00});
}

TEST_F(Authorizations, WithAnImpossibleSignatureAreSkipped) {
  types::Authorization authorization = signed_by_authority(kTarget, 0);
  authorization.y_parity = 2;
  run_with({authorization});
  EXPECT_FALSE(story.exists_after(kAuthority));
}

TEST_F(Authorizations, OfOneSignerFollowEachOther) {
  run_with({signed_by_authority(kTarget, 0), signed_by_authority(kReceiver, 1)});
  EXPECT_EQ(story.code_after(kAuthority), delegation_to(kReceiver));
  EXPECT_EQ(story.after(kAuthority).nonce, 2u);
}

TEST_F(Authorizations, StandEvenIfTheCallReverts) {
  story.before[kReceiver].code = {0x60, 0x00, 0x60, 0x00, 0xfd};
  story.transaction.authorizations = {signed_by_authority(kTarget, 0)};
  EXPECT_FALSE(story.run()->receipt.success);
  EXPECT_EQ(story.code_after(kAuthority), delegation_to(kTarget));
}

TEST_F(Authorizations, LetACallOfTheSignerRunTheTargetsCode) {
  story.before[kTarget].code = {0x60, 0x07, 0x60, 0x00, 0x55, 0x00};  // slot 0 = 7
  story.transaction.to = kAuthority;
  run_with({signed_by_authority(kTarget, 0)});
  EXPECT_EQ(story.slot_after(kAuthority, 0), U256{7});
}

}  // namespace
}  // namespace cairn::execution::testing
