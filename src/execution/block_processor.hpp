#pragma once
// One block: system calls, transactions, withdrawals, requests, rewards, and the header fields that
// follow from them. One class serves the producer and the verifier, so that both do the same.

#include <optional>
#include <span>
#include <vector>

#include "execution/transaction_processor.hpp"
#include "types/block.hpp"

namespace cairn::execution {

// The base fee, blob price and excess blob gas of the block after `parent`.
U256 next_base_fee(const types::Header& parent, bool parent_is_london);
std::uint64_t next_excess_blob_gas(const types::Header& parent, const types::BlobParams& params,
                                   types::Fork fork, const U256& parent_base_fee);
U256 blob_base_fee(std::uint64_t excess_blob_gas, const types::BlobParams& params);

// The environment in which a header's transactions run.
BlockEnvironment environment_of(const types::Header& header, const types::ChainConfig& config,
                                types::Fork fork, BlockHashes block_hashes);

struct BlockOutcome {
  std::vector<types::Receipt> receipts;
  std::vector<Bytes> requests;  // EIP-7685: type byte and data, in order, empty ones left out
  std::uint64_t gas_used = 0;
  std::uint64_t blob_gas_used = 0;
  types::Bloom logs_bloom;
};

// begin() once, add() for each transaction, finish() once. The overlay's changeset is then the
// block's.
class BlockProcessor {
 public:
  BlockProcessor(state::Overlay& overlay, const types::Header& header,
                 const types::ChainConfig& config, types::Fork fork, BlockEnvironment environment);

  // System calls at the block's start (EIP-2935, 4788) and the DAO fork's transfer.
  Judged<void> begin();

  // A refused transaction leaves no trace; others can follow.
  Judged<TransactionOutcome> add(const types::Transaction& transaction, const Address& sender,
                                 evm::Tracer* tracer = nullptr);

  // Withdrawals, requests (EIP-6110, 7002, 7251), rewards before the merge.
  Judged<BlockOutcome> finish(std::span<const types::Withdrawal> withdrawals,
                              std::span<const types::Header> ommers);

  const BlockEnvironment& environment() const { return environment_; }
  std::uint64_t gas_used() const { return gas_used_; }
  std::uint64_t blob_gas_used() const { return blob_gas_used_; }

 private:
  state::Overlay& overlay_;
  const types::Header& header_;
  const types::ChainConfig& config_;
  types::Fork fork_;
  BlockEnvironment environment_;
  std::vector<types::Receipt> receipts_;
  std::uint64_t gas_used_ = 0;
  std::uint64_t blob_gas_used_ = 0;
};

}  // namespace cairn::execution
