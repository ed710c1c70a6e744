#include "api/dev_methods.hpp"

#include "api/fee_methods.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/on_writer.hpp"
#include "api/replay.hpp"
#include "api/submit_methods.hpp"
#include "node/upstream_source.hpp"

namespace cairn::api {
namespace {

constexpr std::uint64_t kMostBlocks = 100'000;  // of one call: they keep everyone waiting
constexpr std::uint64_t kMilliseconds = 1'000;  // of a second

RpcResult<std::vector<Hash256>> mine(Context& context, const node::MineOrder& order) {
  if (order.count > kMostBlocks) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("at most {} blocks in one call", kMostBlocks));
  }
  return on_writer(context, [&](node::DevWriter& writer) { return writer.mine(order); });
}

RpcResult<node::MineOrder> order_of(const std::optional<LooseNumber>& blocks,
                                    const std::optional<LooseNumber>& interval,
                                    std::uint64_t usual_interval) {
  node::MineOrder out;
  CAIRN_TRY(out.count, to_64_bits(blocks.value_or(LooseNumber{1}).value, "blocks"));
  CAIRN_TRY(out.interval,
            to_64_bits(interval.value_or(LooseNumber{usual_interval}).value, "interval"));
  return out;
}

Answer set_interval(Context& context, std::uint64_t milliseconds, std::uint64_t spread,
                    bool instead_of_automine) {
  return null_after(change_settings(context, [&](chain::Settings& settings) -> Result<void> {
    settings.mining_interval = milliseconds;
    settings.mining_spread = spread;
    settings.automine = settings.automine && !instead_of_automine;
    return {};
  }));
}

void write_forked_network(JsonWriter& out, const chain::ChainView& chain) {
  if (chain.fork() == nullptr) {
    out.raw("null");
    return;
  }
  const chain::ForkPoint& point = chain.fork()->point;
  out.begin_object().key("chainId").decimal(point.chain_id);
  out.key("forkBlockNumber").decimal(chain.fork()->number());
  out.field("forkBlockHash", point.block.hash).end_object();
}

void write_fork_config(JsonWriter& out, const chain::ChainView& chain) {
  out.begin_object();
  if (const auto source = node::upstream_of(chain)) {
    out.field("forkUrl", source->url());
    out.key("forkBlockNumber").decimal(chain.fork()->number());
    out.key("forkRetryBackoff").decimal(source->retry_backoff_ms());
  } else {
    out.field("forkUrl", nullptr).field("forkBlockNumber", nullptr);
    out.field("forkRetryBackoff", nullptr);
  }
  out.end_object();
}

}  // namespace

RpcResult<std::uint64_t> to_64_bits(const U256& number, std::string_view name) {
  if (!number.fits_u64()) {
    return rpc_fail(RpcCode::invalid_params, fmt::format("{} is above 64 bits", name));
  }
  return number.low64();
}

Answer evm_snapshot(Context& context) {
  CAIRN_TRY(const std::uint64_t id,
            awaited<std::uint64_t>([&](auto reply) { context.node.snapshot(std::move(reply)); }));
  return to_json(id);
}

Answer evm_revert(Context& context, const LooseNumber& snapshot) {
  if (!snapshot.value.fits_u64()) {
    return to_json(false);  // no mark has such a number
  }
  const std::uint64_t id = snapshot.value.words[0];
  CAIRN_TRY(const bool reverted,
            awaited<bool>([&](auto reply) { context.node.revert(id, std::move(reply)); }));
  return to_json(reverted);
}

Answer evm_mine(Context& context, const std::optional<MineParameter>& order) {
  const auto wanted = order.value_or(MineParameter{});
  CAIRN_CHECK(mine(context, {.count = wanted.blocks, .timestamp = wanted.timestamp}));
  return to_json(std::uint64_t{0});
}

Answer anvil_mine(Context& context, const std::optional<LooseNumber>& blocks,
                  const std::optional<LooseNumber>& interval) {
  CAIRN_TRY(node::MineOrder order, order_of(blocks, interval, 0));
  order.jump_first = true;
  CAIRN_CHECK(mine(context, order));
  return "null";
}

Answer hardhat_mine(Context& context, const std::optional<LooseNumber>& blocks,
                    const std::optional<LooseNumber>& interval) {
  CAIRN_TRY(const node::MineOrder order, order_of(blocks, interval, 1));
  CAIRN_CHECK(mine(context, order));
  return "true";
}

