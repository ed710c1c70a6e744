#include "api/dev_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace cairn::api {
namespace {

constexpr double kTwoTo63 = 9'223'372'036'854'775'808.0;

// The member, or nothing where it is missing or null.
std::optional<JsonValue> member_of(const simdjson::dom::object& from, std::string_view name) {
  JsonValue member;
  if (from[name].get(member) != simdjson::SUCCESS || member.is_null()) {
    return std::nullopt;
  }
  return member;
}

// Digits of a fixed count at the front of `text`, which loses them.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  unsigned out = 0;
  if (text.size() < count) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(0, count);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), out);
  if (error != std::errc{} || end != digits.end()) {
    return std::nullopt;
  }
  text.remove_prefix(count);
  return out;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

// 2026-11-21T06:00:00Z, with fractions of a second or without; nothing for any other text.
std::optional<std::uint64_t> seconds_of_date(std::string_view text) {
  namespace time = std::chrono;
  const auto year = take_digits(text, 4);
  const auto month = year && take(text, '-') ? take_digits(text, 2) : std::nullopt;
  const auto day = month && take(text, '-') ? take_digits(text, 2) : std::nullopt;
  const auto hour = day && take(text, 'T') ? take_digits(text, 2) : std::nullopt;
  const auto minute = hour && take(text, ':') ? take_digits(text, 2) : std::nullopt;
  const auto second = minute && take(text, ':') ? take_digits(text, 2) : std::nullopt;
  if (!second) {
    return std::nullopt;
  }
  if (take(text, '.')) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      text.remove_prefix(1);
    }
  }
  const time::year_month_day date{time::year(static_cast<int>(*year)), time::month(*month),
                                  time::day(*day)};
  if (text != "Z" || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const auto moment = time::sys_days(date).time_since_epoch() + time::hours(*hour) +
                      time::minutes(*minute) + time::seconds(*second);
  const auto seconds = time::duration_cast<time::seconds>(moment).count();
  return seconds < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(seconds));
}

// {"Name": "value"}, each fit for a line of its own.
Read<node::HttpHeaders> read_headers(JsonValue value) {
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    return bad("want an object of strings");
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  node::HttpHeaders out;
  for (const auto member : from) {
    std::string_view text;
    if (member.value.get(text) != simdjson::SUCCESS || std::ranges::any_of(text, is_control)) {
      return bad("want strings of one line each");
    }
    if (member.key.empty() || member.key.find_first_of(": ") != std::string_view::npos ||
        std::ranges::any_of(member.key, is_control)) {
      return bad("want names of headers without colons and spaces");
    }
    out.emplace_back(member.key, text);
  }
  return out;
}

}  // namespace

Read<Seconds> read_seconds(JsonValue value) {
  std::int64_t seconds = 0;
  if (value.get(seconds) == simdjson::SUCCESS) {
    return Seconds{seconds};
  }
  double fractional = 0;
  if (value.get(fractional) == simdjson::SUCCESS && std::abs(fractional) < kTwoTo63) {
    return Seconds{static_cast<std::int64_t>(fractional)};
  }
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS && text.starts_with('-')) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size()) {
      return Seconds{seconds};
    }
    return bad("want a number of seconds");
  }
  CAIRN_TRY(const auto number, read_loose_number(value));
  if (number.value > U256{std::uint64_t{1} << 62}) {
    return bad("too many seconds");
  }
  return Seconds{static_cast<std::int64_t>(number.value.low64())};
}

Read<Moment> read_moment(JsonValue value) {
  double fractional = 0;
  if (value.is_double() && value.get(fractional) == simdjson::SUCCESS && fractional >= 0 &&
      fractional < kTwoTo63) {
    return Moment{static_cast<std::uint64_t>(fractional)};
  }
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS && text.find('T') != std::string_view::npos) {
    const auto date = seconds_of_date(text);
    if (!date) {
      return bad("want a date like 2026-11-21T06:00:00.000Z");
    }
    return Moment{*date};
  }
  CAIRN_TRY(const std::uint64_t seconds, read_loose64(value));
  return Moment{seconds};
}

