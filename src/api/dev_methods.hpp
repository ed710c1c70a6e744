#pragma once
// Methods of a dev chain alone: time, mining, snapshots, balances (the sets of anvil and Hardhat).

#include "api/method.hpp"

namespace cairn::api {

// Tools write numbers here as quantities, JSON numbers or decimal text.
struct LooseNumber {
  U256 value;
};
Read<LooseNumber> read_loose_number(JsonValue value);
template <>
struct Parameter<LooseNumber> {
  static constexpr std::string_view kKind = "quantity, number or decimal text";
  static Read<LooseNumber> read(JsonValue value) { return read_loose_number(value); }
};

// Seconds, which may be negative.
struct Seconds {
  std::int64_t value = 0;
};
Read<Seconds> read_seconds(JsonValue value);
template <>
struct Parameter<Seconds> {
  static constexpr std::string_view kKind = "seconds";
  static Read<Seconds> read(JsonValue value) { return read_seconds(value); }
};

// evm_mine: a timestamp, or {timestamp, blocks}.
struct MineParameter {
  std::optional<std::uint64_t> timestamp;
  std::uint64_t blocks = 1;
};
Read<MineParameter> read_mine_parameter(JsonValue value);
template <>
struct Parameter<MineParameter> {
  static constexpr std::string_view kKind = "timestamp, or {timestamp, blocks}";
  static Read<MineParameter> read(JsonValue value) { return read_mine_parameter(value); }
};

Answer evm_snapshot(Context& context);
Answer evm_revert(Context& context, const LooseNumber& snapshot);
Answer evm_mine(Context& context, const std::optional<MineParameter>& order);
Answer hardhat_mine(Context& context, const std::optional<LooseNumber>& blocks,
                    const std::optional<LooseNumber>& interval);
Answer evm_increase_time(Context& context, const Seconds& seconds);
Answer evm_set_next_block_timestamp(Context& context, const LooseNumber& timestamp);
Answer evm_set_automine(Context& context, const bool& on);
Answer hardhat_get_automine(Context& context);
Answer set_balance(Context& context, const Address& address, const LooseNumber& wei);
Answer hardhat_metadata(Context& context);

}  // namespace cairn::api
