#include "execution/intrinsic_gas.hpp"

#include <gtest/gtest.h>

namespace cairn::execution {
namespace {

using types::Fork;

types::Transaction call_with(Bytes data) {
  types::Transaction transaction;
  transaction.to = Address{};
  transaction.data = std::move(data);
  return transaction;
}

TEST(IntrinsicGas, OfATransferIs21000) {
  EXPECT_EQ(intrinsic_gas(call_with({}), Fork::frontier).intrinsic, 21'000u);
  EXPECT_EQ(intrinsic_gas(call_with({}), Fork::osaka).intrinsic, 21'000u);
}

TEST(IntrinsicGas, OfDataFellWithIstanbul) {
  const auto transaction = call_with({0, 0, 1});
  EXPECT_EQ(intrinsic_gas(transaction, Fork::petersburg).intrinsic, 21'000u + 2 * 4 + 68);
  EXPECT_EQ(intrinsic_gas(transaction, Fork::istanbul).intrinsic, 21'000u + 2 * 4 + 16);
}

TEST(IntrinsicGas, OfACreationRoseWithHomesteadAndShanghai) {
  types::Transaction transaction = call_with(Bytes(33));
  transaction.to.reset();
  EXPECT_EQ(intrinsic_gas(transaction, Fork::frontier).intrinsic, 21'000u + 33 * 4);
  EXPECT_EQ(intrinsic_gas(transaction, Fork::homestead).intrinsic, 53'000u + 33 * 4);
  EXPECT_EQ(intrinsic_gas(transaction, Fork::shanghai).intrinsic, 53'000u + 33 * 4 + 2 * 2);
}

TEST(IntrinsicGas, CountsAccessListsAndAuthorizations) {
  types::Transaction transaction = call_with({});
  transaction.access_list = {{Address{}, {Hash256{}, Hash256{}}}, {Address{}, {}}};
  transaction.authorizations = {{}, {}, {}};
  EXPECT_EQ(intrinsic_gas(transaction, Fork::prague).intrinsic,
            21'000u + 2 * 2'400 + 2 * 1'900 + 3 * 25'000);
}

TEST(IntrinsicGas, HasAFloorFromPragueOn) {
  const auto transaction = call_with({0, 0, 1});
  EXPECT_EQ(intrinsic_gas(transaction, Fork::cancun).floor, 0u);
  EXPECT_EQ(intrinsic_gas(transaction, Fork::prague).floor, 21'000u + 10 * (2 + 4));
}

}  // namespace
}  // namespace cairn::execution