Answer anvil_mine_detailed(Context& context, const std::optional<MineParameter>& order) {
  const auto wanted = order.value_or(MineParameter{});
  CAIRN_TRY(const auto hashes,
            mine(context, {.count = wanted.blocks, .timestamp = wanted.timestamp}));
  const auto chain = context.node.head();
  JsonWriter out;
  out.begin_array();
  for (const Hash256& hash : hashes) {
    if (const auto number = chain->number_of(hash)) {
      CAIRN_TRY(const auto site, as_rpc(context.node.call_site(*number)));
      write_block_with_outputs(out, *chain, *number, site.environment);
    }
  }
  out.end_array();
  return std::move(out).take();
}

Answer hardhat_interval_mine(Context& context) {
  CAIRN_CHECK(mine(context, {}));
  return "true";
}

Answer evm_increase_time(Context& context, const Seconds& seconds) {
  CAIRN_TRY(const std::int64_t offset, awaited<std::int64_t>([&](auto reply) {
              context.node.increase_time(seconds.value, std::move(reply));
            }));
  return fmt::format("{}", offset);  // a JSON number
}

Answer evm_set_time(Context& context, const std::optional<Moment>& moment) {
  // No chain lives in the year 33658: that many are milliseconds, as JavaScript counts.
  constexpr std::uint64_t kLastSecond = 1'000'000'000'000;
  CAIRN_TRY(const std::uint64_t jump, on_writer(context, [&](node::DevWriter& writer) {
              std::uint64_t seconds = moment ? moment->seconds : writer.unix_seconds();
              seconds = seconds > kLastSecond ? seconds / kMilliseconds : seconds;
              return writer.set_time(seconds);
            }));
  return fmt::format("{}", jump);
}

Answer evm_set_next_block_timestamp(Context& context, const Moment& timestamp) {
  return null_after(awaited<void>([&](auto reply) {
    context.node.set_next_block_timestamp(timestamp.seconds, std::move(reply));
  }));
}

Answer set_block_timestamp_interval(Context& context, const LooseNumber& seconds) {
  CAIRN_TRY(const std::uint64_t interval, to_64_bits(seconds.value, "interval"));
  return null_after(change_settings(context, [&](chain::Settings& settings) -> Result<void> {
    if (interval > ~context.node.head()->header().timestamp) {
      return fail(ErrorCode::invalid_argument, "the timestamp leaves 64 bits");
    }
    settings.timestamp_interval = interval;
    return {};
  }));
}

Answer hardhat_set_block_timestamp_interval(Context& context, const LooseNumber& milliseconds) {
  return set_block_timestamp_interval(context, {milliseconds.value / U256{kMilliseconds}});
}

Answer remove_block_timestamp_interval(Context& context) {
  bool was_there = false;
  CAIRN_CHECK(change_settings(context, [&](chain::Settings& settings) -> Result<void> {
    was_there = settings.timestamp_interval.has_value();
    settings.timestamp_interval.reset();
    return {};
  }));
  return to_json(was_there);
}

Answer set_automine(Context& context, const bool& on) {
  return null_after(change_settings(context, [&](chain::Settings& settings) -> Result<void> {
    settings.mining_interval = on && !settings.automine ? 0 : settings.mining_interval;
    settings.automine = on;
    return {};
  }));
}

Answer get_automine(Context& context) { return to_json(context.node.head()->settings().automine); }

Answer anvil_set_interval_mining(Context& context, const LooseNumber& seconds) {
  CAIRN_TRY(const std::uint64_t interval, to_64_bits(seconds.value, "interval"));
  if (interval > 365 * 86'400) {
    return rpc_fail(RpcCode::invalid_params, "interval: more than a year");
  }
  return set_interval(context, interval * kMilliseconds, 0, true);
}

Answer evm_set_interval_mining(Context& context, const IntervalParameter& interval) {
  return set_interval(context, interval.milliseconds, interval.spread, interval.is_anvils);
}

Answer get_interval_mining(Context& context) {
  const chain::MiningMode mode = context.node.head()->settings().mining();
  const std::uint64_t usual = mode.interval + mode.spread / 2;
  return mode.interval == 0 ? "null" : fmt::format("{}", std::max(usual / kMilliseconds, 1UL));
}

Answer miner_start(Context& context, const std::optional<LooseNumber>& /*threads*/) {
  CAIRN_CHECK(set_automine(context, true));
  return "true";
}

Answer miner_stop(Context& context) {
  CAIRN_CHECK(set_automine(context, false));
  return "true";
}

