#include "execution/block_processor.hpp"

#include "execution/requests.hpp"
#include "execution/rewards.hpp"
#include "execution/system_calls.hpp"

namespace cairn::execution {

using types::Fork;

BlockEnvironment environment_of(const types::Header& header, const types::ChainConfig& config,
                                Fork fork, BlockHashes block_hashes) {
  BlockEnvironment env;
  env.context.fork = fork;
  env.context.chain_id = config.chain_id;
  env.context.number = header.number;
  env.context.timestamp = header.timestamp;
  env.context.gas_limit = header.gas_limit;
  env.context.coinbase = header.beneficiary;
  env.context.prev_randao =
      fork >= Fork::paris ? base::to_u256(header.prev_randao) : header.difficulty;
  env.context.base_fee = header.base_fee_per_gas.value_or(U256{});
  if (fork >= Fork::cancun) {
    env.blob_params = config.blob_params_at(header.timestamp);
    env.context.blob_base_fee = blob_base_fee(header.excess_blob_gas.value_or(0), env.blob_params);
  }
  env.block_hashes = std::move(block_hashes);
  return env;
}

BlockProcessor::BlockProcessor(state::Overlay& overlay, const types::Header& header,
                               const types::ChainConfig& config, BlockEnvironment environment,
                               IntermediateRoot intermediate_root)
    : overlay_(overlay),
      header_(header),
      config_(config),
      environment_(std::move(environment)),
      intermediate_root_(std::move(intermediate_root)) {}

void BlockProcessor::keep_appearances() {
  called_ = std::make_unique<evm::AddressSet>();
  environment_.appearances = called_.get();
}

void BlockProcessor::begin() {
  if (config_.dao_fork_block == header_.number) {
    move_dao_balances(overlay_);
    overlay_.end_transaction(fork());
  }
  // Neither call can make a block invalid: without the contract, or when it fails, nothing happens.
  if (fork() >= Fork::cancun && header_.parent_beacon_block_root) {
    (void)system_call(overlay_, environment_, kBeaconRootsAddress,
                      *header_.parent_beacon_block_root, workspace_);
  }
  if (fork() >= Fork::prague) {
    (void)system_call(overlay_, environment_, kHistoryAddress, header_.parent_hash, workspace_);
  }
}

Judged<TransactionOutcome> BlockProcessor::add(const types::Transaction& transaction,
                                               const Address& sender, evm::Tracer* tracer,
                                               const Leniency& leniency) {
  if (called_ != nullptr) {
    called_->clear();
  }
  CAIRN_TRY(TransactionOutcome outcome,
            execute_transaction(overlay_, environment_, transaction, sender, used_, leniency,
                                tracer, &workspace_));
  used_.gas += outcome.gas_used;
  used_.blob_gas += blob_gas_of(transaction);
  if (fork() < Fork::byzantium) {
    outcome.receipt.state_root = intermediate_root_ ? intermediate_root_(overlay_) : Hash256{};
  }
  if (called_ != nullptr) {
    const auto index = static_cast<std::uint32_t>(receipts_.size());
    for (const Address& address : called_->all()) {
      appearances_.push_back({address, index});
    }
  }
  receipts_.push_back(outcome.receipt);
  return outcome;
}

Judged<BlockOutcome> BlockProcessor::finish(std::span<const types::Withdrawal> withdrawals,
                                            std::span<const types::Header> ommers) {
  pay_withdrawals(overlay_, withdrawals);
  pay_rewards(overlay_, header_, ommers, fork());
  overlay_.end_transaction(fork());

  BlockOutcome outcome;
  if (fork() >= Fork::prague) {
    const auto add_request = [&outcome](std::uint8_t type, BytesView data) {
      if (!data.empty()) {
        Bytes& request = outcome.requests.emplace_back(1, type);
        base::append(request, data);
      }
    };
    CAIRN_TRY(const Bytes deposits, deposits_of(receipts_, config_.deposit_contract));
    add_request(kDepositRequest, deposits);
    CAIRN_TRY(const Bytes exits,
              system_call(overlay_, environment_, kWithdrawalRequestsAddress, {}, workspace_));
    add_request(kWithdrawalRequest, exits);
    CAIRN_TRY(const Bytes consolidations,
              system_call(overlay_, environment_, kConsolidationRequestsAddress, {}, workspace_));
    add_request(kConsolidationRequest, consolidations);
  }
  outcome.gas_used = used_.gas;
  outcome.blob_gas_used = used_.blob_gas;
  for (const types::Receipt& receipt : receipts_) {
    const types::Bloom bloom = types::bloom_of(receipt.logs);
    for (std::size_t i = 0; i < types::Bloom::size(); ++i) {
      outcome.logs_bloom[i] |= bloom[i];
    }
  }
  outcome.appearances = std::move(appearances_);
  outcome.receipts = std::move(receipts_);
  return outcome;
}

}  // namespace cairn::execution
