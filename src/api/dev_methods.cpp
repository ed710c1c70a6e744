#include "api/dev_methods.hpp"

#include <charconv>

#include "api/json_writer.hpp"

namespace cairn::api {
namespace {

const std::string kNull = "null";
constexpr std::uint64_t kMostBlocks = 10'000;  // of one call

template <class T, class Start>
RpcResult<T> awaited(Start&& start) {
  return as_rpc(node::await<Result<T>>(std::forward<Start>(start)));
}

Answer null_after(RpcResult<void> done) {
  CAIRN_CHECK(std::move(done));
  return kNull;
}

RpcResult<std::uint64_t> to_64_bits(const LooseNumber& number, std::string_view name) {
  if (!number.value.fits_u64()) {
    return rpc_fail(RpcCode::invalid_params, fmt::format("{} is above 64 bits", name));
  }
  return number.value.low64();
}

RpcResult<void> mine(Context& context, const node::MineOrder& order) {
  if (order.count > kMostBlocks) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("at most {} blocks in one call", kMostBlocks));
  }
  CAIRN_CHECK(awaited<std::vector<Hash256>>(
      [&](auto reply) { context.node.mine(order, std::move(reply)); }));
  return {};
}

}  // namespace

Read<LooseNumber> read_loose_number(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return LooseNumber{number};
  }
  CAIRN_TRY(const auto text, read_text(value));
  const auto parsed =
      text.starts_with("0x") ? base::from_hex_number(text.substr(2)) : base::from_decimal(text);
  if (!parsed) {
    return bad("want a number of at most 256 bits");
  }
  return LooseNumber{*parsed};
}

Read<Seconds> read_seconds(JsonValue value) {
  std::int64_t seconds = 0;
  if (value.get(seconds) == simdjson::SUCCESS) {
    return Seconds{seconds};
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

Read<MineParameter> read_mine_parameter(JsonValue value) {
  MineParameter out;
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS) {
    CAIRN_TRY(const auto timestamp, read_loose_number(value));
    out.timestamp = timestamp.value.saturated64();
    return out;
  }
  JsonValue member;
  if (from["timestamp"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    CAIRN_TRY(const auto timestamp, read_loose_number(member));
    out.timestamp = timestamp.value.saturated64();
  }
  if (from["blocks"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    CAIRN_TRY(const auto blocks, read_loose_number(member));
    out.blocks = blocks.value.saturated64();
  }
  return out;
}

Answer evm_snapshot(Context& context) {
  CAIRN_TRY(const std::uint64_t id,
            awaited<std::uint64_t>([&](auto reply) { context.node.snapshot(std::move(reply)); }));
  return to_json(id);
}

Answer evm_revert(Context& context, const LooseNumber& snapshot) {
  CAIRN_TRY(const std::uint64_t id, to_64_bits(snapshot, "snapshot"));
  CAIRN_TRY(const bool reverted,
            awaited<bool>([&](auto reply) { context.node.revert(id, std::move(reply)); }));
  return to_json(reverted);
}

Answer evm_mine(Context& context, const std::optional<MineParameter>& order) {
  const auto wanted = order.value_or(MineParameter{});
  CAIRN_CHECK(mine(context, {wanted.blocks, 0, wanted.timestamp}));
  return to_json(std::uint64_t{0});
}

Answer hardhat_mine(Context& context, const std::optional<LooseNumber>& blocks,
                    const std::optional<LooseNumber>& interval) {
  CAIRN_TRY(const auto count, to_64_bits(blocks.value_or(LooseNumber{1}), "blocks"));
  CAIRN_TRY(const auto seconds, to_64_bits(interval.value_or(LooseNumber{0}), "interval"));
  return null_after(mine(context, {count, seconds, std::nullopt}));
}

Answer evm_increase_time(Context& context, const Seconds& seconds) {
  CAIRN_TRY(const std::int64_t offset, awaited<std::int64_t>([&](auto reply) {
              context.node.increase_time(seconds.value, std::move(reply));
            }));
  return fmt::format("{}", offset);  // anvil answers a JSON number
}

Answer evm_set_next_block_timestamp(Context& context, const LooseNumber& timestamp) {
  CAIRN_TRY(const auto seconds, to_64_bits(timestamp, "timestamp"));
  return null_after(awaited<void>(
      [&](auto reply) { context.node.set_next_block_timestamp(seconds, std::move(reply)); }));
}

Answer evm_set_automine(Context& context, const bool& on) {
  const auto change = [on](chain::Settings& settings) -> Result<void> {
    settings.automine = on;
    return {};
  };
  CAIRN_CHECK(
      awaited<void>([&](auto reply) { context.node.change_settings(change, std::move(reply)); }));
  return to_json(true);
}

Answer hardhat_get_automine(Context& context) {
  return to_json(context.node.head()->settings().automine);
}

Answer set_balance(Context& context, const Address& address, const LooseNumber& wei) {
  const auto change = [address, wei](state::Overlay& overlay) -> Result<void> {
    overlay.set_balance(address, wei.value);
    return {};
  };
  CAIRN_CHECK(awaited<void>([&](auto reply) { context.node.cheat(change, std::move(reply)); }));
  return to_json(true);
}

Answer hardhat_metadata(Context& context) {
  const auto chain = context.node.head();
  JsonWriter out;
  out.begin_object().field("clientVersion", context.client_version);
  out.key("chainId").decimal(chain->config().chain_id);
  out.field("instanceId", chain->settings().instance_id);
  out.key("latestBlockNumber").decimal(chain->number());
  out.field("latestBlockHash", chain->hash()).field("forkedNetwork", nullptr).end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
