#include "api/log_methods.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/objects.hpp"

namespace cairn::api {
namespace {

constexpr std::size_t kMostTopics = 4;
constexpr std::size_t kMostAlternatives = 1'000;  // addresses, or topics of one position

template <class T>
Read<std::vector<T>> one_or_many(JsonValue value, std::string_view name) {
  std::vector<T> out;
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    auto one = Parameter<T>::read(value);
    if (!one) {
      return bad(fmt::format("{}: {}", name, one.error()));
    }
    out.push_back(*one);
    return out;
  }
  if (items.size() > kMostAlternatives) {
    return bad(fmt::format("{}: at most {} entries", name, kMostAlternatives));
  }
  for (const JsonValue item : items) {
    auto one = Parameter<T>::read(item);
    if (!one) {
      return bad(fmt::format("{}[{}]: {}", name, out.size(), one.error()));
    }
    out.push_back(*one);
  }
  return out;
}

// A null inside a position's list, as a null position, matches every topic.
bool has_null(JsonValue value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    return value.is_null();
  }
  return std::ranges::any_of(items, [](JsonValue item) { return item.is_null(); });
}

Read<std::vector<std::vector<Hash256>>> read_topics(JsonValue value) {
  simdjson::dom::array positions;
  if (value.get(positions) != simdjson::SUCCESS) {
    return bad("topics: want an array");
  }
  if (positions.size() > kMostTopics) {
    return bad(fmt::format("topics: at most {} positions", kMostTopics));
  }
  std::vector<std::vector<Hash256>> out;
  for (const JsonValue position : positions) {
    if (has_null(position)) {
      out.emplace_back();
      continue;
    }
    CAIRN_TRY(auto choices, one_or_many<Hash256>(position, fmt::format("topics[{}]", out.size())));
    out.push_back(std::move(choices));
  }
  return out;
}

Read<std::optional<BlockId>> read_bound(const simdjson::dom::object& from, std::string_view name,
                                        bool loosely) {
  JsonValue value;
  if (from[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::optional<BlockId>{};
  }
  auto bound = loosely ? Parameter<BlockNumber>::read_loosely(value) : read_block_number(value);
  if (!bound) {
    return bad(fmt::format("{}: {}", name, bound.error()));
  }
  return std::optional<BlockId>{bound->id};
}

// Blocks first to last.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::uint64_t number_of(const BlockId& id, const chain::ChainView& chain, const Limits& limits) {
  if (const auto* number = std::get_if<std::uint64_t>(&id.what)) {
    return *number;
  }
  const auto* tag = std::get_if<BlockTag>(&id.what);
  return tag == nullptr ? chain.number() : number_of(*tag, chain.number(), limits);
}

RpcResult<Range> range_of(const LogFilterObject& filter, const chain::ChainView& chain,
                          const Limits& limits) {
  CAIRN_CHECK(check_bounds(filter));
  if (filter.block_hash) {
    const auto number = chain.number_of(*filter.block_hash);
    if (!number) {
      return rpc_fail(RpcCode::server, "unknown block");
    }
    return Range{*number, *number};
  }
  Range range{number_of(filter.from.value_or(BlockId{}), chain, limits),
              number_of(filter.to.value_or(BlockId{}), chain, limits)};
  if (limits.loose_log_bounds && range.first <= chain.number()) {
    range.last = std::min(range.last, chain.number());
  }
  if (range.first > chain.number() || range.last > chain.number()) {
    return rpc_fail(RpcCode::invalid_params, "block range extends beyond current head block");
  }
  if (range.first > range.last) {
    return rpc_fail(RpcCode::invalid_params, "invalid block range params");
  }
  return range;
}

}  // namespace

Read<LogFilterObject> read_log_filter(JsonValue value, bool loosely) {
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    return bad("want an object");
  }
  LogFilterObject out;
  JsonValue member;
  if (from["blockHash"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    auto hash = read_hash(member);
    if (!hash) {
      return bad(fmt::format("blockHash: {}", hash.error()));
    }
    out.block_hash = *hash;
  }
  CAIRN_TRY(out.from, read_bound(from, "fromBlock", loosely));
  CAIRN_TRY(out.to, read_bound(from, "toBlock", loosely));
  if (from["address"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    CAIRN_TRY(out.filter.addresses, one_or_many<Address>(member, "address"));
  }
  if (from["topics"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    CAIRN_TRY(out.filter.topics, read_topics(member));
  }
  return out;
}

RpcResult<void> check_bounds(const LogFilterObject& filter) {
  if (filter.block_hash && (filter.from || filter.to)) {
    return rpc_fail(RpcCode::invalid_params,
                    "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, "
                    "choose one or the other");
  }
  for (const auto& bound : {filter.from, filter.to}) {
    if (bound && bound->is_pending()) {
      return rpc_fail(RpcCode::invalid_params, "pending logs are not supported");
    }
  }
  return {};
}

LogFilterObject loosened(LogFilterObject filter, const Limits& limits) {
  for (std::optional<BlockId>* bound : {&filter.from, &filter.to}) {
    if (limits.loose_log_bounds && *bound && (*bound)->is_pending()) {
      (*bound)->what = BlockTag::latest;
    }
  }
  return filter;
}

std::optional<std::uint64_t> fixed_number(const std::optional<BlockId>& bound) {
  if (!bound) {
    return std::nullopt;
  }
  if (const auto* number = std::get_if<std::uint64_t>(&bound->what)) {
    return *number;
  }
  return bound->what == decltype(bound->what){BlockTag::earliest} ? std::optional<std::uint64_t>{0}
                                                                  : std::nullopt;
}

Answer eth_get_logs(Context& context, const LogFilterObject& filter) {
  const auto chain = context.node.head();
  CAIRN_TRY(const auto range, range_of(loosened(filter, context.limits), *chain, context.limits));
  CAIRN_TRY(const auto logs, as_rpc(chain::find_logs(*chain, filter.filter, range.first, range.last,
                                                     context.limits.logs)));
  JsonWriter out;
  out.begin_array();
  for (const auto& log : logs) {
    write_log(out, log);
  }
  out.end_array();
  return std::move(out).take();
}

}  // namespace cairn::api
