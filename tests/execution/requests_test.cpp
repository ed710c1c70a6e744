#include "execution/requests.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "types/header.hpp"

namespace cairn::execution {
namespace {

constexpr Address kContract = "0x00000000219ab540356cbb839cbe05303d7705fa"_address;
constexpr Hash256 kEvent =
    "0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5"_hash;

void put_word(Bytes& data, std::size_t at, std::uint64_t value) {
  base::store_be(data.data() + at, U256{value});
}

// The ABI form of DepositEvent, every byte of a field being the field's number.
Bytes event_data() {
  Bytes data(576);
  std::size_t head = 0;
  std::uint8_t number = 1;
  for (const auto& [offset, size] :
       {std::pair<std::size_t, std::size_t>{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}}) {
    put_word(data, head, offset);
    put_word(data, offset, size);
    std::fill_n(data.begin() + static_cast<std::ptrdiff_t>(offset + 32), size, number++);
    head += 32;
  }
  return data;
}

types::Receipt receipt_of(types::Log log) {
  types::Receipt receipt;
  receipt.logs = {std::move(log)};
  return receipt;
}

TEST(Deposits, AreTheFieldsOfTheEventOneAfterTheOther) {
  const std::vector receipts = {receipt_of({kContract, {kEvent}, event_data()})};
  const auto deposits = deposits_of(receipts, kContract);
  ASSERT_TRUE(deposits);
  Bytes expected;
  expected.insert(expected.end(), 48, 1);
  expected.insert(expected.end(), 32, 2);
  expected.insert(expected.end(), 8, 3);
  expected.insert(expected.end(), 96, 4);
  expected.insert(expected.end(), 8, 5);
  EXPECT_EQ(*deposits, expected);
}

TEST(Deposits, AreOfTheContractAndTheEventAlone) {
  const std::vector receipts = {receipt_of({Address{}, {kEvent}, event_data()}),
                                receipt_of({kContract, {Hash256{}}, event_data()}),
                                receipt_of({kContract, {}, event_data()})};
  EXPECT_EQ(deposits_of(receipts, kContract), Bytes{});
}

TEST(Deposits, WithAnotherLayoutAreRefused) {
  for (const std::size_t at : {31u, 95u, 191u, 543u}) {  // the last bytes of offsets and lengths
    Bytes data = event_data();
    data[at] ^= 1;
    const std::vector receipts = {receipt_of({kContract, {kEvent}, data})};
    const auto deposits = deposits_of(receipts, kContract);
    ASSERT_FALSE(deposits) << at;
    EXPECT_EQ(deposits.error().code, Refused::invalid_deposit_event);
  }
  Bytes longer = event_data();
  longer.resize(608);
  EXPECT_FALSE(deposits_of(std::vector{receipt_of({kContract, {kEvent}, longer})}, kContract));
}

TEST(RequestsHash, OfNoRequestsIsTheHashOfNothing) {
  EXPECT_EQ(requests_hash({}), types::kEmptyRequestsHash);
}

TEST(RequestsHash, DependsOnTheOrder) {
  const Bytes a = {0x00, 0x01};
  const Bytes b = {0x01, 0x01};
  EXPECT_NE(requests_hash(std::vector{a, b}), requests_hash(std::vector{b, a}));
}

}  // namespace
}  // namespace cairn::execution
