#include "node/next_block.hpp"

#include <algorithm>

#include "crypto/keccak.hpp"
#include "evm/memory.hpp"
#include "execution/block_processor.hpp"
#include "execution/fees.hpp"
#include "execution/header_rules.hpp"
#include "types/fork_fields.hpp"

namespace cairn::node {
namespace {

using types::Fork;

constexpr std::uint64_t kNoGasLimit = 0x7fff'ffff'ffff'ffff;

Hash256 prev_randao(const Hash256& parent, std::uint64_t number) {
  FixedBytes<64> seed;
  std::ranges::copy(parent, seed.bytes.begin());
  base::store_be(seed.data() + 32, U256{number});
  return crypto::keccak256(seed);
}

Fork fork_of(const types::ChainConfig& config, const types::Header& header) {
  return config.fork_of(header);
}

std::uint64_t gas_limit(const chain::ChainView& head, const DevOptions& options, Fork fork) {
  if (!options.gas_target) {
    return options.limit_block_gas ? head.settings().gas_limit : kNoGasLimit;
  }
  const bool is_first_of_london =
      fork >= Fork::london && fork_of(head.config(), head.header()) < Fork::london;
  return gas_limit_towards(
      *options.gas_target,
      head.header().gas_limit * (is_first_of_london ? execution::kElasticityMultiplier : 1));
}

U256 base_fee(const chain::ChainView& head) {
  if (head.settings().next_base_fee) {
    return *head.settings().next_base_fee;
  }
  return execution::next_base_fee(head.header(),
                                  fork_of(head.config(), head.header()) >= Fork::london);
}

}  // namespace

std::unexpected<Error> beyond_time() {
  return fail(ErrorCode::invalid_argument, "the timestamp leaves 64 bits");
}

Result<std::uint64_t> next_timestamp(const chain::ChainView& head, const DevOptions& options,
                                     std::uint64_t unix_seconds) {
  const chain::Settings& settings = head.settings();
  const std::uint64_t parent = head.header().timestamp;
  std::uint64_t least = parent;
  if (options.strict_timestamps && __builtin_add_overflow(parent, 1, &least)) {
    return beyond_time();
  }
  std::uint64_t wanted = unix_seconds + static_cast<std::uint64_t>(settings.clock_offset);
  if (settings.next_timestamp) {
    wanted = *settings.next_timestamp;
  } else if (settings.timestamp_interval &&
             __builtin_add_overflow(parent, *settings.timestamp_interval, &wanted)) {
    return beyond_time();
  }
  return std::max(wanted, least);
}

std::uint64_t next_timestamp_or_last(const chain::ChainView& head, const DevOptions& options,
                                     std::uint64_t unix_seconds) {
  return next_timestamp(head, options, unix_seconds).value_or(~std::uint64_t{0});
}

std::uint64_t gas_limit_towards(std::uint64_t target, std::uint64_t parent) {
  const std::uint64_t step =
      std::max(parent / execution::kGasLimitBoundDivisor, std::uint64_t{1}) - 1;
  const std::uint64_t wanted = std::max(target, execution::kMinGasLimit);
  return std::clamp(wanted, parent - step, parent + step);
}

types::Header next_header(const chain::ChainView& head, const DevOptions& options,
                          std::uint64_t timestamp) {
  types::Header out;
  out.parent_hash = head.hash();
  out.number = head.number() + 1;
  out.timestamp = timestamp;
  out.beneficiary = head.settings().coinbase;
  out.prev_randao = head.settings().next_prev_randao.value_or(prev_randao(head.hash(), out.number));
  // A chain from before the merge that came from elsewhere: what its next block would be.
  if (!head.header().difficulty.is_zero() && !head.config().merged_from_genesis) {
    const Fork before_merge = head.config().fork_at(out.number, timestamp, false);
    if (before_merge < Fork::paris) {
      out.difficulty = execution::next_difficulty(head.header(), timestamp, before_merge,
                                                  head.config().bomb_delay_at(out.number));
    }
  }
  const Fork fork = fork_of(head.config(), out);
  out.gas_limit = gas_limit(head, options, fork);
  out = types::with_fork_fields(std::move(out), fork);
  if (fork >= Fork::london) {
    out.base_fee_per_gas = base_fee(head);
  }
  if (fork >= Fork::cancun) {
    out.excess_blob_gas = execution::next_excess_blob_gas(
        head.header(), head.config().blob_params_at(timestamp), fork);
  }
  return out;
}

execution::BlockEnvironment lifted(execution::BlockEnvironment environment,
                                   const DevOptions& options) {
  environment.gas_cap_per_transaction = options.gas_cap_per_transaction;
  if (options.code_size_limit) {
    environment.context.max_code_size = *options.code_size_limit;
  }
  environment.context.max_memory =
      std::min(options.memory_limit.value_or(evm::kMaxMemory), evm::kMaxMemory);
  return environment;
}

execution::BlockEnvironment environment_for(const chain::ChainView& head,
                                            const types::Header& header,
                                            const DevOptions& options) {
  execution::BlockEnvironment environment = execution::environment_of(
      header, head.config(), fork_of(head.config(), header), head.block_hashes());
  environment.code_cache = head.code_cache();
  environment.context.chain_id = head.chain_id();
  return lifted(std::move(environment), options);
}

chain::Settings settings_after(const chain::Settings& settings,
                               const std::optional<std::uint64_t>& ordered, std::uint64_t timestamp,
                               std::uint64_t unix_seconds) {
  chain::Settings out = settings;
  if (ordered || settings.next_timestamp) {
    out.clock_offset = static_cast<std::int64_t>(timestamp - unix_seconds);
  }
  out.next_timestamp.reset();
  out.next_base_fee.reset();
  out.next_prev_randao.reset();
  return out;
}

}  // namespace cairn::node
