#include "types/fork_fields.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/rlp.hpp"

namespace cairn::types {
namespace {

constexpr std::size_t kFieldsOfFrontier = 15;

std::size_t fields_in(const Header& header) {
  const Bytes bytes = encode_header(header);
  auto list = codec::read_rlp_list(bytes, "header").value();
  std::size_t count = 0;
  for (; !list.at_end(); ++count) {
    (void)list.string("field").value();
  }
  return count;
}

TEST(ForkFields, AreThereFromTheirForkOn) {
  const std::map<Fork, std::size_t> more{{Fork::berlin, 0},   {Fork::london, 1}, {Fork::paris, 1},
                                         {Fork::shanghai, 2}, {Fork::cancun, 5}, {Fork::prague, 6},
                                         {Fork::osaka, 6}};
  for (const auto& [fork, count] : more) {
    EXPECT_EQ(fields_in(with_fork_fields({}, fork)), kFieldsOfFrontier + count) << fork_name(fork);
  }
}

// No field of a header is outside the table, and none twice.
TEST(ForkFields, GoThroughRlpEachInItsPlace) {
  Header header = with_fork_fields({}, kLatestFork);
  std::uint8_t next = 1;
  for_each_fork_field([&]<class T>(const ForkField<T>& field) {
    T value{};
    if constexpr (std::is_same_v<T, Hash256>) {
      value[0] = next++;
    } else {
      value = next++;
    }
    header.*field.member = value;
  });
  EXPECT_EQ(decode_header(encode_header(header)), header);
  EXPECT_EQ(header.base_fee_per_gas, U256{1});
  EXPECT_EQ(header.requests_hash.value()[0], 6);
}

TEST(ForkFields, AreKnownByNameWhereOneIsWrong) {
  const Bytes bytes = codec::encode_rlp([](auto& sink) {
    sink.list([](auto& list) {
      const Header plain;
      for (const BytesView field : {BytesView(plain.parent_hash), BytesView(plain.ommers_hash),
                                    BytesView(plain.beneficiary), BytesView(plain.state_root),
                                    BytesView(plain.transactions_root),
                                    BytesView(plain.receipts_root), BytesView(plain.logs_bloom)}) {
        list.string(field);
      }
      for (int i = 0; i < 5; ++i) {  // difficulty to timestamp
        list.number(std::uint64_t{0});
      }
      list.string(BytesView{});  // extraData
      list.string(plain.prev_randao);
      list.string(plain.nonce);
      list.number(std::uint64_t{7});    // baseFeePerGas
      list.number(std::uint64_t{700});  // withdrawalsRoot
    });
  });
  const auto decoded = decode_header(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find("withdrawalsRoot"), std::string::npos)
      << decoded.error().message;
}

}  // namespace
}  // namespace cairn::types
