#pragma once
// Methods of a dev chain alone: time, mining, snapshots, the past taken back (the sets of anvil,
// Hardhat and ganache). What changes accounts and settings is in cheat_methods.hpp.

#include "api/dev_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer evm_snapshot(Context& context);
Answer evm_revert(Context& context, const LooseNumber& snapshot);
Answer evm_mine(Context& context, const std::optional<MineParameter>& order);
Answer anvil_mine(Context& context, const std::optional<LooseNumber>& blocks,
                  const std::optional<LooseNumber>& interval);
// Hardhat's: a second between blocks, and none before the first.
Answer hardhat_mine(Context& context, const std::optional<LooseNumber>& blocks,
                    const std::optional<LooseNumber>& interval);
Answer anvil_mine_detailed(Context& context, const std::optional<MineParameter>& order);
Answer hardhat_interval_mine(Context& context);

Answer evm_increase_time(Context& context, const Seconds& seconds);
Answer evm_set_time(Context& context, const std::optional<Moment>& moment);
Answer evm_set_next_block_timestamp(Context& context, const Moment& timestamp);
Answer set_block_timestamp_interval(Context& context, const LooseNumber& seconds);
// viem sends milliseconds where it speaks to Hardhat.
Answer hardhat_set_block_timestamp_interval(Context& context, const LooseNumber& milliseconds);
Answer remove_block_timestamp_interval(Context& context);

Answer set_automine(Context& context, const bool& on);
Answer get_automine(Context& context);
Answer anvil_set_interval_mining(Context& context, const LooseNumber& seconds);
Answer evm_set_interval_mining(Context& context, const IntervalParameter& interval);
Answer get_interval_mining(Context& context);
Answer miner_start(Context& context, const std::optional<LooseNumber>& threads);
Answer miner_stop(Context& context);

Answer anvil_reset(Context& context, const std::optional<ResetParameter>& reset);
Answer set_rpc_url(Context& context, const std::string& url);
Answer anvil_rollback(Context& context, const std::optional<LooseNumber>& depth);
Answer anvil_reorg(Context& context, const ReorgParameter& depth,
                   const std::optional<ReorgTransactions>& transactions);

Answer metadata(Context& context);
Answer node_info(Context& context);
Answer get_genesis_time(Context& context);

}  // namespace cairn::api