Answer anvil_reset(Context& context, const std::optional<ResetParameter>& reset) {
  if (reset && (reset->url || reset->block || reset->headers)) {
    return null_after(on_writer(context, [&](node::DevWriter& writer) {
      return writer.refork(reset->url.value_or(""), reset->block, reset->headers);
    }));
  }
  return null_after(on_writer(context, [](node::DevWriter& writer) { return writer.reset(); }));
}

Answer set_rpc_url(Context& context, const std::string& url) {
  return null_after(
      on_writer(context, [&](node::DevWriter& writer) { return writer.move_source(url); }));
}

Answer anvil_rollback(Context& context, const std::optional<LooseNumber>& depth) {
  CAIRN_TRY(const std::uint64_t blocks, to_64_bits(depth.value_or(LooseNumber{1}).value, "depth"));
  return null_after(
      on_writer(context, [&](node::DevWriter& writer) { return writer.rollback(blocks); }));
}

Answer anvil_reorg(Context& context, const ReorgParameter& depth,
                   const std::optional<ReorgTransactions>& transactions) {
  if (depth.depth > std::min(kMostBlocks, context.node.head()->number())) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("depth {} is more than the chain's height {}", depth.depth,
                                context.node.head()->number()));
  }
  std::vector<std::vector<node::Prepared>> blocks(depth.depth);
  const auto& wanted = transactions ? *transactions : depth.transactions;
  for (const ReorgTransactions::One& one : wanted.list) {
    if (one.block >= blocks.size()) {
      return rpc_fail(RpcCode::invalid_params,
                      fmt::format("block {}: the reorganisation has {}", one.block, blocks.size()));
    }
    std::vector<node::Submission> submission;
    if (const auto* raw = std::get_if<Bytes>(&one.transaction)) {
      CAIRN_TRY(auto read, eth_send_raw_transaction(context, *raw));
      submission.push_back(std::move(read));
    } else {
      CAIRN_TRY(auto filled,
                eth_send_transaction(context, std::get<TransactionObject>(one.transaction)));
      submission.push_back(std::move(filled));
    }
    CAIRN_TRY(auto prepared, as_rpc(context.node.prepare(std::move(submission)).front()));
    blocks[one.block].push_back(std::move(prepared));
  }
  return null_after(
      on_writer(context, [&](node::DevWriter& writer) { return writer.reorg(std::move(blocks)); }));
}

Answer metadata(Context& context) {
  CAIRN_TRY(const auto snapshots,
            on_writer(context, [](node::DevWriter& writer) -> Result<node::Snapshots> {
              return writer.snapshots();
            }));
  const auto chain = context.node.head();
  JsonWriter out;
  out.begin_object().field("clientVersion", context.client_version);
  out.key("chainId").decimal(chain->chain_id());
  out.field("instanceId", chain->settings().instance_id);
  out.key("latestBlockNumber").decimal(chain->number());
  out.field("latestBlockHash", chain->hash()).key("forkedNetwork");
  write_forked_network(out, *chain);
  out.key("snapshots").begin_object();
  for (const auto& [id, snapshot] : snapshots) {
    out.key(fmt::format("0x{:x}", id)).begin_array();
    out.decimal(snapshot.number).value(snapshot.hash).end_array();
  }
  out.end_object().end_object();
  return std::move(out).take();
}

Answer node_info(Context& context) {
  const auto chain = context.node.head();
  const types::Header next = context.node.next_header();
  const auto fork = context.node.next_environment().context.fork;
  const bool by_fees = context.node.options().order == txpool::Order::fees;
  CAIRN_TRY(const std::string gas_price, eth_gas_price(context));
  JsonWriter out;
  out.begin_object().field("currentBlockNumber", chain->number());
  out.key("currentBlockTimestamp").decimal(chain->header().timestamp);
  out.field("currentBlockHash", chain->hash()).field("hardFork", types::fork_name(fork));
  out.field("transactionOrder", by_fees ? "fees" : "fifo").key("environment").begin_object();
  out.field("baseFee", next.base_fee_per_gas.value_or(U256{}));
  out.key("chainId").decimal(chain->chain_id());
  out.field("gasLimit", next.gas_limit).key("gasPrice").raw(gas_price).end_object();
  out.key("forkConfig");
  write_fork_config(out, *chain);
  out.end_object();
  return std::move(out).take();
}

Answer get_genesis_time(Context& context) {
  return fmt::format("{}", context.node.head()->header_at(0)->header.timestamp);
}

}  // namespace cairn::api