Read<MineParameter> read_mine_parameter(JsonValue value) {
  MineParameter out;
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    CAIRN_TRY(const auto timestamp, read_moment(value));
    out.timestamp = timestamp.seconds;
    return out;
  }
  if (const auto member = member_of(from, "timestamp")) {
    CAIRN_TRY(const auto timestamp, read_moment(*member));
    out.timestamp = timestamp.seconds;
  }
  if (const auto member = member_of(from, "blocks")) {
    CAIRN_TRY(out.blocks, read_loose64(*member));
  }
  return out;
}

Read<IntervalParameter> read_interval(JsonValue value) {
  constexpr std::uint64_t kSecond = 1'000;
  constexpr std::uint64_t kYear = 365 * 86'400 * kSecond;
  simdjson::dom::array range;
  IntervalParameter out;
  if (value.get(range) == simdjson::SUCCESS) {
    if (range.size() != 2) {
      return bad("want [min, max]");
    }
    CAIRN_TRY(const std::uint64_t low, read_loose64(range.at(0).value_unsafe()));
    CAIRN_TRY(const std::uint64_t high, read_loose64(range.at(1).value_unsafe()));
    if (low > high) {
      return bad("min is above max");
    }
    out.milliseconds = high > 0 ? std::max(low, std::uint64_t{1}) : 0;
    out.spread = high - out.milliseconds;
  } else {
    CAIRN_TRY(out.milliseconds, read_loose64(value));
    out.is_anvils = out.milliseconds != 0 && out.milliseconds < kSecond;
    out.milliseconds *= out.is_anvils ? kSecond : 1;
  }
  if (out.milliseconds > kYear || out.spread > kYear) {
    return bad("more than a year");
  }
  return out;
}

Read<ResetParameter> read_reset(JsonValue value) {
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    return bad("want an object");
  }
  for (const auto member : from) {
    if (member.key != "forking") {  // a slip of the pen must not cost the chain
      return bad(fmt::format("{}: want forking and nothing else", member.key));
    }
  }
  ResetParameter out;
  const auto forking = member_of(from, "forking");
  if (!forking) {
    return out;
  }
  simdjson::dom::object fork;
  if (forking->get(fork) != simdjson::SUCCESS) {
    return bad("forking: want an object");
  }
  for (const auto member : fork) {
    if (member.key != "jsonRpcUrl" && member.key != "blockNumber" && member.key != "httpHeaders") {
      return bad(
          fmt::format("forking.{}: want jsonRpcUrl, blockNumber or httpHeaders", member.key));
    }
  }
  if (const auto url = member_of(fork, "jsonRpcUrl")) {
    CAIRN_TRY(const auto text, read_text(*url));
    out.url = std::string(text);
  }
  if (const auto block = member_of(fork, "blockNumber")) {
    CAIRN_TRY(out.block, read_loose64(*block));
  }
  if (const auto headers = member_of(fork, "httpHeaders")) {
    auto read = read_headers(*headers);
    if (!read) {
      return bad("forking.httpHeaders: " + read.error());
    }
    out.headers = *std::move(read);
  }
  return out;
}

Read<ReorgTransactions> read_reorg_transactions(JsonValue value) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) {
    return bad("want a list");
  }
  ReorgTransactions out;
  for (const JsonValue item : list) {
    simdjson::dom::array pair;
    if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) {
      return bad("want pairs of a transaction and a block");
    }
    const JsonValue transaction = pair.at(0).value_unsafe();
    ReorgTransactions::One& one = out.list.emplace_back();
    CAIRN_TRY(one.block, read_loose64(pair.at(1).value_unsafe()));
    if (transaction.is_string()) {
      CAIRN_TRY(one.transaction, read_data(transaction));
    } else {
      CAIRN_TRY(one.transaction, read_transaction_object(transaction));
    }
  }
  return out;
}

Read<ReorgParameter> read_reorg(JsonValue value) {
  ReorgParameter out;
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    CAIRN_TRY(out.depth, read_loose64(value));
    return out;
  }
  const auto depth = member_of(from, "depth");
  if (!depth) {
    return bad("depth is missing");
  }
  CAIRN_TRY(out.depth, read_loose64(*depth));
  if (const auto pairs = member_of(from, "txBlockPairs")) {
    CAIRN_TRY(out.transactions, read_reorg_transactions(*pairs));
  }
  return out;
}

}  // namespace cairn::api
