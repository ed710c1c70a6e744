#include "chain/record.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "codec/rlp.hpp"
#include "types/header.hpp"

namespace cairn::chain {
namespace {

const Address kSomebody = "0x00000000000000000000000000000000005eb0d1"_address;

state::Changeset some_changes() {
  state::Changeset out;
  types::Account after;
  after.balance = 7;
  out.accounts[kSomebody].after = after;
  out.accounts[kSomebody].slots[1] = {.before = 0, .after = 5};
  return out;
}

Settings some_settings() {
  Settings out;
  out.clock_offset = -3'600;
  out.automine = false;
  out.mining_interval = 2'000;
  out.mining_spread = 500;
  out.coinbase = kSomebody;
  out.timestamp_interval = 12;
  out.instance_id[3] = 9;
  out.next_timestamp = 1'900'000'000;
  out.next_base_fee = U256{5};
  out.next_prev_randao = Hash256{};
  out.minimum_gas_price = 7;
  out.chain_id = 99;
  out.impersonated = {kSomebody};
  out.impersonate_all = true;
  out.logging = false;
  out.covered = {.mining = MiningMode{.automine = true, .interval = 7, .spread = 3},
                 .impersonate_all = false,
                 .gas_limit = 25'000'000};
  return out;
}

std::vector<Record> one_of_each() {
  return {BlockRecord{.number = 300,
                      .hash = types::kEmptyTrieRoot,
                      .changes = some_changes(),
                      .impersonations = {{.index = 2, .sender = kSomebody}}},
          CheatRecord{some_changes()}, TruncateRecord{12},
          SettingsRecord{.before = {}, .after = some_settings()}};
}

TEST(Record, EveryKindComesBackAsItWasWritten) {
  for (const Record& record : one_of_each()) {
    const Bytes bytes = encode_record(record);
    const auto again = decode_record(bytes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->index(), record.index());
    EXPECT_EQ(encode_record(*again), bytes);
  }
  const auto settings = decode_record(encode_record(one_of_each()[3]));
  EXPECT_EQ(std::get<SettingsRecord>(*settings).after, some_settings());
  const auto block = decode_record(encode_record(one_of_each()[0]));
  EXPECT_EQ(std::get<BlockRecord>(*block).impersonations[0].sender, kSomebody);
}

TEST(Record, FirstByteIsTheKindThatTheFormatNames) {
  std::uint8_t kind = 1;
  for (const Record& record : one_of_each()) {
    EXPECT_EQ(encode_record(record)[0], kind++);
  }
  EXPECT_EQ(base::to_hex(encode_record(TruncateRecord{12})), "0x03c10c");
}

TEST(Record, TornAtAnyByteIsRefused) {
  for (const Record& record : one_of_each()) {
    const Bytes bytes = encode_record(record);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_record(BytesView(bytes).first(size))) << size;
    }
  }
}

TEST(Record, ForeignBytesAreRefused) {
  for (const Record& record : one_of_each()) {
    Bytes bytes = encode_record(record);
    bytes.push_back(0);
    EXPECT_FALSE(decode_record(bytes));
    bytes.pop_back();
    bytes[0] = 9;
    const auto unknown = decode_record(bytes);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message, "record: an unknown kind");
  }
}

// Settings of a program that knew none of the last five fields.
TEST(Settings, OfAnOlderProgramHaveTheirDefaults) {
  const Bytes older = codec::encode_rlp([](auto& sink) {
    sink.list([](auto& fields) {
      fields.number(std::uint64_t{5});
      fields.number(std::uint64_t{0});
      fields.number(std::uint64_t{0});
      fields.string(kSomebody);
      fields.number(std::uint64_t{30'000'000});
      fields.list([](auto&) {});
      fields.string(Hash256{});
      for (int option = 0; option < 3; ++option) {
        fields.list([](auto&) {});
      }
    });
  });
  const auto settings = decode_settings(older);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->clock_offset, 5);
  EXPECT_EQ(settings->gas_limit, 30'000'000u);
  EXPECT_FALSE(settings->chain_id);
  EXPECT_TRUE(settings->impersonated.empty());
  EXPECT_TRUE(settings->logging);
}

TEST(Settings, AreKeptOverARevertWhereTheyBelongToNoMoment) {
  Settings past;
  past.automine = true;
  const Settings after = standing_over(past, some_settings());
  EXPECT_FALSE(after.automine);
  EXPECT_EQ(after.mining(), some_settings().mining());
  EXPECT_EQ(after.covered.mining, some_settings().covered.mining);
  EXPECT_FALSE(after.next_timestamp);
  EXPECT_EQ(after.impersonated, some_settings().impersonated);
  EXPECT_EQ(after.chain_id, 99u);
}

}  // namespace
}  // namespace cairn::chain
