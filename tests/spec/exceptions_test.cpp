#include "spec/exceptions.hpp"

#include <gtest/gtest.h>

namespace cairn::spec {
namespace {

using execution::Refusal;
using execution::Refused;

Refusal refusal(Refused code, std::string message = {}) { return {code, std::move(message)}; }

TEST(Exceptions, AreTheSameInBothVocabularies) {
  EXPECT_TRUE(is_expected(refusal(Refused::sender_not_eoa), "SenderNotEOA"));
  EXPECT_TRUE(is_expected(refusal(Refused::sender_not_eoa), "TransactionException.SENDER_NOT_EOA"));
  EXPECT_FALSE(is_expected(refusal(Refused::nonce_too_low), "SenderNotEOA"));
}

TEST(Exceptions, OfASetAreMetByAnyMember) {
  const char* set =
      "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS|TransactionException.INTRINSIC_GAS_TOO_LOW";
  EXPECT_TRUE(is_expected(refusal(Refused::insufficient_funds), set));
  EXPECT_TRUE(is_expected(refusal(Refused::intrinsic_gas_too_low), set));
  EXPECT_FALSE(is_expected(refusal(Refused::nonce_too_low), set));
}

TEST(Exceptions, OfBytesMustNameTheField) {
  const char* name = "TransactionException.RLP_LEADING_ZEROS_R";
  EXPECT_TRUE(is_expected(refusal(Refused::malformed, "r: has leading zeros"), name));
  EXPECT_FALSE(is_expected(refusal(Refused::malformed, "s: has leading zeros"), name));
  EXPECT_FALSE(is_expected(refusal(Refused::malformed, "rest: has leading zeros"), name));
}

TEST(Exceptions, ThatAreUnknownAreMetByNothing) {
  EXPECT_FALSE(is_known_exception("TransactionException.NO_SUCH_THING"));
  EXPECT_FALSE(is_known_exception("SenderNotEOA|NoSuchThing"));
  EXPECT_TRUE(is_known_exception("SenderNotEOA|TransactionException.NONCE_IS_MAX"));
  EXPECT_FALSE(is_expected(refusal(Refused::sender_not_eoa), "NoSuchThing"));
}

}  // namespace
}  // namespace cairn::spec
