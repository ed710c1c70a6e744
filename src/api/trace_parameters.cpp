#include "api/trace_parameters.hpp"

#include <array>
#include <cmath>

#include "api/json_members.hpp"

namespace cairn::api {
namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};

// Longer names first: "ms" is not minutes.
constexpr std::array<Unit, 7> kUnits = {{{"ns", 1e-6},
                                         {"us", 1e-3},
                                         {"\xc2\xb5s", 1e-3},
                                         {"ms", 1},
                                         {"s", 1e3},
                                         {"m", 6e4},
                                         {"h", 3.6e6}}};

Read<types::Json> read_tree(JsonValue value) {
  auto tree = types::parse_json(simdjson::minify(value));
  if (!tree) {
    return bad(tree.error().message);
  }
  return *std::move(tree);
}

Read<void> read_call_places(const simdjson::dom::object& from, TraceConfig& config) {
  CAIRN_TRY(config.state_overrides, read_member<node::StateOverrides>(from, "stateOverrides"));
  CAIRN_TRY(config.block_overrides, read_member<node::BlockOverrides>(from, "blockOverrides"));
  CAIRN_TRY(config.transaction_index, read_member<std::uint64_t>(from, "txIndex"));
  return {};
}

}  // namespace

Read<std::chrono::milliseconds> read_duration(std::string_view text) {
  const auto refuse = [text] {
    constexpr std::size_t kShown = 32;
    return bad(fmt::format("invalid duration \"{}\"", text.substr(0, kShown)));
  };
  double total = 0;
  std::string_view rest = text;
  if (rest.empty() || rest.size() > 64) {
    return refuse();
  }
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string number(rest.substr(0, digits));
#ifndef CAIRN_PLANTED_BUG  // fuzz/trace_fuzz.cpp finds that this is missing
    if (number.find_first_of("0123456789") == std::string::npos ||
        std::ranges::count(number, '.') > 1) {
      return refuse();
    }
#endif
    rest.remove_prefix(digits);
    const auto unit = std::ranges::find_if(
        kUnits, [rest](const Unit& candidate) { return rest.starts_with(candidate.name); });
    if (unit == kUnits.end()) {
      return refuse();
    }
    total += std::stod(number) * unit->milliseconds;
    rest.remove_prefix(unit->name.size());
  }
  constexpr double kLongest = 3.6e6;  // an hour
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(std::ceil(total), kLongest)));
}

RpcResult<std::unique_ptr<trace::TransactionTracer>> TraceConfig::make() const {
  auto made = tracer ? trace::make_tracer(*tracer, &options) : trace::make_struct_logger(&options);
  if (!made) {
    return std::unexpected(rpc_error(made.error()));
  }
  return *std::move(made);
}

Read<TraceConfig> read_trace_config(JsonValue value) {
  CAIRN_TRY(const auto object, read_object(value));
  TraceConfig config;
  CAIRN_TRY(config.tracer, read_member<std::string>(object, "tracer"));
  CAIRN_TRY(const auto timeout, read_member<std::string>(object, "timeout"));
  if (timeout) {
    CAIRN_TRY(config.timeout, read_duration(*timeout));
  }
  CAIRN_CHECK(read_call_places(object, config));
  if (!config.tracer) {
    CAIRN_TRY(config.options, read_tree(value));
  } else if (const auto own = member_of(object, "tracerConfig")) {
    CAIRN_TRY(config.options, read_tree(*own));
  }
  return config;
}

Read<std::vector<CallBundle>> read_call_bundles(JsonValue value) {
  return read_list<CallBundle>(value, "bundles", [](JsonValue item) -> Read<CallBundle> {
    CAIRN_TRY(const auto object, read_object(item));
    CallBundle bundle;
    const auto transactions = member_of(object, "transactions");
    if (!transactions) {
      return bad("transactions is missing");
    }
    CAIRN_TRY(bundle.transactions,
              read_list<TransactionObject>(*transactions, "transactions",
                                           Parameter<TransactionObject>::read));
    CAIRN_TRY(auto overrides, read_member<node::BlockOverrides>(object, "blockOverride"));
    bundle.block_overrides = std::move(overrides).value_or(node::BlockOverrides{});
    return bundle;
  });
}

Read<CallContext> read_call_context(JsonValue value) {
  CAIRN_TRY(const auto object, read_object(value));
  CallContext out;
  CAIRN_TRY(const auto block, read_member<BlockId>(object, "blockNumber"));
  out.block = block.value_or(BlockId{});
  if (const auto index = member_of(object, "transactionIndex")) {
    std::int64_t number = 0;
    if (index->get(number) != simdjson::SUCCESS) {
      CAIRN_TRY(out.transaction_index, read_quantity64(*index));
    } else if (number >= 0) {
      out.transaction_index = static_cast<std::uint64_t>(number);
    }
  }
  return out;
}

}  // namespace cairn::api
