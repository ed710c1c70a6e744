#pragma once
// Parameters of a dev chain's methods. Tools write the same number as a quantity, a JSON number,
// decimal text or a date: all of them are read.

#include <variant>
#include <vector>

#include "api/call_parameters.hpp"
#include "api/parameters.hpp"
#include "node/http_client.hpp"

namespace cairn::api {

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

// A point in time: seconds since 1970 as above (fractions are cut off), or a date as JavaScript's
// JSON.stringify writes it.
struct Moment {
  std::uint64_t seconds = 0;
};
Read<Moment> read_moment(JsonValue value);
template <>
struct Parameter<Moment> {
  static constexpr std::string_view kKind = "seconds since 1970, or an ISO 8601 date";
  static Read<Moment> read(JsonValue value) { return read_moment(value); }
};

// What solc wrote, in its standard JSON.
struct CompilerOutput {
  JsonValue value;
};
template <>
struct Parameter<CompilerOutput> {
  static constexpr std::string_view kKind = "anything";
  static Read<CompilerOutput> read(JsonValue value) { return CompilerOutput{value}; }
};

// Taken and not looked at.
struct UnusedJson {};
template <>
struct Parameter<UnusedJson> {
  static constexpr std::string_view kKind = "anything";
  static Read<UnusedJson> read(JsonValue /*value*/) { return UnusedJson{}; }
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

// evm_setIntervalMining: anvil's users mean seconds, Hardhat's milliseconds, and the request does
// not say which. No one wants a block every quarter of an hour, and Hardhat wants a second or more:
// from 1,000 on, and in [min, max], it is Hardhat's.
struct IntervalParameter {
  std::uint64_t milliseconds = 0;
  std::uint64_t spread = 0;  // milliseconds more at the most
  bool is_anvils = false;    // whose interval takes the place of automine
};
Read<IntervalParameter> read_interval(JsonValue value);
template <>
struct Parameter<IntervalParameter> {
  static constexpr std::string_view kKind =
      "seconds; from 1,000 on and in [min, max] milliseconds; 0: none";
  static Read<IntervalParameter> read(JsonValue value) { return read_interval(value); }
};

// anvil_reset: {forking: {jsonRpcUrl, blockNumber, httpHeaders}}.
struct ResetParameter {
  std::optional<std::string> url;
  std::optional<std::uint64_t> block;
  std::optional<node::HttpHeaders> headers;
};
Read<ResetParameter> read_reset(JsonValue value);
template <>
struct Parameter<ResetParameter> {
  static constexpr std::string_view kKind = "{forking: {jsonRpcUrl, blockNumber, httpHeaders}}";
  static Read<ResetParameter> read(JsonValue value) { return read_reset(value); }
};

// anvil_reorg: signed bytes, or an object to be signed, and the number of its block among the new.
struct ReorgTransactions {
  struct One {
    std::variant<Bytes, TransactionObject> transaction;
    std::uint64_t block = 0;
  };
  std::vector<One> list;
};
Read<ReorgTransactions> read_reorg_transactions(JsonValue value);
template <>
struct Parameter<ReorgTransactions> {
  static constexpr std::string_view kKind = "[[signed bytes or transaction object, block], ...]";
  static Read<ReorgTransactions> read(JsonValue value) { return read_reorg_transactions(value); }
};

// The depth, or both parameters of anvil_reorg in one object: {depth, txBlockPairs}.
struct ReorgParameter {
  std::uint64_t depth = 0;
  ReorgTransactions transactions;
};
Read<ReorgParameter> read_reorg(JsonValue value);
template <>
struct Parameter<ReorgParameter> {
  static constexpr std::string_view kKind = "depth";
  static Read<ReorgParameter> read(JsonValue value) { return read_reorg(value); }
};

}  // namespace cairn::api
